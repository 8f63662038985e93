"""Reports in every state worth looking at, by name. The expected documents are drawn from them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.approvals.approval import Approval, StaleApproval
from bot.core.drift.drift import Drift
from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration, JudgedStatement, Review
from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.gates.gate import Gate
from bot.core.github.run import Run
from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.core.migrations.migration import Migration
from bot.core.migrations.statement import Position, Statement
from bot.core.rollouts.progress import BackupSummary, Check, Progress, State
from bot.core.targets.target import DriftMode, Kind
from bot.report.report import Report

AT = datetime(2026, 11, 22, 14, 29, 41, tzinfo=UTC)
HEAD = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
FOLDER = "prisma/migrations"

RUN = Run(
    commit=HEAD,
    repository_url="https://github.com/acme/shop",
    url="https://github.com/acme/shop/actions/runs/9876543210",
    id=9876543210,
    number=123,
    attempt=1,
    at=AT,
)


def statement(
    sql: str, *, index: int = 0, line: int = 1, kind: str = "", effects: Effects | None = None
) -> JudgedStatement:
    lines = sql.split("\n")
    return JudgedStatement(
        Statement(
            index=index,
            sql=sql,
            start=Position(line, 1),
            end=Position(line + len(lines) - 1, len(lines[-1])),
            kind=kind or " ".join(sql.split()[:2]),
            node="Stmt",
            tree={},
        ),
        effects or Effects(),
    )


def migration(name: str, *judged: JudgedStatement, head: str = "") -> JudgedMigration:
    sql = head + "\n\n".join(f"{each.statement.sql};" for each in judged) + "\n"
    return JudgedMigration(Migration(name, f"{FOLDER}/{name}/migration.sql", sql), judged)


def finding(judged: JudgedMigration, rule: str, **fields: object) -> Finding:
    base = Finding(
        rule=rule,
        severity=Severity.ERROR,
        message="",
        why="",
        fix="",
        path=judged.migration.path,
        statement=0,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


COUPONS = migration(
    "20261120090000_add_coupons",
    statement(
        'CREATE TABLE "coupons" (\n    "id" BIGSERIAL NOT NULL,\n    "code" TEXT NOT NULL,\n\n'
        '    CONSTRAINT "coupons_pkey" PRIMARY KEY ("id")\n)',
        effects=Effects(locks=(Lock("public.coupons", LockMode.ACCESS_EXCLUSIVE, new=True),)),
    ),
    statement(
        'CREATE UNIQUE INDEX "coupons_code_key" ON "coupons"("code")',
        index=1,
        line=8,
        effects=Effects(locks=(Lock("public.coupons", LockMode.SHARE, new=True),)),
    ),
)

NOTE = migration(
    "20261120093000_add_order_note",
    statement(
        'ALTER TABLE "orders" ADD COLUMN "note" TEXT',
        effects=Effects(locks=(Lock("public.orders", LockMode.ACCESS_EXCLUSIVE),)),
    ),
)

INDEX = migration(
    "20261120100000_index_orders_by_user",
    statement(
        'CREATE INDEX "orders_user_id_idx" ON "orders"("user_id")',
        line=2,
        effects=Effects(locks=(Lock("public.orders", LockMode.SHARE),), scans=("public.orders",)),
    ),
    head="-- Orders are listed by user on every page view.\n",
)

TYPE = migration(
    "20261120110000_widen_order_total",
    statement(
        'ALTER TABLE "orders" ALTER COLUMN "total" SET DATA TYPE BIGINT',
        effects=Effects(
            locks=(Lock("public.orders", LockMode.ACCESS_EXCLUSIVE),), rewrites=("public.orders",)
        ),
    ),
    statement(
        'DROP INDEX "orders_total_idx"',
        index=1,
        line=3,
        effects=Effects(locks=(Lock("public.orders", LockMode.ACCESS_EXCLUSIVE),)),
    ),
)

BLOCKING_INDEX = finding(
    INDEX,
    "index-create-blocking",
    message='Building "orders_user_id_idx" makes every write to public.orders wait until it is '
    "done.",
    why="PostgreSQL holds a SHARE lock for the whole build: reads go on, but INSERT, UPDATE and "
    "DELETE wait. On a table of 10 million rows that is minutes.",
    fix="Build it without blocking, alone in its own migration:\n"
    'CREATE INDEX CONCURRENTLY "orders_user_id_idx" ON "orders"("user_id");',
    line=2,
    end_line=2,
)

MISPLACED = finding(
    COUPONS,
    "prisma-out-of-order",
    message="20261120090000_add_coupons sorts before 20261121080000_add_payments, which is "
    "already on main.",
    why="Targets that have applied the newer migration would get this one after it, fresh "
    "databases before it. The two would no longer be built alike.",
    fix="Give it a new timestamp:\n"
    "git mv prisma/migrations/20261120090000_add_coupons "
    "prisma/migrations/20261122142941_add_coupons",
    statement=None,
)

REWRITE = finding(
    TYPE,
    "column-type-rewrite",
    severity=Severity.WARNING,
    message="Changing the type of public.orders.total copies the whole table.",
    why="All reads and writes of the table wait while PostgreSQL writes every row anew.",
    fix="Add a new column, fill it in pieces outside the migration, and switch over when it is "
    "full.",
)

DROPPED_INDEX = finding(
    TYPE,
    "index-drop-blocking",
    severity=Severity.WARNING,
    message="Dropping orders_total_idx makes reads and writes of public.orders wait.",
    why="The lock is short once granted, but it queues behind running queries, and everything "
    "else queues behind it.",
    fix='DROP INDEX CONCURRENTLY "orders_total_idx";',
    line=3,
    end_line=3,
    statement=1,
)

# The same findings with what a machine would write: in place, in a folder of its own, nothing.
IN_PLACE = replace(
    REWRITE,
    rewrite=Rewrite(
        (
            Piece('ALTER TABLE "orders" ADD COLUMN "total_new" BIGINT'),
            Piece('COMMENT ON COLUMN "orders"."total_new" IS \'```\''),
        )
    ),
)
APART = replace(
    DROPPED_INDEX,
    fix="Drop it without blocking.",
    rewrite=Rewrite((Piece('DROP INDEX CONCURRENTLY "orders_total_idx"', Place.APART),)),
)
GONE = replace(BLOCKING_INDEX, fix="Another index does the same.", rewrite=Rewrite())

UNNAMED = finding(
    NOTE,
    "column-text-unlimited",
    severity=Severity.NOTICE,
    message="public.orders.note has no greatest length.",
    why="Anyone who can write to it can make rows of a gigabyte.",
    fix="Add a CHECK on its length, if there is one.",
)

ALLOWED = finding(
    NOTE,
    "column-name-case",
    severity=Severity.WARNING,
    message="Note is the only column of public.orders that is not in snake_case.",
    allowed="the export format asks for it",
)


def judged(base: JudgedMigration, *findings: Finding) -> JudgedMigration:
    return replace(base, findings=findings)


def waiting(*, digest: str | None = None) -> tuple[Progress, ...]:
    return (
        Progress("staging", Kind.STAGING, digest=digest),
        Progress("production", Kind.PRODUCTION, digest=digest),
    )


def report(*migrations: JudgedMigration, **fields: object) -> Report:
    review = Review(postgres="18", migrations=migrations, base="main")
    made = Report(review=review, targets=waiting(), needed=1, run=RUN, pull=42)
    return replace(made, **fields)  # type: ignore[arg-type]


APPROVED = (Approval("maria", HEAD, AT - timedelta(minutes=25)),)

STALE = (
    StaleApproval(
        "tom",
        "77777777aaaabbbbccccddddeeeeffff00001111",
        ("`20261120093000_add_order_note`, line 1: `ADD COLUMN note TEXT` was `VARCHAR(80)`",),
    ),
)

STAGING_DONE = Progress(
    "staging",
    Kind.STAGING,
    State.APPLIED,
    at=AT - timedelta(minutes=4),
    seconds=0.84,
    migrations=(COUPONS.migration.name, NOTE.migration.name),
    gates=(Gate("history", open=True, reason="the target and the history agree"),),
    run_url="https://github.com/acme/shop/actions/runs/9876543299",
)

BACKUP = BackupSummary(
    id="production-20261122T142512Z",
    size=1_240_000_000,
    seconds=94.2,
    snapshot_at=AT - timedelta(minutes=4, seconds=29),
    proof="proved by restoring 37 tables and 12,403,118 rows on PostgreSQL 18.6",
)

PRODUCTION_GATES = (
    Gate("staging first", open=True, reason="`staging` has applied exactly this text"),
    Gate("approval", open=True, reason="1 of 1, by `maria`"),
    Gate("backup", open=True, reason="taken and proved after this plan was made"),
)

PRODUCTION_DONE = Progress(
    "production",
    Kind.PRODUCTION,
    State.APPLIED,
    at=AT,
    seconds=2.31,
    migrations=(COUPONS.migration.name, NOTE.migration.name),
    gates=PRODUCTION_GATES,
    backup=BACKUP,
    run_url="https://github.com/acme/shop/actions/runs/9876543299",
    drift=Drift(DriftMode.REFUSE, seconds=0.9),
    checks=(
        Check("rows", fine=True),
        Check("indexes", fine=True),
        Check("catalogue", fine=True),
        Check("queries", fine=True),
        Check("queries", fine=True),
    ),
)

PRODUCTION_FAILED = Progress(
    "production",
    Kind.PRODUCTION,
    State.FAILED,
    at=AT,
    seconds=61.0,
    migrations=(COUPONS.migration.name,),
    failed=NOTE.migration.name,
    gates=PRODUCTION_GATES,
    backup=BACKUP,
    message="`20261120093000_add_order_note` could not get its lock on `public.orders` within "
    "60 s; a session of `reporting` has been holding it for 14 minutes. Nothing of it was applied.",
    hint="End that session or wait for it, then run the job again: it goes on with this migration.",
    run_url="https://github.com/acme/shop/actions/runs/9876543299",
)

STAGING_INTERRUPTED = replace(
    STAGING_DONE,
    state=State.FAILED,
    failed=INDEX.migration.name,
    message=f"{INDEX.migration.name}, line 4: PostgreSQL did not let me run it: could not create "
    'unique index "orders_reference_key" (Prisma calls this P3018). Everything before line 4 of '
    f"{INDEX.migration.name} is applied and stays.",
    hint="Settle the rows that this finds: `SELECT reference, count(*) FROM public.orders GROUP BY "
    "reference HAVING count(*) > 1 LIMIT 5`. Then run this again: it goes on at line 4.",
    drift=Drift(
        DriftMode.REPORT,
        ("lacks index public.orders.orders_total_idx", "has besides: column public.users.vip"),
        more=2,
        seconds=1.2,
    ),
    notes=(
        "staging has transactions open for long that CONCURRENTLY has to wait for: process 4711 "
        "(reporting, user app, idle in transaction, for 840 s)",
    ),
)

PRODUCTION_DRIFTED = replace(
    PRODUCTION_DONE,
    state=State.FAILED,
    seconds=None,
    migrations=(),
    backup=None,
    message="The schema of production is not what its applied migrations make.",
    hint="`migration-bot drift production` drafts the SQL that takes it back, and the migration "
    "that writes it down, to be marked as applied. If it has to be so, set `drift: report` for "
    "production.",
    drift=Drift(
        DriftMode.REFUSE,
        ("lacks index public.orders.orders_total_idx", "has besides: column public.users.vip"),
        seconds=1.1,
    ),
    checks=(),
)

PRODUCTION_UNVERIFIED = replace(
    PRODUCTION_DONE,
    state=State.FAILED,
    message="2 migrations are applied to production, and not all is as it should be: Query 2 of "
    "`verify`: row 1 is false.",
    hint="Nothing was taken back. Look into it before the next rollout; running this again applies "
    "nothing twice.",
    checks=(
        Check("rows", fine=True),
        Check("indexes", fine=True),
        Check("catalogue", None, "no server could be started for it"),
        Check("queries", fine=True),
        Check("queries", False, "Query 2 of `verify`: row 1 is false."),
    ),
)

PRODUCTION_CLOSED = Progress(
    "production",
    Kind.PRODUCTION,
    State.CLOSED,
    at=AT,
    gates=(
        Gate("staging first", open=True, reason="`staging` has applied exactly this text"),
        Gate(
            "approval",
            open=False,
            reason="1 of 2; the approval by `tom` was given for an earlier text",
            hint="Ask one of @acme/dba to approve the pull request, then run the job again.",
            waits_for=("@acme/dba", "a code owner of prisma/migrations"),
            given_by=("maria",),
        ),
        Gate(
            "freeze",
            open=True,
            reason="closed from 2026-12-20 to 2027-01-06 (Europe/Berlin)",
            overridden="by `grace` on 2026-11-22 13:00 UTC: “hotfix for the checkout”",
        ),
    ),
    run_url="https://github.com/acme/shop/actions/runs/9876543299",
)

PRODUCTION_TAKEN_BACK = Progress(
    "production",
    Kind.PRODUCTION,
    State.ROLLED_BACK,
    at=AT,
    seconds=0.62,
    migrations=(NOTE.migration.name,),
    message="`grace` asked for it on the pull request: “the export breaks on it”. Its `down.sql` "
    "was run, and the schema is what it was before.",
    hint="Put what went wrong right in a new migration.",
    run_url="https://github.com/acme/shop/actions/runs/9876543301",
    drift=Drift(DriftMode.REFUSE, seconds=0.9),
    checks=(Check("rows", fine=True), Check("catalogue", fine=True)),
)

HOSTILE = (
    "` ``` </details> <script>alert(1)</script> --> @octocat #1 GH-1 acme/shop#2 "
    f"{HEAD} https://evil.example www.evil.example ![x](https://evil.example/p.png) | a | b "
    "[click](javascript:x) **bold** _it_ ~~no~~ $x$ :shipit: \u202e txt \x1b[31m \x00 &amp;"
)


def hostile() -> Report:
    bad = migration(
        "20261120_`|<img src=x>@octocat",
        statement(
            "SELECT 1 -- ```\n-- ````\n</details>\n## Approved \u202e\x1b[2J @octocat",
            effects=Effects(
                locks=(Lock("public.`|<b>@octocat", LockMode.ACCESS_EXCLUSIVE),),
                loses=("a|b\n\n# x",),
            ),
        ),
    )
    found = finding(bad, "bad-`rule`|<b>", message=HOSTILE, why=HOSTILE, fix=HOSTILE)
    allowed = replace(found, allowed=HOSTILE)
    said = (HOSTILE, "<b>@octocat", "@acme/dba")
    gate = Gate(HOSTILE, False, HOSTILE, HOSTILE, said, said, overridden=HOSTILE)
    target = Progress(
        "prod|uction`<b>@octocat",
        Kind.PRODUCTION,
        State.FAILED,
        at=AT,
        gates=(gate,),
        backup=replace(BACKUP, id="`|<x>@octocat", proof=HOSTILE),
        message=HOSTILE,
        hint=HOSTILE,
        run_url="https://github.com/x) <b>",
        failed="`|<img>",
    )
    return report(
        judged(bad, found, allowed),
        targets=(target,),
        approvals=(Approval("octo|cat`", HEAD, AT),),
        stale=(StaleApproval("<b>@octocat", HOSTILE, (HOSTILE,)),),
    )


def many(number: int = 60) -> Report:
    """A long-lived branch: every tenth migration has a warning, every one a fat comment."""
    start = datetime(2026, 10, 1, tzinfo=UTC)
    migrations = []
    for place in range(number):
        made = migration(
            f"{start + timedelta(hours=place):%Y%m%d%H%M%S}_step_{place + 1}",
            statement(
                f'ALTER TABLE "table_{place}" ADD COLUMN "extra" TEXT',
                line=2,
                effects=Effects(locks=(Lock(f"public.table_{place}", LockMode.ACCESS_EXCLUSIVE),)),
            ),
            head=f"-- {'why this is done, at some length. ' * 30}\n",
        )
        if place % 10 == 5:
            warned = replace(REWRITE, path=made.migration.path, line=2, end_line=2)
            made = judged(made, replace(warned, message=f"public.table_{place} is copied."))
        migrations.append(made)
    return report(*migrations)


def samples() -> dict[str, Report]:
    two = judged(COUPONS), judged(NOTE)
    return {
        "all_well": report(*two),
        "warnings": report(judged(NOTE, UNNAMED, ALLOWED), judged(TYPE, REWRITE, DROPPED_INDEX)),
        "blocked": report(judged(COUPONS, MISPLACED), judged(INDEX, BLOCKING_INDEX)),
        "out_of_order": report(judged(COUPONS, MISPLACED)),
        "risky_statement": report(judged(INDEX, BLOCKING_INDEX)),
        "rewrites": report(judged(INDEX, GONE), judged(TYPE, IN_PLACE, APART)),
        "no_migrations": report(needed=0),
        "approved": report(*two, approvals=APPROVED),
        "staging_applied": report(
            *two, targets=(STAGING_DONE, waiting()[1]), approvals=APPROVED, merged=True
        ),
        "production_applied": report(
            *two, targets=(STAGING_DONE, PRODUCTION_DONE), approvals=APPROVED, merged=True
        ),
        "production_failed": report(
            *two, targets=(STAGING_DONE, PRODUCTION_FAILED), approvals=APPROVED, merged=True
        ),
        "staging_interrupted": report(
            *two,
            judged(INDEX),
            targets=(STAGING_INTERRUPTED, waiting()[1]),
            approvals=APPROVED,
            merged=True,
        ),
        "production_drifted": report(
            *two, targets=(STAGING_DONE, PRODUCTION_DRIFTED), approvals=APPROVED, merged=True
        ),
        "production_unverified": report(
            *two, targets=(STAGING_DONE, PRODUCTION_UNVERIFIED), approvals=APPROVED, merged=True
        ),
        "gate_closed": report(
            *two, targets=(STAGING_DONE, PRODUCTION_CLOSED), stale=STALE, merged=True
        ),
        "waiting_for_approval": report(
            judged(TYPE, REWRITE, DROPPED_INDEX),
            targets=(waiting()[0], replace(waiting()[1], gates=PRODUCTION_CLOSED.gates)),
            approvals=APPROVED,
            stale=STALE,
            needed=2,
        ),
        "rolled_back": report(
            *two,
            targets=(STAGING_DONE, PRODUCTION_TAKEN_BACK),
            approvals=APPROVED,
            merged=True,
        ),
        "sixty_migrations": many(),
        "hostile": hostile(),
    }
