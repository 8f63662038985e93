"""What is written down of a restore: the record of a rollout, with what is told of a restore only.

A restore applies nothing, so there is no digest and there are no migrations in it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.instant import instant
from bot.core.restores.outcome import Restored
from bot.core.restores.plan import RestorePlan
from bot.core.rollouts.audit import Rollout, Trigger, record_of
from bot.core.rollouts.progress import Progress, State

KIND = "restore"


@dataclass(frozen=True)
class RestoreRecord:
    """Everything a record is made of. `restored` is None if it failed; then `message` says how, and
    `code` is the exit code."""

    id: str
    at: datetime
    version: str
    plan: RestorePlan
    restored: Restored | None = None
    message: str = ""
    code: int = 0
    repository: str = ""
    trigger: Trigger = field(default_factory=Trigger)


def record_of_restore(found: RestoreRecord) -> dict[str, Any]:
    plan, restored = found.plan, found.restored
    progress = Progress(
        plan.target,
        plan.kind,
        state=State.FAILED if restored is None else State.APPLIED,
        at=found.at,
        seconds=restored.seconds if restored else None,
        gates=plan.gates,
        backup=restored.backup if restored else None,
        message=found.message,
        notes=(*plan.notes, *(restored.problems if restored else ())),
    )
    rollout = Rollout(
        found.id,
        progress,
        found.at,
        found.version,
        repository=found.repository,
        trigger=found.trigger,
        code=found.code,
    )
    whole = record_of(rollout)
    whole["outcome"]["state"] = "failed" if restored is None else "restored"
    return {**whole, "direction": None, "kind": KIND, "restore": _restore(plan, restored)}


def _restore(plan: RestorePlan, restored: Restored | None) -> dict[str, Any]:
    lost = restored.put.lost if restored else plan.loss.tables
    return {
        "source": plan.source,
        "backup": plan.manifest.id,
        "digest": plan.manifest.digest,
        "snapshot_at": instant(plan.loss.since),
        "how": plan.how.value,
        "kept": (restored.put.kept or None) if restored else None,
        "rows_lost": None if lost is None else sum(max(each.fewer, 0) for each in lost),
        "pending": list(restored.pending if restored else ()),
        "without_backup": plan.without_backup or None,
    }
