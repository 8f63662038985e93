"""A rollback, planned or done, as JSON for scripts."""

from bot.core.rollouts.progress import Progress
from bot.core.rollouts.rollback import what_git_needs
from bot.core.rollouts.rollback_steps import Rollback, RollbackStep
from bot.report.formats.as_json import SCHEMA, Json, apply_json, gate_json


def rollback_json(rollback: Rollback) -> Json:
    """`rollback --dry-run --format json`."""
    return {
        "schema": SCHEMA,
        "target": rollback.target.name,
        "digest": None if rollback.stuck else rollback.plan.digest,
        "stays": rollback.chosen.to,
        "possible": not rollback.stuck,
        "migrations": [_step(each) for each in rollback.steps],
        "gates": [gate_json(each) for each in rollback.gates],
        "git": _git(rollback),
    }


def rolled_back_json(rollback: Rollback, progress: Progress) -> Json:
    """`rollback --format json`: what `apply` says of a rollout, and what it did."""
    return {
        **apply_json(progress),
        "stays": rollback.chosen.to,
        "scripts": [_step(each) for each in rollback.steps],
        "git": _git(rollback),
    }


def _step(step: RollbackStep) -> Json:
    script = step.script
    return {
        "name": step.migration.name,
        "checksum": step.migration.checksum,
        "possible": script is not None,
        "drafted": step.drafted,
        "proved": script is not None and not step.unproved,
        "sql": script.sql if script else None,
        "loses": list(step.loses),
        "lost": list(step.lost),
        "kept": list(step.kept),
        "reason": step.why or step.unproved,
    }


def _git(rollback: Rollback) -> str:
    if not rollback.steps:
        return ""
    names = [each.migration.name for each in rollback.steps]
    return what_git_needs(names, rollback.history.folder, rollback.target.name)
