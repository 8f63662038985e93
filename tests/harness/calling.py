"""Reusable workflows: how one is found, what it is given, and what it gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.documents import only
from tests.harness.expressions import Scope, evaluated, interpolate
from tests.harness.values import HarnessError, Strict, Value
from tests.harness.world import JobResult

LOCAL = "./.github/workflows/"
INPUT = frozenset({"description", "type", "required", "default"})
SECRET = frozenset({"description", "required"})
OUTPUT = frozenset({"description", "value"})
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "number": (int, float),
}
Declared = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Call:
    """What the jobs of a called workflow get from the job that calls it.

    `workflow` is the name of the one whose event it is; `prefix` tells the calling jobs. `source`
    is the repository and the commit that the called file is of, empty for the caller's own.
    """

    prefix: str
    workflow: str
    inputs: Mapping[str, Value]
    secrets: Mapping[str, str]
    permissions: Mapping[str, str]
    source: tuple[str, str] = ("", "")


def source_of(uses: str) -> tuple[str, str]:
    """The repository and the commit of a workflow that another repository holds."""
    name, _, ref = uses.partition("@")
    return ("/".join(name.split("/")[:2]), ref) if ref else ("", "")


def called_path(uses: str, folder: Path, elsewhere: Mapping[str, Path]) -> Path:
    """A workflow's file: beside the one that calls it, or of a repository that the world holds."""
    if uses.startswith(LOCAL):
        return folder / uses.removeprefix(LOCAL)
    name, _, ref = uses.partition("@")
    if not ref or name not in elsewhere:
        raise HarnessError(f"there is no workflow {uses}")
    return elsewhere[name]


def declaration(workflow: Mapping[str, Any], name: str) -> Declared:
    """What stands below `workflow_call`; a workflow without it cannot be called."""
    on = workflow["on"]
    if "workflow_call" not in on:
        raise HarnessError(f"{name} cannot be called: it says no workflow_call")
    declared = (on["workflow_call"] if isinstance(on, Mapping) else None) or {}
    known = {"inputs": INPUT, "secrets": SECRET, "outputs": OUTPUT}
    only(frozenset(known), declared, f"{name}: workflow_call")
    for part, keys in known.items():
        for key, each in declared.get(part, {}).items():
            only(keys, each or {}, f"{name}: workflow_call: {part}: {key}")
    return {part: declared.get(part) or {} for part in known}


def given_inputs(declared: Declared, job: Mapping[str, Any], scope: Scope) -> Strict:
    given, inputs = job.get("with", {}), declared["inputs"]
    _only_declared(given, inputs, "input")
    found = {name: _input(name, each, given, scope) for name, each in inputs.items()}
    return Strict("inputs", found)


def _input(name: str, declared: Mapping[str, Any], given: Mapping[str, Any], scope: Scope) -> Value:
    kind = declared["type"]
    if name not in given:
        if declared.get("required"):
            raise HarnessError(f"the input {name} is required")
        return declared.get("default", {"string": "", "boolean": False, "number": 0}[kind])
    value = _value(given[name], scope)
    if not isinstance(value, TYPES[kind]) or (kind == "number" and isinstance(value, bool)):
        raise HarnessError(f"the input {name} is a {kind}, and {value!r} is none")
    return value


def _value(text: Value, scope: Scope) -> Value:
    """An expression that stands alone keeps its kind; anything else in a text is a text."""
    whole = isinstance(text, str) and text.startswith("${{") and text.count("${{") == 1
    if whole and text.rstrip().endswith("}}"):
        return evaluated(text, scope)
    return interpolate(text, scope) if isinstance(text, str) else text


def passed_secrets(
    declared: Declared, job: Mapping[str, Any], scope: Scope, own: Mapping[str, str]
) -> Mapping[str, str]:
    """All of the caller's with `inherit`, else those that are named one by one."""
    given = job.get("secrets", {})
    if given == "inherit":
        return own
    _only_declared(given, declared["secrets"], "secret")
    for name, each in declared["secrets"].items():
        if (each or {}).get("required") and name not in given:
            raise HarnessError(f"the secret {name} is required")
    return {name: interpolate(value, scope) for name, value in given.items()}


def called_outputs(
    declared: Declared, jobs: Mapping[str, JobResult], scope: Scope
) -> dict[str, str]:
    known = {
        name: Strict(f"jobs.{name}", {"result": job.result, "outputs": dict(job.outputs)})
        for name, job in jobs.items()
    }
    seen = Scope({**scope.contexts, "jobs": Strict("jobs", known)}, scope.functions)
    return {name: interpolate(each["value"], seen) for name, each in declared["outputs"].items()}


def together(name: str, legs: Sequence[JobResult]) -> JobResult:
    """Several jobs as the one that made them: as bad as the worst of them."""
    results = {leg.result for leg in legs}
    worst = next((bad for bad in ("failure", "cancelled") if bad in results), None)
    result = worst or ("success" if "success" in results else "skipped")
    steps = tuple(step for leg in legs for step in leg.steps)
    return JobResult(name, result, steps, legs=tuple(legs))


def _only_declared(given: Mapping[str, Any], declared: Mapping[str, Any], kind: str) -> None:
    if unknown := sorted(set(given) - set(declared)):
        raise HarnessError(f"no such {kind}: {', '.join(unknown)}")
