"""What a look for drift found on one target: what differs, and the SQL that would settle it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.drift.deviation import Deviations
from bot.core.drift.drift import MOST_LINES, Drift
from bot.core.drift.policy import DriftMode, DriftPolicy
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.schemas.draft import DraftedStatement
from bot.core.schemas.schema import Snapshot
from bot.core.targets.target import Kind


@dataclass(frozen=True)
class Actual:
    """A target's schema as it was read. `unseen` are kinds that its role may not read, `schema` is
    where its URL says that names without one are."""

    snapshot: Snapshot
    major: int
    schema: str = "public"
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True)
class DriftOrder:
    """What to set beside what: the history that a target has applied, and what it has. `again`
    reads it once more, with what a draft wants to know of each object: few targets have drifted,
    and that takes longer than all else. It gives None if it cannot be had now."""

    history: Order
    there: Actual
    policy: DriftPolicy
    again: Callable[[], Actual | None] = lambda: None


@dataclass(frozen=True)
class Script:
    """SQL in one direction. `left` are the changes that it does not make. `problem` is what keeps
    it from being proved: "" if it was run on a copy, and what came of it is what was wanted, but
    for the order of the columns of the tables `moved`, which no statement changes."""

    statements: tuple[DraftedStatement, ...] = ()
    left: tuple[str, ...] = ()
    problem: str = ""
    moved: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        return not self.problem

    @property
    def sql(self) -> str:
        return "".join(f"{each.sql.rstrip().rstrip(';')};\n" for each in self.statements)


@dataclass(frozen=True)
class Compared:
    """`mend` makes the target what its migrations say, `record` is the migration that would have
    made what the target has; None where nothing was drafted. `problem` is why nothing is known."""

    deviations: Deviations = field(default_factory=Deviations)
    mend: Script | None = None
    record: Script | None = None
    problem: str = ""


class DriftState(StrEnum):
    CLEAN = "clean"
    DRIFTED = "drifted"
    RUNNING = "running"
    """A rollout is at it, or was broken off and will go on."""
    UNKNOWN = "unknown"
    UNSET = "unset"
    """Its variable is not set here."""


@dataclass(frozen=True)
class Look:
    """One target. `at` is when its schema was read, `applied` how many migrations it has. `problem`
    is why nothing is known, `hint` what to do about that. `disagrees` says that it is the
    histories that do. Seconds are what the look took, without connecting."""

    target: str
    kind: Kind
    state: DriftState
    at: datetime
    applied: int = 0
    deviations: Deviations = field(default_factory=Deviations)
    unseen: tuple[str, ...] = ()
    mend: Script | None = None
    record: Script | None = None
    problem: str = ""
    hint: str = ""
    disagrees: bool = False
    seconds: float = 0.0

    def as_before(self, mode: DriftMode) -> Drift:
        """As a rollout would tell it, that looks before it begins."""
        found = tuple(each.line for each in self.deviations.stopping)
        return Drift(
            mode, found[:MOST_LINES], max(len(found) - MOST_LINES, 0), self.problem, self.seconds
        )
