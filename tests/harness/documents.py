"""Workflows and actions as GitHub reads them: YAML 1.2, where `on` is a word; every key known."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.harness.values import HarnessError

WORKFLOW = frozenset({"name", "on", "permissions", "concurrency", "env", "jobs"})
JOB = frozenset(
    {"name", "if", "needs", "runs-on", "timeout-minutes", "environment", "concurrency"}
    | {"permissions", "env", "outputs", "steps", "strategy"}
)
# A job that calls another workflow.
CALL = frozenset(
    {"name", "if", "needs", "uses", "with", "secrets", "permissions", "concurrency", "strategy"}
)
STEP = frozenset(
    {"name", "id", "if", "uses", "with", "run", "shell", "env", "working-directory"}
    | {"continue-on-error"}
)
ACTION = frozenset({"name", "description", "author", "branding", "inputs", "outputs", "runs"})
RUNS = frozenset({"using", "steps"})


class _Loader(yaml.SafeLoader):
    """YAML 1.2's booleans: true and false, and nothing else."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def load(path: Path) -> dict[str, Any]:
    document = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    if not isinstance(document, dict):
        raise HarnessError(f"{path} is no mapping")
    return document


def load_workflow(path: Path) -> dict[str, Any]:
    """A workflow that holds nothing the harness would pass over."""
    document = load(path)
    only(WORKFLOW, document, path.name)
    for name, job in document["jobs"].items():
        only(CALL if "uses" in job else JOB, job, f"{path.name}: job {name}")
        check_steps(job.get("steps", []), f"{path.name}: job {name}")
    return document


def load_action(folder: Path) -> dict[str, Any]:
    path = folder / "action.yml"
    if not path.is_file():
        raise HarnessError(f"there is no action.yml in {folder}")
    document = load(path)
    only(ACTION, document, str(path))
    only(RUNS, document["runs"], f"{path}: runs")
    if document["runs"]["using"] != "composite":
        raise HarnessError(f"{path} is no composite action")
    check_steps(document["runs"]["steps"], str(path))
    return document


def check_steps(steps: list[dict[str, Any]], where: str) -> None:
    for step in steps:
        only(STEP, step, f"{where}: a step")
        if ("run" in step) == ("uses" in step):
            raise HarnessError(f"{where}: a step has either `run` or `uses`: {step}")


def only(known: frozenset[str], mapping: Mapping[str, Any], where: str) -> None:
    if unknown := sorted(set(mapping) - known):
        raise HarnessError(f"{where}: the harness does not do {', '.join(unknown)}")
