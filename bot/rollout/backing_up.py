"""The backup of a rollout: taken of what its plan touches, and enough, or nothing is applied."""

from collections.abc import Sequence

from bot.core.findings.review import JudgedMigration
from bot.core.gates.backup import backup_gate
from bot.core.migrations.effects import LockMode
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.target import Target
from bot.core.targets.url import inside
from bot.errors import GateClosed
from bot.world import World


def back_up(
    target: Target, judged: Sequence[JudgedMigration], schema: str, world: World
) -> BackupSummary | None:
    """None where the target asks for none. Raises BackupError, or GateClosed for one that is proved
    to less than the target asks for."""
    if not target.backup.required:
        return None
    taken = world.backups.take(target, world.console.say, touched=touched_by(judged, schema))
    gate = backup_gate(target, world.now(), taken=taken)
    if not gate.open:
        raise GateClosed(f"{target.name} is closed. {gate.name}: {gate.reason}.", hint=gate.hint)
    return taken


def touched_by(judged: Sequence[JudgedMigration], schema: str) -> frozenset[str] | None:
    """The tables that were there before and may have other rows afterwards; None where nobody can
    tell, because a migration's text does not say what it will do."""
    effects = [each.effects for migration in judged for each in migration.statements]
    if any(migration.fault for migration in judged) or not all(e.understood for e in effects):
        return None
    locks = (lock for each in effects for lock in (*each.locks, *each.if_rows))
    return frozenset(
        inside(lock.relation, schema)
        for lock in locks
        if not lock.new and lock.mode >= LockMode.ROW_EXCLUSIVE
    )
