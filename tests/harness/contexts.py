"""The contexts that expressions and steps read, and what a job is allowed."""

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.harness.values import HarnessError
from tests.harness.world import Event, World

SECRETLESS = ("pull_request", "pull_request_review")


def github_context(world: World, event: Event, workflow: str) -> dict[str, Any]:
    """The part of `github` that is the same in every job. The harness knows no other property."""
    return {
        "actor": event.actor,
        "triggering_actor": event.actor,
        "api_url": world.api_url,
        "base_ref": event.base_ref,
        "event": event.payload,
        "event_name": event.name,
        "head_ref": event.head_ref,
        "ref": event.ref,
        "ref_name": event.ref.removeprefix("refs/heads/").removeprefix("refs/pull/"),
        "repository": world.repository,
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
    """Whether the event's pull request comes from another repository."""
    if event.name not in SECRETLESS:
        return False
    head = event.payload["pull_request"]["head"].get("repo")
    return head is None or head["full_name"].lower() != world.repository.lower()


def permissions_of(
    workflow: Mapping[str, Any], job: Mapping[str, Any], *, fork: bool
) -> dict[str, str]:
    """A job's permissions: its own, else the workflow's; for a fork, write becomes read."""
    declared = job.get("permissions", workflow.get("permissions"))
    if not isinstance(declared, Mapping):
        raise HarnessError("permissions must be listed, in the job or in the workflow")
    return {name: "read" if fork and level != "none" else level for name, level in declared.items()}
