"""What became of a restore."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.restores.loss import TableLoss
from bot.core.restores.plan import RestorePlan
from bot.core.rollouts.progress import BackupSummary


class Step(StrEnum):
    """The moments of a restore, in order. Up to `SWAPPING` the target is as it was; from `DONE` on
    it is as the backup has it; there is nothing between."""

    LOCKED = "locked"
    BACKED_UP = "backed up"
    SWEPT = "swept"
    CREATED = "created"
    FILLED = "filled"
    CHECKED = "checked"
    FITTED = "fitted"
    SWAPPING = "swapping"
    RENAMED = "renamed"
    DONE = "done"
    VERIFIED = "verified"


@dataclass(frozen=True)
class Put:
    """What the adapter did. `kept` is the name of the database that was swapped out, "" if there
    was none. `at` is when it changed places, by the server's clock. `lost` are the tables whose
    counts differ between what was there last and what is there now: nobody can have written
    between the two. None where it could not be counted."""

    at: datetime
    tables: int
    rows: int
    kept: str = ""
    lost: tuple[TableLoss, ...] | None = None


@dataclass(frozen=True)
class Restored:
    """A restore that was carried out. `backup` is of what was there before; `swept` are databases
    of killed restores that were removed; `pending` is what the next rollout would apply again."""

    plan: RestorePlan
    put: Put
    seconds: float
    backup: BackupSummary | None = None
    swept: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
