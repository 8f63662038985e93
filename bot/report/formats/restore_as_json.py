"""`restore --format json`: the plan, and what was done."""

from typing import Any

from bot.core.instant import instant
from bot.core.restores.loss import TableLoss
from bot.core.restores.outcome import Restored
from bot.core.restores.plan import RestorePlan

SCHEMA = 1

Json = dict[str, Any]


def restore_json(plan: RestorePlan, restored: Restored | None = None) -> Json:
    """With `--dry-run` nothing was done."""
    return {
        "schema": SCHEMA,
        "target": plan.target,
        "source": plan.source,
        "backup": {
            "id": plan.manifest.id,
            "digest": plan.manifest.digest,
            "database": plan.manifest.database,
            "server_version": plan.manifest.server_version,
            "migration_head": plan.manifest.migration_head,
            "tables": len(plan.manifest.tables),
            "rows": plan.manifest.rows,
        },
        "how": plan.how.value,
        "loss": {
            "since": instant(plan.loss.since),
            "seconds": round(plan.loss.ago.total_seconds()),
            "tables": _tables(plan.loss.tables),
            "migrations": None if plan.loss.migrations is None else list(plan.loss.migrations),
        },
        "there": plan.scene.there,
        "sessions": [
            {"application": each.application, "user": each.user, "number": each.number}
            for each in plan.scene.sessions
        ],
        "gates": [
            {"name": each.name, "open": each.open, "reason": each.reason} for each in plan.gates
        ],
        "notes": list(plan.notes),
        "without_backup": plan.without_backup or None,
        "restored": _restored(restored) if restored else None,
    }


def _restored(restored: Restored) -> Json:
    put, backup = restored.put, restored.backup
    return {
        "at": instant(put.at),
        "milliseconds": round(restored.seconds * 1000),
        "tables": put.tables,
        "rows": put.rows,
        "lost": _tables(put.lost),
        "kept": put.kept or None,
        "backup": backup.id if backup else None,
        "swept": list(restored.swept),
        "pending": list(restored.pending),
        "problems": list(restored.problems),
    }


def _tables(tables: tuple[TableLoss, ...] | None) -> list[Json] | None:
    if tables is None:
        return None
    return [{"name": each.name, "now": each.now, "then": each.then} for each in tables]
