"""What was done for development beside a rollout, as JSON: the database made, the hooks run."""

from collections.abc import Sequence
from typing import Any

from bot.core.targets.creation import Created
from bot.core.targets.hooks import HookRun

Json = dict[str, Any]


def development_json(created: Created | None, hooks: Sequence[HookRun]) -> Json:
    """The keys that `apply --format json` and `reset --format json` have of it."""
    return {"created": _created(created) if created else None, "hooks": [_hook(e) for e in hooks]}


def _created(created: Created) -> Json:
    return {
        "database": created.database,
        "owner": created.owner,
        "encoding": created.encoding,
    }


def _hook(run: HookRun) -> Json:
    problem = run.problem
    return {
        "hook": run.name.value,
        "what": run.what,
        "seconds": run.seconds,
        "ok": problem is None,
        "message": problem.message if problem else "",
        "hint": problem.hint if problem else "",
    }
