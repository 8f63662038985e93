"""The YAML that ships, for the tests that read it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.harness.documents import load

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
SHIPPED = [*WORKFLOWS, ACTION]


def name_of(path: Path) -> str:
    return path.name


def jobs(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """The jobs of a workflow; an action's `runs` is the one job it has."""
    document = load(path)
    found: Mapping[str, Mapping[str, Any]] = document.get("jobs") or {"runs": document["runs"]}
    return found


def steps(path: Path) -> Iterator[Mapping[str, Any]]:
    for job in jobs(path).values():
        yield from job["steps"]


def bot_step() -> Mapping[str, Any]:
    """The step of the action that runs the bot."""
    return next(step for step in steps(ACTION) if step.get("id") == "bot")
