"""Reports with a rehearsal in them, in every state worth looking at, by name."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration
from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.core.rehearsals.proofs import DownProof, SecondRun
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import (
    BaseReplay,
    DataKind,
    Estimate,
    HistoryRefusal,
    Isolation,
    Measured,
    MeasuredLock,
    Rehearsal,
    RehearsalData,
    RehearsalServer,
    RehearsedMigration,
    RehearsedStatement,
    SchemaAgreement,
    TouchedRows,
)
from bot.core.rehearsals.sizes import RelationSize, RowSource
from bot.core.schemas.schema import Change, Differences
from bot.core.schemas.touched import Column, Reference, Table, Touched
from bot.report.report import Report
from tests.report.samples import (
    BLOCKING_INDEX,
    COUPONS,
    DROPPED_INDEX,
    HOSTILE,
    INDEX,
    REWRITE,
    TYPE,
    finding,
    judged,
    migration,
    report,
    statement,
)

SERVER = RehearsalServer(
    version="18.6",
    major=18,
    provider="embedded",
    wanted=18,
    isolation=Isolation(
        "nobody", own_user=True, network=False, memory=10**9, disk=2 * 10**9, seconds=600
    ),
)
BASE = BaseReplay(migrations=820, cached=820, seconds=0.21)
EXCLUSIVE, SHARE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE
AGAIN = SecondRun(
    Refusal(Stop.REFUSED, 'relation "coupons" already exists', statement=0, sqlstate="42P07")
)

TABLES = (
    Table(
        "public.coupons",
        (
            Column("id", "bigint", primary=True, change="added"),
            Column("code", "text", change="added"),
            Column("order_id", "bigint", foreign=True, change="added"),
        ),
        "added",
    ),
    Table(
        "public.orders",
        (
            Column("id", "bigint", primary=True),
            Column("user_id", "bigint", foreign=True),
            Column("total", "bigint", change="changed", was="integer"),
            Column("placed_at", "timestamp(3) with time zone"),
        ),
    ),
    Table("public.users", (Column("id", "bigint", primary=True),), touched=False),
)
KEYS = (
    Reference("public.coupons", "public.orders", ("order_id",), "added", optional=True),
    Reference("public.orders", "public.users", ("user_id",)),
)


def ran(
    index: int, duration_ms: float, *locks: MeasuredLock, **fields: object
) -> RehearsedStatement:
    measured = Measured(duration_ms, locks=locks, **fields)  # type: ignore[arg-type]
    return RehearsedStatement(index, measured)


def rehearsal(*migrations: RehearsedMigration, **fields: object) -> Rehearsal:
    made = Rehearsal(server=SERVER, base=BASE, migrations=migrations, seconds=0.42)
    made = replace(made, touched=Touched(_together(migrations), tables=TABLES, references=KEYS))
    return replace(made, **fields)  # type: ignore[arg-type]


def _together(migrations: Sequence[RehearsedMigration]) -> Differences:
    every = [each.changes for each in migrations]
    return Differences(
        tuple(change for each in every for change in each.added),
        tuple(change for each in every for change in each.removed),
        tuple(change for each in every for change in each.changed),
    )


def rehearsed_report(found: Rehearsal, *migrations: JudgedMigration) -> Report:
    made = report(*migrations)
    return replace(made, review=replace(made.review, rehearsal=found))


RAN_COUPONS = RehearsedMigration(
    COUPONS.migration.name,
    statements=(
        ran(
            0,
            2.31,
            MeasuredLock("public.coupons", EXCLUSIVE, new=True, held_ms=3.1),
            wal_bytes=18_432,
        ),
        ran(
            1,
            0.79,
            MeasuredLock("public.coupons", SHARE, new=True, held_ms=0.79),
            indexes=("public.coupons_code_key",),
            scans=("public.coupons",),
            wal_bytes=6_144,
        ),
    ),
    changes=Differences(
        added=(
            Change("column", "public.coupons.code", after=()),
            Change("column", "public.coupons.id", after=()),
            Change("index", "public.coupons.coupons_code_key", after=()),
            Change("table", "public.coupons", after=()),
        )
    ),
    down=DownProof(),
    second=AGAIN,
)

RAN_INDEX = RehearsedMigration(
    INDEX.migration.name,
    statements=(
        ran(
            0,
            1.24,
            MeasuredLock("public.orders", SHARE, held_ms=1.24),
            indexes=("public.orders_user_id_idx",),
            scans=("public.orders",),
            wal_bytes=7_200,
        ),
    ),
    changes=Differences(added=(Change("index", "public.orders.orders_user_id_idx", after=()),)),
    second=SecondRun(
        Refusal(Stop.REFUSED, 'relation "orders_user_id_idx" already exists', 0, "42P07")
    ),
)

RAN_TYPE = RehearsedMigration(
    TYPE.migration.name,
    statements=(
        replace(
            ran(
                0,
                312.0,
                MeasuredLock("public.orders", EXCLUSIVE, held_ms=316.0),
                MeasuredLock("public.orders_total_idx", EXCLUSIVE, held_ms=316.0, index=True),
                rewrites=("public.orders",),
                rebuilds=("public.orders_total_idx",),
                wal_bytes=14_400_000,
                temporary_bytes=2_100_000,
            ),
            disagreements=("predicted no rebuild of public.orders_total_idx, and there was one",),
        ),
        ran(
            1,
            4.0,
            MeasuredLock("public.orders_total_idx", EXCLUSIVE, held_ms=4.0, index=True),
        ),
    ),
    changes=Differences(
        changed=(
            Change(
                "column",
                "public.orders.total",
                before=(("type", "integer"),),
                after=(("type", "bigint"),),
            ),
        ),
        removed=(Change("index", "public.orders.orders_total_idx", before=()),),
    ),
    down=DownProof(left=("removed index public.orders.orders_total_idx",)),
    second=SecondRun(changed=()),
    estimates=(
        Estimate(
            statement=0,
            relation="public.orders",
            unit="bytes",
            measured_ms=312.0,
            measured_units=12_000_000,
            target="production",
            target_units=4_000_000_000,
            least_ms=72_800.0,
            most_ms=208_000.0,
            lock=EXCLUSIVE,
            held_ms=210_000.0,
        ),
    ),
)

BACKFILL = migration(
    "20261120120000_backfill_currency",
    statement(
        'ALTER TABLE "orders" ADD COLUMN "currency" TEXT',
        effects=Effects(locks=(Lock("public.orders", EXCLUSIVE),)),
    ),
    statement('UPDATE "orders" SET "currency" = \'EUR\' WHERE "currency" IS NULL', index=1, line=3),
    statement(
        'CREATE UNIQUE INDEX CONCURRENTLY "orders_number_key" ON "orders"("number")',
        index=2,
        line=5,
        kind="CREATE INDEX CONCURRENTLY",
    ),
    statement('ALTER TABLE "orders" ALTER COLUMN "currency" SET NOT NULL', index=3, line=7),
)
STOPPED = RehearsedMigration(
    BACKFILL.migration.name,
    statements=(
        ran(0, 0.4, MeasuredLock("public.orders", EXCLUSIVE, held_ms=0.4), transactional=False),
        ran(
            1,
            48.2,
            MeasuredLock("public.orders", LockMode.ROW_EXCLUSIVE, held_ms=48.2),
            transactional=False,
            scans=("public.orders",),
            rows=(TouchedRows("public.orders", updated=9_812),),
            wal_bytes=1_900_000,
        ),
        RehearsedStatement(2),
    ),
    refused=Refusal(
        Stop.REFUSED,
        'could not create unique index "orders_number_key"',
        statement=2,
        sqlstate="23505",
        hint="Rows with the same value are there already: look for them, and mend them first.",
    ),
    stays=(
        "the column public.orders.currency",
        "9,812 changed rows in public.orders",
        "the invalid index public.orders_number_key",
    ),
)
FAILED = finding(
    BACKFILL,
    "rehearsal-failed",
    message="PostgreSQL refused this statement (23505): could not create unique index "
    '"orders_number_key".',
    why="The rehearsal ran it on the rows of the seed script. What is refused there is refused in "
    "production, after the statements before it have been applied.",
    fix="Look for rows with the same number, and mend them in a migration before this one.",
    line=5,
    end_line=5,
    statement=2,
)
SEED = RehearsalData(DataKind.SEED, rows=10_240, bytes=1_300_000, seconds=0.06)


def locks_of_all_kinds() -> RehearsedMigration:
    """One transaction that takes one lock after the other, on tables with long names too."""
    return RehearsedMigration(
        BACKFILL.migration.name,
        (
            ran(0, 0.4, MeasuredLock("public.orders", EXCLUSIVE, held_ms=61.0)),
            ran(1, 48.0, MeasuredLock("public.orders", LockMode.ROW_EXCLUSIVE, held_ms=59.6)),
            ran(2, 9.0, MeasuredLock("public.customer_addresses", SHARE, held_ms=11.2)),
            ran(
                3,
                2.2,
                MeasuredLock("billing.payments", LockMode.SHARE_ROW_EXCLUSIVE, held_ms=2.2),
                MeasuredLock("public.users", LockMode.SHARE_ROW_EXCLUSIVE, held_ms=2.2),
                scans=("billing.payments",),
                validated=("billing.payments.payments_user_id_fkey",),
            ),
        ),
    )


def sixty() -> Report:
    steps = [
        statement(
            f'ALTER TABLE "table_{n}" ADD COLUMN "extra" TEXT'
            if n % 4
            else f'CREATE TABLE "t_{n}" ()',
            index=n,
            line=2 * n + 1,
            effects=Effects(locks=(Lock(f"public.table_{n}", EXCLUSIVE, new=not n % 4),)),
        )
        for n in range(60)
    ]
    made = migration("20261120130000_sixty_statements", *steps)
    statements = tuple(
        ran(n, 0.2 + n / 50, MeasuredLock(f"public.table_{n}", EXCLUSIVE, held_ms=40.0))
        if n % 4
        else ran(n, 0.7, MeasuredLock(f"public.t_{n}", EXCLUSIVE, new=True, held_ms=40.0))
        for n in range(60)
    )
    added = tuple(Change("column", f"public.table_{n}.extra", after=()) for n in range(60) if n % 4)
    tables = tuple(Change("table", f"public.t_{n}", after=()) for n in range(0, 60, 4))
    ran_it = RehearsedMigration(
        made.migration.name, statements, changes=Differences(added=added + tables), second=AGAIN
    )
    return rehearsed_report(rehearsal(ran_it), made)


def hostile_rehearsal(text: str) -> Report:
    """Every name and message there is, made of the same text."""
    made = migration(
        "20261120_hostile", statement("SELECT 1", kind=text), statement("SELECT 2", index=1, line=3)
    )
    refusal = Refusal(Stop.REFUSED, text, statement=1, sqlstate=text[:5], hint=text)
    lock = MeasuredLock(f"public.{text}", EXCLUSIVE, held_ms=3.0)
    first = ran(
        0,
        2.0,
        lock,
        MeasuredLock(text, SHARE, new=True),
        scans=(f"public.{text}",),
        rows=(TouchedRows(text, inserted=1),),
        loses=(text,),
        validated=(f"{text}.{text}",),
    )
    differences = Differences(
        added=(Change("table", text, after=()),),
        changed=(Change("view", text, before=(("definition", text),), after=()),),
    )
    found = RehearsedMigration(
        made.migration.name,
        (replace(first, disagreements=(text,)), RehearsedStatement(1)),
        refused=refusal,
        stays=(text,),
        changes=differences,
        down=DownProof(refused=refusal, left=(text,), up_refused=refusal, again=(text,)),
        second=SecondRun(refusal, (text,)),
        estimates=(replace(RAN_TYPE.estimates[0], relation=text, target=text),),
    )
    server = replace(SERVER, version=text, provider=text, shims=(text,), wanted=16)
    whole = rehearsal(
        found,
        server=replace(server, isolation=replace(SERVER.isolation, system_user=text)),
        data=RehearsalData(DataKind.SEED, skipped=(text,)),
        notes=(text,),
        schema=SchemaAgreement(text, (text,)),
        problem=text,
        hint=text,
        base=BaseReplay(3, refused=HistoryRefusal(text, refusal)),
        touched=Touched(
            differences,
            tables=(
                Table(text, (Column(text, text, True, True, "changed", text),), "added"),
                Table(f"x{text}", (Column("PK", "numeric(10,2)[]"),), touched=False),
            ),
            references=(Reference(text, f"x{text}", (text, text), "removed"),),
        ),
    )
    return rehearsed_report(whole, made)


def rehearsal_samples() -> dict[str, Report]:
    fine = rehearsal(RAN_COUPONS, schema=SchemaAgreement("7.10.0"))
    wanted = replace(
        SERVER, version="17.2", major=17, provider="given", shims=("uuid-ossp", "pgcrypto")
    )
    sizes = (
        RelationSize("public.orders", bytes=12_000_000, rows=80_000, rows_from=RowSource.PLANNER),
    )
    estimated = rehearsal(
        RAN_INDEX,
        RAN_TYPE,
        server=wanted,
        sizes=sizes,
        data=RehearsalData(
            DataKind.SYNTHETIC, 92_000, 14_000_000, 1.9, ("payments: its trigger refuses rows",)
        ),
        notes=(
            "The role reporting was made up: the history gives it rights and nobody creates it.",
        ),
        seconds=3.1,
    )
    history = Refusal(
        Stop.NOT_POSSIBLE,
        'extension "postgis" is not available',
        sqlstate="0A000",
        hint="Rehearse on a server that has it: set rehearsal.postgres_env.",
    )
    stopped = rehearsal(
        base=BaseReplay(820, 310, 0.3, HistoryRefusal("20240301120000_places", history, 4))
    )
    none = Rehearsal(
        problem="No PostgreSQL 18 is installed here.", hint="Install migration-bot[embedded]."
    )
    shown = rehearsal(STOPPED, data=SEED)
    many_locks = rehearsal(locks_of_all_kinds())
    return {
        "rehearsed_locks": rehearsed_report(many_locks, judged(BACKFILL)),
        "rehearsed": rehearsed_report(fine, judged(COUPONS)),
        "rehearsed_failed": rehearsed_report(shown, judged(BACKFILL, FAILED)),
        "rehearsed_estimates": rehearsed_report(
            estimated, judged(INDEX, warned(BLOCKING_INDEX)), judged(TYPE, REWRITE, DROPPED_INDEX)
        ),
        "rehearsed_sixty": sixty(),
        "rehearsed_hostile": hostile_rehearsal(HOSTILE),
        "rehearsed_history_failed": rehearsed_report(stopped, judged(COUPONS)),
        "not_rehearsed": rehearsed_report(none, judged(COUPONS)),
    }


def warned(given: Finding) -> Finding:
    return replace(given, severity=Severity.WARNING)
