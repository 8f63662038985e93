"""The contexts that expressions and steps read, and what a job is allowed."""

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.harness.values import HarnessError
from tests.harness.world import Event, World

SECRETLESS = ("pull_request", "pull_request_review")
LEVELS = {"none": 0, "read": 1, "write": 2}
DEPENDABOT = "dependabot[bot]"


def github_context(world: World, event: Event, workflow: str) -> dict[str, Any]:
    """The part of `github` that is the same in every job. The harness knows no other property."""
    return {
        "actor": event.actor,
        "actor_id": str(event.payload.get("sender", {}).get("id", "")),
        "triggering_actor": event.actor,
        "api_url": world.api_url,
        "base_ref": event.base_ref,
        "event": event.payload,
        "event_name": event.name,
        "head_ref": event.head_ref,
        "ref": event.ref,
        "ref_name": event.ref.removeprefix("refs/heads/").removeprefix("refs/pull/"),
        "repository": world.repository,
        "repository_id": str(event.payload.get("repository", {}).get("id", "")),
        "repository_owner": world.repository.partition("/")[0],
        "run_attempt": str(world.run_attempt),
        "run_id": str(world.run_id),
        "run_number": str(world.run_number),
        "server_url": world.server_url,
        "sha": event.sha,
        "workflow": workflow,
    }


def runner_context(temporary: Path) -> dict[str, str]:
    machine = platform.machine().lower()
    system = platform.system()
    return {
        "arch": "ARM64" if machine in ("arm64", "aarch64") else "X64",
        "name": "harness",
        "os": "macOS" if system == "Darwin" else system,
        "temp": str(temporary),
    }


def from_fork(world: World, event: Event) -> bool:
    """Whether the event's pull request comes from another repository, or is treated as if."""
    if event.actor == DEPENDABOT and event.name in (*SECRETLESS, "push"):
        return True
    if event.name not in SECRETLESS:
        return False
    head = event.payload["pull_request"]["head"].get("repo")
    return head is None or head["full_name"].lower() != world.repository.lower()


def permissions_of(
    workflow: Mapping[str, Any],
    job: Mapping[str, Any],
    *,
    fork: bool,
    allowed: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """A job's permissions: its own, else the workflow's; for a fork, write becomes read.

    `allowed` are those of the job that called the workflow: they are what it has if it names none,
    and GitHub does not start one that asks for more.
    """
    declared = job.get("permissions", workflow.get("permissions", allowed))
    if not isinstance(declared, Mapping):
        raise HarnessError("permissions must be listed, in the job or in the workflow")
    for name, level in declared.items():
        if allowed is not None and LEVELS[level] > LEVELS[allowed.get(name, "none")]:
            given = allowed.get(name, "none")
            raise HarnessError(f"a called job asks for {name}: {level}, and has {name}: {given}")
    return {name: "read" if fork and level != "none" else level for name, level in declared.items()}
