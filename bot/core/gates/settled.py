"""What became of the gates that a rollout itself decides: drift and backup, once they are known."""

from collections.abc import Iterable
from datetime import datetime

from bot.core.drift.drift import Drift
from bot.core.gates import backup, drift
from bot.core.gates.gate import Gate
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.target import Target


def settled(
    gates: Iterable[Gate],
    target: Target,
    now: datetime,
    *,
    found: Drift | None,
    taken: BackupSummary | None,
) -> tuple[Gate, ...]:
    """The same gates, where those two say what was found and taken."""
    known: dict[str, Gate] = {}
    if found is not None:
        known[drift.NAME] = drift.drift_gate(target, found)
    if taken is not None:
        known[backup.NAME] = backup.backup_gate(target, now, taken=taken)
    return tuple(known.get(each.name, each) for each in gates)
