"""How far a target is with the migrations of a review, as the report shows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.backups.level import Level
from bot.core.drift.drift import Drift
from bot.core.gates.gate import Gate
from bot.core.targets.target import Kind


class State(StrEnum):
    """`WAITING`: not started. `CLOSED`: stopped by a gate, nothing was touched. `ROLLED_BACK`: it
    was applied, and was taken back."""

    WAITING = "waiting"
    CLOSED = "closed"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"


@dataclass(frozen=True)
class StatementTiming:
    """How long a statement took that took a while, and how many rows it changed. `index` is its
    place in its file, as in a check's document, so that the two can be set side by side."""

    index: int
    line: int
    kind: str
    seconds: float
    rows: int = 0


@dataclass(frozen=True)
class AppliedResult:
    """A migration that was applied. `seconds` is how long, `attempts` how often it was begun."""

    name: str
    seconds: float
    attempts: int = 1
    statements: tuple[StatementTiming, ...] = ()


@dataclass(frozen=True)
class Check:
    """Something that was looked at after a rollout: rows, indexes, catalogue or queries. `fine` is
    None where it could not be looked at; `message` says why, or what is wrong."""

    what: str
    fine: bool | None
    message: str = ""


@dataclass(frozen=True)
class BackupSummary:
    """What a reader must know of a backup. `proof` reads after the
    name, as "proved by …", and is "" as long as nothing is proved.

    `size` is in bytes, `seconds` is what taking and proving it took together. `snapshot_at` is the
    time of its snapshot: writes after it are not in it. `digest` is its manifest's: whoever has it
    notices when the backup is another one. `location` is where it is kept, in words. `level` is
    how far it is proved, None as long as nothing is.
    """

    id: str
    size: int
    seconds: float
    snapshot_at: datetime
    proof: str = ""
    digest: str = ""
    location: str = ""
    encrypted: bool = False
    level: Level | None = None


@dataclass(frozen=True)
class Progress:
    """One target's row in the report. `at` is when it reached its state, `seconds` the rollout's
    duration. `migrations` are the names it has applied, `timings` how long each took, where that is
    known, `failed` the one that stopped it, None if
    the rollout stopped before any began. Of a target that was rolled back, `migrations` are those
    that were taken back. `message` says what happened if it failed or is closed,
    `hint` what to do next. `notes` are what the rollout had to say and did not stop for.
    `environment_url` is where people see what uses the target.
    """

    target: str
    kind: Kind
    state: State = State.WAITING
    at: datetime | None = None
    seconds: float | None = None
    digest: str | None = None
    migrations: tuple[str, ...] = ()
    timings: tuple[AppliedResult, ...] = ()
    gates: tuple[Gate, ...] = ()
    backup: BackupSummary | None = None
    message: str = ""
    hint: str = ""
    run_url: str | None = None
    failed: str | None = None
    drift: Drift | None = None
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    environment_url: str | None = None
