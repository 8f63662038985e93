"""What a rehearsal is asked to do: the history to start from, what to run on it, and the limits."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.core.backups.backup import StoredBackup
from bot.core.rehearsals.rehearsal import DataKind
from bot.core.rehearsals.sizes import Sizes
from bot.core.rollouts.batching import DataChange
from bot.core.schemas.draft import DraftedStatement, Renamed

PUBLIC = "public"
# Made up in two seconds, and every table that is worth an estimate gets enough of it.
BUDGET = 20_000_000


@dataclass(frozen=True)
class Step:
    """One statement to be run. `index` is its place in its file, `line` its first line.

    `extension` is the one that it creates, if it creates one, and `schema` where. Some need a
    superuser, and a few of those are let in: then the superuser creates it in the statement's
    place. `locks` are the relations that it is predicted to lock. `change` are its pieces, if it is
    to run in batches.
    """

    index: int
    sql: str
    line: int = 1
    extension: str = ""
    schema: str = ""
    locks: tuple[str, ...] = ()
    change: DataChange | None = None


@dataclass(frozen=True)
class Part:
    """Steps that stand or fall together, or one that wants no transaction."""

    steps: tuple[Step, ...]
    transactional: bool = True


def drafted_parts(statements: Iterable[DraftedStatement]) -> tuple[Part, ...]:
    """What was drafted, as it is run: all of it in one transaction."""
    steps = tuple(Step(index, each.sql) for index, each in enumerate(statements))
    return (Part(steps),) if steps else ()


@dataclass(frozen=True)
class BaseMigration:
    """A migration that is there already. Without `parts` its text is one transaction as it is."""

    name: str
    sql: str
    checksum: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class NewMigration:
    """A migration to be looked at. `down` is its down.sql, None if it has none. `renames` is what
    it gives another name, from that to the one before."""

    name: str
    checksum: str
    parts: tuple[Part, ...]
    down: tuple[Part, ...] | None = None
    renames: tuple[Renamed, ...] = ()


@dataclass(frozen=True)
class Limits:
    """Bytes and seconds. `statement` is for each statement, `total` for everything."""

    statement: float = 60.0
    total: float = 600.0
    memory: int = 1_000_000_000
    disk: int = 2_000_000_000


@dataclass(frozen=True)
class DataOrder:
    """Which rows to run on. `seed` are the statements of the seed script.

    `budget` is how many bytes of made-up rows there may be; `sizes` are what they follow. With a
    `backup` the base is what it holds, and what it has not applied yet.
    """

    kind: DataKind = DataKind.NONE
    seed: tuple[str, ...] = ()
    budget: int = BUDGET
    sizes: Sizes | None = None
    backup: StoredBackup | None = None


@dataclass(frozen=True)
class ModelOrder:
    """What Prisma makes of schema.prisma, to be set beside what the migrations make.

    `prisma` is its version. `schemas` are those it looks after. `open_defaults` are columns as
    `schema.table.column` of which the model says only that there is some default. `outside` are
    tables and enums that Prisma is told to leave alone. `problem` is why there are no statements.
    """

    prisma: str = ""
    statements: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ("public",)
    open_defaults: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Order:
    """`postgres` is the target's major. `roles` are names that the history gives rights to and
    does not create, `extensions` those that it wants. `schema` is where unqualified names are made,
    if that is not `public`."""

    base: tuple[BaseMigration, ...]
    new: tuple[NewMigration, ...]
    postgres: int
    roles: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    data: DataOrder = field(default_factory=DataOrder)
    limits: Limits = field(default_factory=Limits)
    model: ModelOrder | None = None
    schema: str = PUBLIC
