"""What a rollout did."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.gate import Gate
from bot.core.plan import Plan
from bot.core.progress import BackupSummary


@dataclass(frozen=True)
class AppliedResult:
    """A migration that was applied. `seconds` is how long, `attempts` how often it was begun."""

    name: str
    seconds: float
    attempts: int = 1


@dataclass(frozen=True)
class Outcome:
    """`plan` is the one that was carried out; `applied` is empty if nothing was pending."""

    plan: Plan
    gates: tuple[Gate, ...] = ()
    applied: tuple[AppliedResult, ...] = ()
    backup: BackupSummary | None = None
    started_at: datetime | None = None
    seconds: float = 0.0
