"""A backup is taken and proved before anything runs, where a target requires one."""

from datetime import datetime

from bot.core.backups.backup import ProvedBackup
from bot.core.duration import duration
from bot.core.gates.gate import Gate
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.target import Target

NAME = "backup"


def backup_gate(
    target: Target,
    now: datetime,
    *,
    last: ProvedBackup | None = None,
    taken: BackupSummary | None = None,
) -> Gate:
    """`last` is the last one with a proof on this machine, `taken` the one of this rollout.

    It is open before there is one: a rollout that cannot take and prove it ends there.
    """
    if not target.backup.required:
        return Gate(NAME, True, f"{target.name} asks for none")
    if taken is not None:
        return Gate(NAME, True, f"{taken.id} is {taken.proof or 'not proved yet'}")
    ahead = "one is taken and proved before anything is applied"
    if last is None:
        return Gate(NAME, True, f"{ahead}; none is kept on this machine")
    old = duration(max((now - last.manifest.started_at).total_seconds(), 0.0))
    word = f"proved by a {last.proof.level}" if last.proof.ok else "proved to differ"
    return Gate(
        NAME,
        True,
        f"{ahead}; the last is {old} old, {word} on PostgreSQL {last.proof.restored_on}",
    )
