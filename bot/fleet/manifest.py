"""A Kubernetes Indexed Job that goes through a fleet, and what each exit code means to it."""

import re
from dataclasses import dataclass
from typing import Any

from bot.core.targets.target import Target
from bot.errors import ExitCode
from bot.fleet.failures import MOST_ATTEMPTS
from bot.fleet.waves import allowed_failures

_CONTAINER = "migration-bot"
# Nothing that trying again would mend: the arguments, a gate, the histories, the bot itself.
_HOPELESS = (ExitCode.USAGE, ExitCode.GATE_CLOSED, ExitCode.HISTORY, ExitCode.FAULT)
# A name of a Kubernetes object, and here of a pod's host name too: RFC 1123, 63 characters, of
# which the index takes some.
_LONGEST = 52


@dataclass(frozen=True)
class Manifest:
    """What a job is made of. `shards` are the slices of the last wave; the job has one index more,
    0, for the waves before it."""

    target: Target
    image: str
    shards: int
    parallelism: int
    name: str


def job_of(manifest: Manifest) -> dict[str, Any]:
    """A `batch/v1` Job, for Kubernetes 1.33 or newer (1.29 with the feature gates of its time)."""
    name = object_name(manifest.name)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/name": "migration-bot"}},
        "spec": {
            "completionMode": "Indexed",
            "completions": manifest.shards + 1,
            "parallelism": min(manifest.parallelism, manifest.shards + 1),
            "backoffLimitPerIndex": MOST_ATTEMPTS,
            "maxFailedIndexes": _allowed(manifest),
            "podFailurePolicy": {"rules": _rules()},
            "template": {
                "metadata": {"labels": {"app.kubernetes.io/name": "migration-bot"}},
                "spec": {"restartPolicy": "Never", "containers": [_container(manifest)]},
            },
        },
    }


def object_name(text: str) -> str:
    """Lower case, digits and hyphens, as every object's name has to be."""
    made = re.sub(r"[^a-z0-9]+", "-", text.lower())[:_LONGEST].strip("-")
    return made or _CONTAINER


def _allowed(manifest: Manifest) -> int:
    assert manifest.target.fleet is not None
    size = manifest.shards + 1
    return min(size, allowed_failures(manifest.target.fleet.errors, size, first=False))


def _rules() -> list[dict[str, Any]]:
    """Looked at in this order; a pod that none is about counts towards the index's tries."""
    return [
        # A node that was drained is nobody's failure.
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
        _on_exit("FailIndex", ExitCode.PARKED),
        _on_exit("FailJob", *_HOPELESS),
    ]


def _on_exit(action: str, *codes: ExitCode) -> dict[str, Any]:
    return {
        "action": action,
        "onExitCodes": {
            "containerName": _CONTAINER,
            "operator": "In",
            "values": sorted(int(each) for each in codes),
        },
    }


def _container(manifest: Manifest) -> dict[str, Any]:
    variable = manifest.target.url_env
    secret = {"name": object_name(manifest.name), "key": variable}
    return {
        "name": _CONTAINER,
        "image": manifest.image,
        # The index is in JOB_COMPLETION_INDEX, which Kubernetes sets and `--shard N` reads.
        "args": ["apply", manifest.target.name, "--shard", str(manifest.shards)],
        "env": [{"name": variable, "valueFrom": {"secretKeyRef": secret}}],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
        },
    }
