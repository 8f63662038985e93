"""A backup is taken and proved before anything runs, where a target requires one."""

from datetime import datetime

from bot.core.backups.backup import ProvedBackup
from bot.core.backups.sources import makes_points, words_of
from bot.core.duration import age
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
    """`last` is the last one with a proof that is kept, `taken` the one of this rollout.

    It is open before there is one: a rollout that cannot take and prove it ends there. It is closed
    by one that was proved to less than the target asks for.
    """
    if not target.backup.required:
        return Gate(NAME, True, f"{target.name} asks for none")
    if taken is not None:
        return _of_this_rollout(target, taken, now)
    if target.backup.elsewhere:
        return Gate(NAME, True, _elsewhere(target))
    ahead = f"one is taken and proved by {target.backup.level.words} before anything is run"
    if last is None:
        return Gate(NAME, True, f"{ahead}; none is kept on this machine")
    old = age(now - last.manifest.started_at)
    return Gate(NAME, True, f"{ahead}; the last is {old} old, {_proved(last)}")


def _of_this_rollout(target: Target, taken: BackupSummary, now: datetime) -> Gate:
    wanted = target.backup.level
    if taken.level is not None and taken.level.reaches(wanted):
        return Gate(NAME, True, f"{taken.id} is {taken.proof}")
    old = age(now - taken.snapshot_at)
    known = taken.proof or "not proved"
    return Gate(
        NAME,
        False,
        f"{taken.id} is {old} old and {known}; {target.name} asks for {wanted.words}",
        hint=f"Prove it at level {wanted}, or ask for less: `targets.{target.name}.backup.level`.",
    )


def _elsewhere(target: Target) -> str:
    policy = target.backup
    made = policy.make and makes_points(policy.source)
    what = "made" if made else "looked for"
    return f"a recovery point is {what} in {words_of(policy.source)} before anything is run"


def _proved(last: ProvedBackup) -> str:
    if not last.proof.ok:
        return "proved to differ"
    on = f" on PostgreSQL {last.proof.restored_on}" if last.proof.restored_on else ""
    return f"proved by {last.proof.level.words}{on}"
