"""What a rehearsal found: new migrations run on a throw-away server, and what the server did."""

from dataclasses import dataclass, field
from enum import StrEnum
from math import log2

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.proofs import BatchProof, DownProof, SecondRun
from bot.core.rehearsals.refusal import Refusal
from bot.core.rehearsals.sizes import RelationSize
from bot.core.schemas.schema import Differences
from bot.core.schemas.touched import Touched

# An estimate is from LEAST_TIMES to MOST_TIMES what is in proportion, and at worst everything has
# to be read from disk first.
LEAST_TIMES, MOST_TIMES = 0.7, 2.0
READ_BYTES_A_SECOND = 300_000_000


@dataclass(frozen=True, order=True)
class MeasuredLock:
    """A lock that a statement took, and that its transaction did not have before.

    `relation`, `mode` and `new` as in effects.Lock. `held_ms` is from the start of the statement
    to the end of its transaction. `index` says that the relation is an index, `partitioned` that
    it is a table in partitions.
    """

    relation: str
    mode: LockMode
    new: bool = False
    held_ms: float = 0.0
    index: bool = False
    partitioned: bool = False


@dataclass(frozen=True, order=True)
class TouchedRows:
    relation: str
    inserted: int = 0
    updated: int = 0
    deleted: int = 0


@dataclass(frozen=True)
class Measured:
    """What one statement did; relation names as in effects.Lock, times in milliseconds.

    `transactional` says whether it ran in a transaction that others of its file share.
    `scans` are tables that were read in full, less those of `rewrites`; of each set in
    `scans_of_one` at least one was (the server names a constraint, and two tables have one of that
    name). `rebuilds` are indexes built anew, `indexes` those that are there since. `validated` are
    constraints as `schema.table.name` whose rows were looked through. `loses` and `misses` as in
    effects.Effects. `had` are the locks that its transaction had before on what it was predicted
    to lock. `sampled` says that it was looked at from time to time while it ran, so that
    a lock may have been overlooked. WAL is the whole server's, which does nothing else.
    """

    duration_ms: float
    transactional: bool = True
    locks: tuple[MeasuredLock, ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    scans_of_one: tuple[tuple[str, ...], ...] = ()
    rebuilds: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    validated: tuple[str, ...] = ()
    rows: tuple[TouchedRows, ...] = ()
    loses: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    wal_bytes: int = 0
    temporary_bytes: int = 0
    sampled: bool = False
    had: tuple[tuple[str, LockMode], ...] = ()


@dataclass(frozen=True)
class Estimate:
    """How long a statement may take at a target's size, carried over from what was measured.

    `unit` says what the work grows with ("bytes", "rows"): `measured_ms` for `measured_units`
    become `least_ms` to `most_ms` for `target_units`. `lock` is the strongest lock that is held
    meanwhile; `held_ms` is for how long, at most, with what follows in the same transaction.
    `locked` is the relation it is on, where that is not `relation`. `sorts` says that the work
    grows as sorting does, and `read_bytes` is what has to be read from disk first, at worst.
    """

    statement: int
    relation: str
    unit: str
    measured_ms: float
    measured_units: int
    target: str
    target_units: int
    least_ms: float
    most_ms: float
    lock: LockMode | None = None
    held_ms: float = 0.0
    locked: str = ""
    sorts: bool = False
    read_bytes: int = 0

    @property
    def growth(self) -> float:
        """How many times the work that was measured is what there is to do."""
        here, there = max(1, self.measured_units), self.target_units
        times = there / here
        if self.sorts and there:
            times *= log2(max(2, there)) / log2(max(2, here))
        return times

    @property
    def read_ms(self) -> float:
        return self.read_bytes / READ_BYTES_A_SECOND * 1000


@dataclass(frozen=True)
class RehearsedStatement:
    """A statement that was run: `index` is its place in the file.

    `measured` is None where it was stopped. `disagreements` say, a line each, where the prediction
    differs from what was measured. `batches` is set for one that goes in batches, if these could be
    tried.
    """

    index: int
    measured: Measured | None = None
    disagreements: tuple[str, ...] = ()
    batches: BatchProof | None = None


@dataclass(frozen=True)
class RehearsedMigration:
    """One new migration. `statements` are those that were begun, in order.

    `refused` is what stopped it, and `stays` what it had changed by then and what a failure in
    production would leave behind. `changes` is the schema after it against before it. `estimates`
    are for the target whose sizes are known.
    """

    name: str
    statements: tuple[RehearsedStatement, ...] = ()
    refused: Refusal | None = None
    stays: tuple[str, ...] = ()
    changes: Differences = field(default_factory=Differences)
    down: DownProof | None = None
    second: SecondRun | None = None
    estimates: tuple[Estimate, ...] = ()

    @property
    def duration_ms(self) -> float:
        took = (each.measured.duration_ms for each in self.statements if each.measured)
        return round(sum(took), 3)

    def measured(self, index: int) -> Measured | None:
        """What the statement of that index did; None if it was not reached, or was stopped."""
        found = (each.measured for each in self.statements if each.index == index)
        return next(found, None)


@dataclass(frozen=True)
class HistoryRefusal:
    """Where the base history stopped: its migration, the line of the statement, why.

    `line` is 0 where it is not known.
    """

    migration: str
    refusal: Refusal
    line: int = 0


@dataclass(frozen=True)
class BaseReplay:
    """How the base came to be: `migrations` in all, `cached` of them out of a kept template."""

    migrations: int = 0
    cached: int = 0
    seconds: float = 0.0
    refused: HistoryRefusal | None = None


@dataclass(frozen=True)
class Isolation:
    """What kept the pull request's SQL to itself. Bytes and seconds; None is no limit.

    `system_user` is the operating system's user that the server ran as, "" if it is not known;
    `own_user` says that it is another than the bot's. `network` says that the server could reach
    one.
    """

    system_user: str = ""
    own_user: bool = False
    network: bool = True
    memory: int | None = None
    disk: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class RehearsalServer:
    """Which PostgreSQL it was. `wanted` is the major that the target has.

    `shims` are extensions that stood in for real ones, written in SQL.
    """

    version: str
    major: int
    provider: str
    wanted: int
    shims: tuple[str, ...] = ()
    isolation: Isolation = field(default_factory=Isolation)


class DataKind(StrEnum):
    NONE = "none"
    SEED = "seed"
    SYNTHETIC = "synthetic"
    BACKUP = "backup"


@dataclass(frozen=True)
class RehearsalData:
    """Which rows were there. `skipped` says of tables, a line each, why they stayed empty.

    `source` is the backup that they are from. `guessed` says that they were made up without the
    sizes of a target.
    """

    kind: DataKind = DataKind.NONE
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0
    skipped: tuple[str, ...] = ()
    source: str = ""
    guessed: bool = False


@dataclass(frozen=True)
class SchemaAgreement:
    """`schema.prisma` against the schema that the migrations end in, as Prisma itself reads it.

    `prisma` is its version. `differences` are what a `prisma migrate dev` would still change.
    `problem` is why it could not be asked.
    """

    prisma: str = ""
    differences: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """A whole rehearsal. Where `problem` is set there was none, and it says why.

    `sizes` are those of the tables when the first new statement began. `notes` are sentences about
    what was made up so that the history could run, such as roles that nobody creates. `seconds`
    is how long all of it took; 0 if nobody looked at a clock. `touched` is what all of the new
    migrations together make of the schema, as far as they got.
    """

    server: RehearsalServer | None = None
    base: BaseReplay = field(default_factory=BaseReplay)
    migrations: tuple[RehearsedMigration, ...] = ()
    data: RehearsalData = field(default_factory=RehearsalData)
    sizes: tuple[RelationSize, ...] = ()
    notes: tuple[str, ...] = ()
    schema: SchemaAgreement | None = None
    problem: str = ""
    hint: str = field(default="", compare=False)
    seconds: float = 0.0
    touched: Touched = field(default_factory=Touched)

    def of(self, name: str) -> RehearsedMigration | None:
        return next((each for each in self.migrations if each.name == name), None)
