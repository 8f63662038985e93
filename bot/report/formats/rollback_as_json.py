"""A rollback, planned or done, as JSON for scripts."""

from bot.core.rollouts.progress import Progress
from bot.core.rollouts.rollback import what_git_needs
from bot.core.rollouts.undoing import Rollback, Undo
from bot.report.formats.as_json import SCHEMA, Json, apply_json, gate_json


def rollback_json(rollback: Rollback) -> Json:
    """`rollback --dry-run --format json`."""
    return {
        "schema": SCHEMA,
        "target": rollback.target.name,
        "digest": None if rollback.stuck else rollback.plan.digest,
        "stays": rollback.chosen.to,
        "possible": not rollback.stuck,
        "migrations": [_undo(each) for each in rollback.undos],
        "gates": [gate_json(each) for each in rollback.gates],
        "git": _git(rollback),
    }


def rolled_back_json(rollback: Rollback, progress: Progress) -> Json:
    """`rollback --format json`: what `apply` says of a rollout, and what it did."""
    return {
        **apply_json(progress),
        "stays": rollback.chosen.to,
        "scripts": [_undo(each) for each in rollback.undos],
        "git": _git(rollback),
    }


def _undo(undo: Undo) -> Json:
    script = undo.script
    return {
        "name": undo.migration.name,
        "checksum": undo.migration.checksum,
        "possible": script is not None,
        "drafted": undo.drafted,
        "proved": script is not None and not undo.unproved,
        "sql": script.sql if script else None,
        "loses": list(undo.loses),
        "lost": list(undo.lost),
        "kept": list(undo.kept),
        "reason": undo.why or undo.unproved,
    }


def _git(rollback: Rollback) -> str:
    if not rollback.undos:
        return ""
    names = [each.migration.name for each in rollback.undos]
    return what_git_needs(names, rollback.history.folder, rollback.target.name)
