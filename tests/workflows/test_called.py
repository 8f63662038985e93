"""What a job that calls a workflow of ours must have: what the documentation shows, and no less."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.documents import blocks
from tests.harness import Event, HarnessError, World, run_workflow
from tests.workflows.files import ROOT, jobs

LOWER = {"write": "read", "read": "none"}
BOT = "OWNER/migration-bot/.github/workflows"
EVENTS = {
    "check": Event(
        "pull_request",
        {
            "action": "opened",
            "pull_request": {"number": 7, "head": {"repo": {"full_name": "octo/platform"}}},
        },
        "c" * 40,
    ),
    "report": Event(
        "workflow_run",
        {
            "action": "completed",
            "workflow": {"name": "Check migrations"},
            "workflow_run": {
                "head_branch": "topic",
                "conclusion": "failure",
                "head_repository": {"id": 2},
            },
            "repository": {"id": 1},
        },
        "c" * 40,
    ),
    "apply": Event("push", {}, "c" * 40, changed=("prisma/migrations/a/migration.sql",)),
}


def shown(name: str) -> str:
    found = [each.text for each in blocks(ROOT / "docs/reference/workflows.md", "yaml")]
    return next(text for text in found if f"/{name}.yml@" in text)


def cases() -> Iterator[tuple[str, str, str]]:
    for name in EVENTS:
        ((_, job),) = jobs(ROOT / f".github/workflows/{name}.yml").items()
        for permission, level in job["permissions"].items():
            yield name, permission, level


def write(folder: Path, text: str) -> Path:
    path = folder / "caller.yml"
    path.write_text(text, "utf-8")
    return path


def world(folder: Path) -> World:
    called = {f"{BOT}/{name}.yml": ROOT / f".github/workflows/{name}.yml" for name in EVENTS}
    return World(folder / "runs", {}, lambda permissions: "", workflows=called)


@pytest.mark.parametrize(("name", "permission", "level"), list(cases()))
def test_a_caller_that_gives_less_is_not_started_and_told_what_is_missing(
    tmp_path: Path, name: str, permission: str, level: str
) -> None:
    given = f"      {permission}: {level} #"
    lowered = shown(name).replace(given, f"      {permission}: {LOWER[level]} #")
    assert lowered != shown(name)
    refused = f"asks for {permission}: {level}, and has {permission}: {LOWER[level]}"
    with pytest.raises(HarnessError, match=re.escape(refused)):
        run_workflow(write(tmp_path, lowered), EVENTS[name], world(tmp_path))


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_a_caller_as_it_is_shown_gives_what_is_needed_and_no_more(
    tmp_path: Path, name: str
) -> None:
    ((_, called),) = jobs(ROOT / f".github/workflows/{name}.yml").items()
    for job in jobs(write(tmp_path, shown(name))).values():
        assert job["permissions"] == called["permissions"]


@pytest.mark.parametrize(
    ("name", "twin"), [("check", "check"), ("report", "report"), ("apply", "deploy")]
)
def test_what_is_called_does_what_our_own_workflow_does(name: str, twin: str) -> None:
    """The same job, but for where the bot and its text come from."""
    ((_, called),) = jobs(ROOT / f".github/workflows/{name}.yml").items()
    own = jobs(ROOT / f".github/workflows/migration-{twin}.yml")
    job = own["production" if twin == "deploy" else twin]
    assert called["permissions"] == job["permissions"]
    assert called["timeout-minutes"] == job["timeout-minutes"]
    if name == "report":
        assert called["if"] == job["if"]
