"""What a rollout did."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.core.drift.drift import Drift
from bot.core.gates.gate import Gate
from bot.core.gates.settled import settled
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import AppliedResult as AppliedResult
from bot.core.rollouts.progress import BackupSummary, Progress, State
from bot.core.rollouts.progress import Check as Check
from bot.core.rollouts.progress import StatementTiming as StatementTiming
from bot.core.targets.target import Target


@dataclass
class Journal:
    """What a rollout has done so far; still there when the rollout has failed.

    `begun` is the migration that was begun last. `notes` are what had to be said besides. `drift`
    is None where nobody looked for any.
    """

    plan: Plan | None = None
    gates: tuple[Gate, ...] = ()
    backup: BackupSummary | None = None
    begun: str | None = None
    applied: list[AppliedResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    drift: Drift | None = None
    checks: tuple[Check, ...] = ()

    @property
    def stopped_at(self) -> str | None:
        """The migration that was begun and not applied, if there is one."""
        done = {each.name for each in self.applied}
        return self.begun if self.begun not in done else None


@dataclass(frozen=True)
class Outcome:
    """`plan` is the one that was carried out; `applied` is empty if nothing was pending."""

    plan: Plan
    at: datetime
    gates: tuple[Gate, ...] = ()
    applied: tuple[AppliedResult, ...] = ()
    backup: BackupSummary | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    drift: Drift | None = None
    checks: tuple[Check, ...] = ()

    def progress(self, target: Target) -> Progress:
        """The same as the report shows it."""
        return Progress(
            target=target.name,
            kind=target.kind,
            state=State.ROLLED_BACK if self.plan.backwards else State.APPLIED,
            at=self.at,
            seconds=self.seconds,
            digest=self.plan.digest,
            migrations=tuple(each.name for each in self.applied),
            timings=self.applied,
            gates=settled(self.gates, target, self.at, found=self.drift, taken=self.backup),
            backup=self.backup,
            drift=self.drift,
            checks=self.checks,
            notes=self.notes,
        )
