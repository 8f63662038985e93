"""Whether an event is one that a workflow's `on:` waits for."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.harness.documents import only
from tests.harness.values import HarnessError
from tests.harness.world import Event

FILTERS = {
    "push": frozenset({"branches", "paths"}),
    "pull_request": frozenset({"branches", "types"}),
    "pull_request_review": frozenset({"types"}),
    "pull_request_target": frozenset({"branches", "types"}),
    "merge_group": frozenset({"branches", "types"}),
    "workflow_dispatch": frozenset({"inputs"}),
}
_USUAL = ("opened", "synchronize", "reopened")
DEFAULT_TYPES = {"pull_request": _USUAL, "pull_request_target": _USUAL}


def waits_for(on: Any, event: Event) -> bool:
    """Whether the event starts the workflow: its name, and all the filters that stand with it."""
    triggers = _triggers(on)
    for name, filters in triggers.items():
        if name not in FILTERS:
            raise HarnessError(f"the harness knows no event {name}")
        only(FILTERS[name], filters, f"on: {name}")
    if event.name not in triggers:
        return False
    filters = triggers[event.name]
    return (
        _type_matches(filters, event)
        and _branch_matches(filters, event)
        and _path_matches(filters, event)
    )


def dispatch_inputs(on: Any, event: Event) -> dict[str, str | None]:
    """The `inputs` context: every declared one, null unless a dispatch gave it a value."""
    declared = _triggers(on).get("workflow_dispatch", {}).get("inputs", {})
    if unknown := set(event.inputs) - set(declared):
        raise HarnessError(f"no such input: {', '.join(sorted(unknown))}")
    if event.name != "workflow_dispatch":
        return dict.fromkeys(declared)
    return {name: _given(name, input_, event) for name, input_ in declared.items()}


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
    return {name: filters or {} for name, filters in on.items()}


def _type_matches(filters: Mapping[str, Any], event: Event) -> bool:
    types = filters.get("types", DEFAULT_TYPES.get(event.name))
    return types is None or event.payload.get("action") in types


def _branch_matches(filters: Mapping[str, Any], event: Event) -> bool:
    if "branches" not in filters:
        return True
    branch = event.ref.removeprefix("refs/heads/") if event.name == "push" else event.base_ref
    return _any_matches(filters["branches"], [branch])


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
