"""The plan of a target, and where each of its migrations stands, as JSON for scripts."""

from datetime import UTC, datetime
from typing import Any

from bot.core.migrations.migration import Migration
from bot.core.rollouts.disagreement import disagreements
from bot.core.rollouts.failure import reason_of
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.resolution import Baseline, Resolved
from bot.core.rollouts.standing import MigrationState, Standing
from bot.core.rollouts.status import Details, Fragment, Halt
from bot.report.rollback_words import rollback_ahead

SCHEMA = 1

Json = dict[str, Any]


def standings_json(plan: Plan, details: Details) -> Json:
    """The part that `plan` and `status` have in common."""
    pending = [
        {
            "name": each.name,
            "path": each.path,
            "checksum": each.checksum,
            "rollback": _rollback(each, details),
        }
        for each in plan.pending
    ]
    return {
        "target": plan.target,
        "digest": plan.digest,
        "agrees": plan.agrees,
        "pending": pending,
        "applied": list(plan.applied),
        "modified": list(plan.modified),
        "missing": list(plan.missing),
        "failed": list(plan.failed),
        "out_of_order": list(plan.out_of_order),
        "interrupted": list(plan.interrupted),
        "rolled_back": list(plan.rolled_back),
        "rolling_back": list(plan.rolling_back),
        "running": list(plan.running),
        "replaced": list(plan.replaced),
        "squash": plan.squash,
        "unbaselined": plan.unbaselined,
        "migrations": [_standing(each, details) for each in plan.standings],
        "disagreements": [
            {
                "message": each.message,
                "hint": each.hint,
                "commands": list(each.commands),
                "migrations": list(each.names),
            }
            for each in disagreements(plan, details.commits)
        ],
    }


def _rollback(migration: Migration, details: Details) -> Json | None:
    """How it would be taken back, as far as its text tells; None where that was not asked."""
    found, written = details.classes.get(migration.name), bool(migration.down)
    if found is None:
        return None
    words = rollback_ahead(found, written=written)
    return {"class": found.way.value, "down_sql": written, "words": words}


def _standing(standing: Standing, details: Details) -> Json:
    row, halt = standing.row, details.halts.get(standing.name)
    failed = standing.state is MigrationState.FAILED
    return {
        "name": standing.name,
        "state": standing.state.value,
        "path": standing.path or None,
        "rows": standing.rows,
        "checksum": row.checksum if row else None,
        "started_at": _time(row.started_at) if row else None,
        "finished_at": _time(row.finished_at) if row else None,
        "rolled_back_at": _time(row.rolled_back_at) if row else None,
        "reason": reason_of(row.logs) if row and failed else None,
        "halt": _halt(halt) if halt else None,
        "commit": details.commits.get(standing.name),
        "twin": standing.twin,
    }


def _halt(halt: Halt) -> Json:
    return {
        "done": halt.done,
        "parts": halt.parts,
        "line": halt.line,
        "kept": [_fragment(each) for each in halt.kept],
        "left": [_fragment(each) for each in halt.left],
        "reason": halt.reason,
        "problem": halt.problem,
    }


def _fragment(fragment: Fragment) -> Json:
    return {"line": fragment.line, "sql": fragment.sql}


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def resolved_json(resolved: Resolved) -> Json:
    """`resolve --format json`."""
    return {
        "schema": SCHEMA,
        "target": resolved.plan.target,
        "migration": resolved.name,
        "mark": resolved.mark.value,
        "changed": resolved.changed,
        "halt": _halt(resolved.halt) if resolved.halt else None,
        "plan": standings_json(resolved.plan, resolved.details),
    }


def baseline_json(found: Baseline) -> Json:
    """`baseline --format json`."""
    return {
        "schema": SCHEMA,
        "target": found.target,
        "to": found.to,
        "done": found.done,
        "marked": [each.name for each in found.marked],
        "replaced": list(found.replaced),
        "differences": list(found.check.differences),
        "not_compared": found.check.problem,
        "plan": standings_json(found.plan, found.details),
    }
