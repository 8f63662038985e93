"""Small stand-ins that satisfy the protocols of bot.world. Nothing here pretends to be PostgreSQL:
a fake database keeps rows and a diary, and never understands SQL."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.findings.fixed import FixedMigration
from bot.core.findings.found import Attachment, FoundIndex
from bot.core.findings.page import Page
from bot.core.github.event import Event
from bot.core.github.run import Run
from bot.core.initial import Ground
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rehearsals.sizes import Sizes
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.backup import Manifest, Proof, ProvedBackup, StoredBackup
from bot.core.rollouts.batching import Chosen, DataChange, Key, KeyColumn
from bot.core.rollouts.blocker import Blocker, Need
from bot.core.rollouts.checkpoint import Checkpoint, Last, Note, Record, Step, Whole
from bot.core.rollouts.doing import Doing, Heard
from bot.core.rollouts.holder import Holder
from bot.core.rollouts.progress import BackupSummary
from bot.core.rollouts.replication import Replication
from bot.core.rollouts.rollout_log import Value
from bot.core.schemas.schema import Snapshot
from bot.core.settings import Settings
from bot.core.targets.fleet import Tenant
from bot.core.targets.server import ServerFacts, TableFacts
from bot.core.targets.target import Target
from bot.core.targets.url import parse_url
from bot.errors import PostgresError, UsageError
from bot.rollout.outside.outside import quoted
from bot.world import World
from bot.world.log import RolloutLog
from tests.fakes.github import FakeGitHub as FakeGitHub

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


MANIFEST = Manifest(
    id="b-1",
    target="production",
    database="shop",
    system_identifier="7",
    server_version="18.0",
    tool_version="18.0",
    started_at=NOON,
    finished_at=NOON,
    lsn="0/1",
    size=1024,
    seconds=2.0,
    path="b-1",
    format="directory, gzip:1",
)


def migration(name: str, sql: str = "SELECT 1;") -> Migration:
    return Migration(name, f"prisma/migrations/{name}/migration.sql", sql)


def history(*migrations: Migration) -> History:
    return History("prisma/migrations", migrations, provider="postgresql")


def applied(each: Migration, *, finished: bool = True) -> AppliedMigration:
    return AppliedMigration(
        id=f"id-{each.name}",
        name=each.name,
        checksum=each.checksum,
        started_at=NOON,
        finished_at=NOON if finished else None,
    )


def marked(each: Migration) -> AppliedMigration:
    """The row of `resolve --applied`."""
    return replace(applied(each), id=f"marked-{each.name}", logs="")


@dataclass
class FakeClock:
    """Time passes only while somebody sleeps."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class FakeConsole:
    page: Page = field(default_factory=Page)
    shown: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)

    def show(self, text: str) -> None:
        self.shown.append(text)

    def say(self, text: str) -> None:
        self.said.append(text)

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        self.said.append(text)
        yield

    watched: bool = False

    def follow(self, text: str) -> None:
        if self.watched:
            self.followed.append(text)

    @property
    def output(self) -> str:
        return "\n".join(self.shown)


@dataclass
class FakeCheckout:
    """`commits` brought migrations, by name; `texts` are commits by the checksums they have, and
    `scripts` what those texts are."""

    head_history: History
    base_history: History | None = None
    commits: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    written: list[FixedMigration] = field(default_factory=list)
    proposed: dict[int, str] = field(default_factory=dict)
    proposals: dict[str, History] = field(default_factory=dict)

    grounds: Ground | None = None
    files: dict[str, str] = field(default_factory=dict)

    def ground(self) -> Ground:
        return self.grounds or Ground("/shop", "main", ("prisma/migrations",))

    def text(self, path: str) -> str | None:
        return self.files.get(path)

    def fetched(self, pull: int) -> str | None:
        """`proposed` are the heads of pull requests, `proposals` what each has."""
        return self.proposed.get(pull)

    def change_at(self, commit: str, base_name: str, now: datetime) -> Change:
        return Change(self.proposals[commit], now, self.head_history, base_name)

    def put(self, migrations: Sequence[FixedMigration]) -> None:
        self.written += migrations

    def history(self) -> History:
        return self.head_history

    def change(self, base: str | None, now: datetime) -> Change:
        return Change(self.head_history, now, self.base_history, base or "main")

    def everything(self, now: datetime) -> Change:
        return Change(self.head_history, now)

    def added_by(self, name: str) -> str | None:
        return self.commits.get(name)

    def head(self) -> str:
        return "h" * 40

    def commit_with(self, name: str, checksum: str) -> str | None:
        return self.texts.get(checksum)

    def text_with(self, name: str, checksum: str) -> str | None:
        return self.scripts.get(checksum)


def _noted(checkpoint: Checkpoint) -> str:
    if checkpoint.intent is not None:
        return f"intent {checkpoint.intent.segment}"
    if checkpoint.batch is not None:
        return f"batch {checkpoint.batch.rows}"
    return f"stopped: {checkpoint.error}"


@dataclass
class FakeLog:
    lines: list[Mapping[str, Value]] = field(default_factory=list)
    wanted = True

    def open(self) -> None:
        """It is open."""

    def write(self, content: Mapping[str, Value]) -> None:
        self.lines.append(content)

    def at(self, path: str) -> RolloutLog:
        return self


@dataclass
class FakeDatabase:
    """Rows and a diary. `refuse` maps a statement to the errors it raises, one at a time ("commit"
    to those that come when it has been carried out, "lock" to those of the migration lock), and
    `makes` to what it makes or leaves half made. `interrupt` is the statement in which Ctrl-C is
    pressed. `sessions` are those of earlier runs that are still there. `in_the_way` is what one
    look after the other finds, `ends_by` what makes a holder of the migration lock go away.
    `turns_into` is what the server is once somebody's lock was waited for.
    """

    rows: list[AppliedMigration] = field(default_factory=list)
    diary: list[str] = field(default_factory=list)
    server: ServerFacts = field(
        default_factory=lambda: ServerFacts("18.1", 18, "app", False, False)
    )
    has_tables: bool = False
    holders: list[Holder] = field(default_factory=list)
    ends_by: tuple[str, ...] = ("cancel", "terminate")
    refuse: dict[str, list[PostgresError]] = field(default_factory=dict)
    found: list[FoundIndex] = field(default_factory=list)
    makes: dict[str, list[FoundIndex | Attachment | None]] = field(default_factory=dict)
    attached: Attachment = Attachment.ATTACHED
    sessions: set[int] = field(default_factory=set)
    not_valid: list[str] = field(default_factory=list)
    forgets: bool = False
    interrupt: str | None = None
    looks: str = "the usual"
    in_the_way: list[tuple[Blocker, ...]] = field(default_factory=list)
    looked: list[tuple[Need, ...]] = field(default_factory=list)
    patience: list[int] = field(default_factory=list)
    seen: Doing | None = None
    shapes: list[Snapshot] = field(default_factory=lambda: [{}])
    wrong: dict[str, str] = field(default_factory=dict)
    given_sizes: Sizes = field(default_factory=lambda: Sizes("staging", NOON, 18))
    given_tables: dict[str, TableFacts] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)
    key: Key | None = field(default_factory=lambda: Key((KeyColumn("id", "bigint"),)))
    cannot_batch: str = ""
    matching: list[int] = field(default_factory=list)
    standbys: list[Replication] = field(default_factory=list)
    process: int = 7
    turns_into: ServerFacts | None = None
    audit: list[Sealed] = field(default_factory=list)
    no_audit: PostgresError | None = None

    def keep_record(self, sealed: Sealed) -> None:
        if self.no_audit is not None:
            raise self.no_audit
        self.diary.append("audit row")
        self.audit.append(sealed)

    def records(self, most: int) -> tuple[Sealed, ...]:
        return tuple(reversed(self.audit))[:most]

    def facts(self) -> ServerFacts:
        return self.server

    def tables(self, names: Collection[str], *, sized: bool = True) -> Mapping[str, TableFacts]:
        return {name: self.given_tables[name] for name in names if name in self.given_tables}

    def applied(self) -> tuple[AppliedMigration, ...]:
        return tuple(self.rows)

    def unbaselined(self) -> bool:
        return self.has_tables and not self.rows

    def lock_holder(self) -> Holder | None:
        return next(iter(self.holders), None)

    def lock_holders(self) -> tuple[Holder, ...]:
        return tuple(self.holders)

    def cancel(self, holder: Holder) -> bool:
        return self._end(holder, "cancel")

    def terminate(self, holder: Holder) -> bool:
        return self._end(holder, "terminate")

    def _end(self, holder: Holder, how: str) -> bool:
        if holder not in self.holders:
            return False
        self.diary.append(f"{how} {holder.pid}")
        if how in self.ends_by:
            self.holders.remove(holder)
        return True

    @contextmanager
    def exclusively(self, note: Callable[[str], None]) -> Iterator[tuple[AppliedMigration, ...]]:
        if self.refuse.get("lock"):
            raise self.refuse["lock"].pop(0)
        if self.turns_into is not None:
            note("somebody has the lock")
            self.server = self.turns_into
        with contextmanager(self._around)("lock", "unlock"):
            yield self.applied()

    @contextmanager
    def without_prisma_lock(self, note: Callable[[str], None]) -> Iterator[None]:
        yield from self._around("let go of Prisma's lock", "take Prisma's lock")

    def blockers(self, needs: Sequence[Need], older_than: float) -> tuple[Blocker, ...]:
        self.looked.append(tuple(needs))
        found = self.in_the_way.pop(0) if self.in_the_way else ()
        return tuple(each for each in found if each.age >= older_than)

    def deadlock_timeout(self) -> int:
        return 1000

    @contextmanager
    def waiting_at_most(self, milliseconds: int) -> Iterator[None]:
        yield

    @contextmanager
    def lock_patience(self, milliseconds: int) -> Iterator[None]:
        self.patience.append(milliseconds)
        yield

    def create_table(self, mark: str | None = None) -> None:
        self.diary.append("table")
        if mark is not None and self.server.rights.history is None:
            self.mark(mark)

    def mark(self, text: str) -> None:
        self.marks.append(text)

    def key_of(self, change: DataChange, wanted: Sequence[str] = ()) -> Key | None:
        if self.cannot_batch:
            raise UsageError(self.cannot_batch, hint="Run it whole.")
        return self.key

    def choose(
        self, change: DataChange, key: Key, after: Sequence[str] | None, size: int
    ) -> Chosen | None:
        """`matching` are the keys of the rows that match; nothing that runs takes one away."""
        left = [each for each in self.matching if after is None or each > int(after[0])][:size]
        return Chosen((str(left[-1]),), len(left)) if left else None

    def expected_rows(self, change: DataChange) -> int:
        return len(self.matching)

    def replication(self) -> Replication:
        """What is given, one after the other; then no standby."""
        return self.standbys.pop(0) if self.standbys else Replication(0)

    def together(
        self,
        texts: Sequence[str],
        record: Record,
        *,
        needs: Sequence[Need],
        heard: Heard,
        lifting: Collection[int] = (),
    ) -> None:
        kept = list(self.rows)
        self.diary.append("begin")
        try:
            for position, sql in enumerate(texts):
                self._run(sql, position)
                self.diary += ["limits again"] if position in lifting else []
                heard(position, 0.0, 0)
            self._record(record)
        except BaseException:
            self.rows = kept
            self.diary.append("rollback")
            raise
        self.diary.append("commit")
        if self.refuse.get("commit"):
            raise self.refuse["commit"].pop(0)

    def alone(self, sql: str, *, settings: Sequence[str], heard: Heard) -> None:
        self.diary += settings
        self.diary.append("no timeouts")
        try:
            self.execute(sql)
        finally:
            self.diary.append("timeouts")

    def note(self, record: Note) -> None:
        self._record(record)

    def execute(self, sql: str) -> None:
        self.diary.append(sql)
        if self.makes.get(sql):
            made = self.makes[sql].pop(0)
            if isinstance(made, FoundIndex):
                self.found.append(made)
            if isinstance(made, Attachment):
                self.attached = made
        if sql.startswith("DROP INDEX CONCURRENTLY ") and not self.refuse.get(sql):
            name = sql.removeprefix("DROP INDEX CONCURRENTLY ")
            self.found = [each for each in self.found if name not in (each.name, quoted(each.bare))]
        if sql == self.interrupt:
            raise KeyboardInterrupt
        if self.refuse.get(sql):
            raise self.refuse[sql].pop(0)

    def _run(self, sql: str, position: int) -> None:
        try:
            self.execute(sql)
        except PostgresError as error:
            error.position = position
            raise

    def invalid_indexes(self) -> frozenset[str]:
        return frozenset(each.name for each in self.found if not each.valid)

    def unvalidated(self) -> frozenset[str]:
        return frozenset(self.not_valid)

    def indexes_on(self, table: str, settings: Sequence[str]) -> tuple[FoundIndex, ...]:
        return tuple(each for each in self.found if each.table == table)

    def index(self, name: str, settings: Sequence[str]) -> FoundIndex | None:
        known = (each for each in self.found if name in (each.name, quoted(each.bare)))
        return next(known, None)

    def attachment(self, table: str, partition: str, settings: Sequence[str]) -> Attachment:
        return self.attached

    def session(self) -> tuple[int, str]:
        return self.process, "noon"

    def alive(self, pid: int, backend_start: str) -> bool:
        return pid in self.sessions

    def fingerprint(self) -> str:
        return self.looks

    def sizes(self, *, columns: bool = False) -> Sizes:
        self.diary.append("sizes and columns" if columns else "sizes")
        return self.given_sizes

    def resolve(
        self, *, applied: Sequence[Migration] = (), rolled_back: Sequence[str] = ()
    ) -> None:
        names = {*rolled_back, *(each.name for each in applied)}
        self.rows = [
            replace(row, rolled_back_at=NOON) if row.unfinished and row.name in names else row
            for row in self.rows
        ]
        for each in applied:
            self.rows.append(marked(each))
        self.diary.append(f"resolved {sorted(names)}")

    schema = "public"

    def shape(self, schemas: Sequence[str]) -> Snapshot:
        self.diary.append(f"shape of {', '.join(schemas)}")
        return self.shapes.pop(0) if len(self.shapes) > 1 else self.shapes[0]

    def wrong_with(self, query: str, *, timeout: int) -> str:
        self.diary.append(query)
        if self.refuse.get(query):
            raise self.refuse[query].pop(0)
        return self.wrong.get(query, "")

    def doing(self) -> Doing | None:
        return self.seen

    def start(self, id: str, name: str, checkpoint: Checkpoint) -> None:
        self.diary.append(f"started {name}")
        begun = applied(migration(name), finished=False)
        self.rows.append(replace(begun, id=id, logs=checkpoint.text()))

    def forget(self, id: str, steps: int) -> None:
        self.diary.append("forgotten")
        self.rows = [row for row in self.rows if row.id != id]

    def _record(self, record: Record) -> None:
        if isinstance(record, Whole):
            self.diary.append(f"record {record.migration.name}")
            if not self.forgets:
                self.rows.append(replace(applied(record.migration), id=record.id))
            return
        steps, text = record.checkpoint.steps, record.checkpoint.text()
        if isinstance(record, Step) and self.refuse.get("count"):
            raise self.refuse["count"].pop(0)
        if isinstance(record, Last):
            self.diary.append("finished")
            self._change(record.id, finished_at=NOON, logs=None, applied_steps_count=1)
        elif isinstance(record, Step):
            self.diary.append(f"step {steps}")
            self._change(record.id, logs=text, applied_steps_count=steps)
        else:
            self.diary.append(_noted(record.checkpoint))
            self._change(record.id, logs=text)

    def _change(self, id: str, **changes: object) -> None:
        self.rows = [
            replace(row, **changes) if row.id == id else row  # type: ignore[arg-type]
            for row in self.rows
        ]

    def _around(self, before: str, after: str) -> Iterator[None]:
        self.diary.append(before)
        try:
            yield
        finally:
            self.diary.append(after)


@dataclass
class FakeFiles:
    """Files by their paths."""

    texts: dict[str, str] = field(default_factory=dict)

    def read(self, path: str) -> str:
        if path not in self.texts:
            raise UsageError(f"{path} cannot be read.", hint="Check the path.")
        return self.texts[path]

    def write(self, path: str, text: str) -> None:
        self.texts[path] = text


@dataclass
class FakeBackups:
    diary: list[str]
    error: PostgresError | None = None
    kept: bool = False

    def take(self, target: Target, note: Callable[[str], None]) -> BackupSummary:
        self.diary.append("backup")
        if self.error is not None:
            raise self.error
        return BackupSummary("b-1", 1024, 2.0, NOON, proof="proved by restoring it")

    def newest(self, target: Target) -> StoredBackup:
        self.diary.append(f"newest backup of {target.name}")
        if self.error is not None:
            raise self.error
        return StoredBackup(MANIFEST, Path("/backups/b-1"))

    def proved(self, target: Target) -> ProvedBackup | None:
        return ProvedBackup(MANIFEST, Proof("b-1", "18.1", 2.0, 3, 40)) if self.kept else None


@dataclass
class FakeRunner:
    started_for: Event = field(default_factory=lambda: Event("push", {}, "c" * 40))
    id: int = 1
    written: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def event(self) -> Event:
        return self.started_for

    def run(self, commit: str) -> Run:
        url = "https://github.com/acme/shop"
        return Run(commit, url, f"{url}/actions/runs/{self.id}", self.id, self.id, 1, NOON)

    def summary(self, markdown: str) -> None:
        self.written.append(markdown)

    def output(self, name: str, value: str) -> None:
        self.outputs[name] = value

    def file(self, path: str, text: str) -> None:
        self.files[path] = text

    def log(self, lines: str) -> None:
        self.logged.append(lines)


def world(
    checkout: FakeCheckout,
    databases: Mapping[str, FakeDatabase] | None = None,
    *,
    settings: Settings | None = None,
    github: FakeGitHub | None = None,
    runner: FakeRunner | None = None,
    backups: FakeBackups | None = None,
    environ: Mapping[str, str] | None = None,
    files: FakeFiles | None = None,
) -> World:
    """A world in which nothing is real, and everything can be looked at afterwards."""
    known = dict(databases or {})
    clock = FakeClock()

    @contextmanager
    def connect(target: Target) -> Iterator[FakeDatabase]:
        if target.name not in known:
            raise PostgresError(f"{target.name} does not answer.", hint="Start it.")
        yield known[target.name]

    return World(
        settings=settings or Settings(),
        console=FakeConsole(),
        checkout=checkout,
        connect=connect,
        backups=backups or FakeBackups([]),
        files=files or FakeFiles(),
        now=clock.now,
        sleep=clock.sleep,
        environ=environ or {},
        github=github,
        runner=runner,
    )


def database_of(given: World, target: str = "staging") -> FakeDatabase:
    with given.connect(given.settings.target(target)) as database:
        assert isinstance(database, FakeDatabase)
        return database


def shown(given: World) -> str:
    """What a command answered."""
    assert isinstance(given.console, FakeConsole)
    return given.console.output


@dataclass
class FakeFleets:
    """Tenants by name, each a database, or with `schemas` all of one. `down` are those that do not
    answer, and how often they will not."""

    databases: Mapping[str, FakeDatabase]
    schemas: bool = False
    down: dict[str, int] = field(default_factory=dict)
    unwell: set[str] = field(default_factory=set)
    connected: list[str] = field(default_factory=list)
    backed_up: list[str] = field(default_factory=list)

    def tenants(self, target: Target) -> tuple[Tenant, ...]:
        path = "one?schema={}" if self.schemas else "{}"
        return tuple(
            Tenant(name, parse_url(f"postgresql://h/{path.format(name)}"))
            for name in self.databases
        )

    @contextmanager
    def connect(self, target: Target, tenant: Tenant) -> Iterator[FakeDatabase]:
        self.connected.append(tenant.name)
        if self.down.get(tenant.name, 0) > 0:
            self.down[tenant.name] -= 1
            raise PostgresError(f"{tenant.name} is away.", hint="Start it.", sqlstate="08001")
        yield self.databases[tenant.name]

    def back_up(self, target: Target, tenant: Tenant, note: Callable[[str], None]) -> BackupSummary:
        self.backed_up.append(tenant.name)
        return BackupSummary(f"b-{tenant.name}", 1024, 1.0, NOON, "proved")

    def healthy(self, tenant: Tenant, query: str) -> bool:
        return tenant.name not in self.unwell
