"""Whether an event is one that a workflow's `on:` waits for."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.harness.documents import only
from tests.harness.values import HarnessError
from tests.harness.world import Event

TYPES = {
    "check_run": ("created", "rerequested", "completed", "requested_action"),
    # GitHub sends out more of these, but lets only this one start a workflow.
    "check_suite": ("completed",),
    "issue_comment": ("created", "edited", "deleted"),
    "merge_group": ("checks_requested",),
    "workflow_run": ("completed", "requested", "in_progress"),
}
FILTERS = {
    "check_run": frozenset({"types"}),
    "check_suite": frozenset({"types"}),
    "issue_comment": frozenset({"types"}),
    "merge_group": frozenset({"branches", "types"}),
    "pull_request": frozenset({"branches", "types"}),
    "pull_request_review": frozenset({"types"}),
    "pull_request_target": frozenset({"branches", "types"}),
    "push": frozenset({"branches", "paths"}),
    "schedule": frozenset({"crons"}),
    "workflow_call": frozenset({"inputs", "outputs", "secrets"}),
    "workflow_dispatch": frozenset({"inputs"}),
    "workflow_run": frozenset({"branches", "types", "workflows"}),
}
_USUAL = ("opened", "synchronize", "reopened")
DEFAULT_TYPES = {"pull_request": _USUAL, "pull_request_target": _USUAL, **TYPES}
ACTIONS_BOT = "github-actions[bot]"
# What the token of a workflow does starts no other workflow, but for these.
FROM_WORKFLOWS = ("schedule", "workflow_dispatch", "workflow_run")


def waits_for(on: Any, event: Event) -> bool:
    """Whether the event starts the workflow: its name, and all the filters that stand with it."""
    triggers = _triggers(on)
    for name, filters in triggers.items():
        if name not in FILTERS:
            raise HarnessError(f"the harness knows no event {name}")
        only(FILTERS[name], filters, f"on: {name}")
        _require_known_types(name, filters)
    if event.name not in triggers or _from_a_workflow(event):
        return False
    filters = triggers[event.name]
    return (
        _type_matches(filters, event)
        and _branch_matches(filters, event)
        and _path_matches(filters, event)
        and _source_matches(filters, event)
    )


def _require_known_types(name: str, filters: Mapping[str, Any]) -> None:
    unknown = set(filters.get("types", ())) - set(TYPES.get(name, filters.get("types", ())))
    if unknown:
        raise HarnessError(f"on: {name}: {', '.join(sorted(unknown))} starts no workflow")
    if name == "workflow_run" and not filters.get("workflows"):
        raise HarnessError("on: workflow_run: the workflows have to be named")


def _from_a_workflow(event: Event) -> bool:
    """Whether GitHub passes over the event, so that no workflow starts itself for ever."""
    if event.name in ("check_run", "check_suite"):
        return bool(event.payload[event.name]["app"]["slug"] == "github-actions")
    return event.actor == ACTIONS_BOT and event.name not in FROM_WORKFLOWS


def dispatch_inputs(on: Any, event: Event) -> dict[str, str | None]:
    """The `inputs` context: every declared one, null unless a dispatch gave it a value."""
    triggers = _triggers(on)
    declared = triggers.get("workflow_dispatch", {}).get("inputs", {})
    called = dict.fromkeys(triggers.get("workflow_call", {}).get("inputs", {}))
    if unknown := set(event.inputs) - set(declared):
        raise HarnessError(f"no such input: {', '.join(sorted(unknown))}")
    if event.name != "workflow_dispatch":
        return called | dict.fromkeys(declared)
    return called | {name: _given(name, input_, event) for name, input_ in declared.items()}


def _given(name: str, declared: Mapping[str, Any], event: Event) -> str:
    value = event.inputs.get(name, str(declared.get("default", "")))
    if declared.get("type") == "choice" and value not in declared["options"]:
        raise HarnessError(f"{name}: {value} is no choice")
    if declared.get("required") and not value:
        raise HarnessError(f"{name} is required")
    return value


def _triggers(on: Any) -> dict[str, Mapping[str, Any]]:
    if isinstance(on, str):
        return {on: {}}
    if isinstance(on, list):
        return {name: {} for name in on}
    return {name: _filters(name, filters or {}) for name, filters in on.items()}


def _filters(name: str, filters: Any) -> Mapping[str, Any]:
    """What stands below an event's name; for a schedule that is a list."""
    if name != "schedule":
        return dict(filters)
    for each in filters:
        only(frozenset({"cron"}), each, "on: schedule")
    return {"crons": [each["cron"] for each in filters]}


def _type_matches(filters: Mapping[str, Any], event: Event) -> bool:
    types = filters.get("types", DEFAULT_TYPES.get(event.name))
    return types is None or event.payload.get("action") in types


def _branch_matches(filters: Mapping[str, Any], event: Event) -> bool:
    if "branches" not in filters:
        return True
    return _any_matches(filters["branches"], [_branch(event).removeprefix("refs/heads/")])


def _branch(event: Event) -> str:
    """The branch that `branches` is about."""
    if event.name == "push":
        return event.ref
    if event.name == "workflow_run":
        return str(event.payload["workflow_run"]["head_branch"])
    if event.name == "merge_group":
        return str(event.payload["merge_group"]["base_ref"])
    return event.base_ref


def _source_matches(filters: Mapping[str, Any], event: Event) -> bool:
    """Whether it was one of these workflows that ran, or one of these hours that came."""
    if event.name == "workflow_run":
        return event.payload["workflow"]["name"] in filters["workflows"]
    return event.name != "schedule" or event.payload["schedule"] in filters["crons"]


def _path_matches(filters: Mapping[str, Any], event: Event) -> bool:
    return "paths" not in filters or _any_matches(filters["paths"], event.changed)


def _any_matches(patterns: Iterable[str], names: Iterable[str]) -> bool:
    compiled = [_compile(pattern) for pattern in patterns]
    return any(pattern.fullmatch(name) for pattern in compiled for name in names)


def _compile(pattern: str) -> re.Pattern[str]:
    """`*` stays within a folder, `**` does not. GitHub's other signs are refused."""
    if re.search(r"[!?+\[\]]", pattern):
        raise HarnessError(f"the harness does not do the pattern {pattern}")
    parts = re.split(r"(\*\*|\*)", pattern)
    signs = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(signs.get(part, re.escape(part)) for part in parts))
