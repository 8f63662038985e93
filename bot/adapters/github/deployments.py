"""Rollouts as GitHub's deployments: what the repository's page shows, and later gates ask."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import Any

from github.Deployment import Deployment as GitHubDeployment
from github.GithubObject import NotSet
from github.Repository import Repository

from bot.adapters.github.client import explained
from bot.core.deployment import Deployment
from bot.core.progress import State

# Tells our deployments from those other workflows make in the same environment.
TASK = "migrate"

_STATES = {
    State.WAITING: "queued",
    State.CLOSED: "pending",
    State.APPLYING: "in_progress",
    State.APPLIED: "success",
    State.FAILED: "failure",
    State.ROLLED_BACK: "inactive",
}
# What says in a deployment's payload that it took migrations back. Its status alone would not: one
# is made inactive by others, too, such as the job's own for the environment.
_TAKEN_BACK = "rolled_back"
_NOTE_LIMIT = 140
_NEEDS = "deployments: write"


class Deployments:
    """The deployments of one repository that this bot made. `clean` strikes secrets out."""

    def __init__(self, repository: Repository, clean: Callable[[str], str]) -> None:
        self._repository = repository
        self._clean = clean
        self._open: dict[tuple[str, str, frozenset[str], bool], GitHubDeployment] = {}

    def deployments(self, target: str) -> Iterator[Deployment]:
        with explained(f"read the deployments to {target}", needs="deployments: read"):
            for each in self._repository.get_deployments(environment=target, task=TASK):
                yield _value(target, each)

    def announce(self, deployment: Deployment) -> None:
        with explained(f"record the rollout to {deployment.target}", needs=_NEEDS):
            back = deployment.state is State.ROLLED_BACK
            key = (deployment.commit, deployment.target, frozenset(deployment.texts), back)
            if key not in self._open:
                self._open[key] = self._create(deployment)
            self._open[key].create_status(
                _STATES[deployment.state],
                description=_short(self._clean(deployment.note)),
                target_url=deployment.run_url or NotSet,
                environment=deployment.target,
                auto_inactive=False,
            )

    def _create(self, deployment: Deployment) -> GitHubDeployment:
        return self._repository.create_deployment(
            ref=deployment.commit,
            task=TASK,
            auto_merge=False,
            required_contexts=[],
            payload=_payload(deployment),
            environment=deployment.target,
            description="Database migrations",
        )


def _payload(deployment: Deployment) -> dict[str, Any]:
    payload = {"digest": deployment.digest, "migrations": dict(deployment.texts)}
    return payload | ({_TAKEN_BACK: True} if deployment.state is State.ROLLED_BACK else {})


def _value(target: str, found: GitHubDeployment) -> Deployment:
    payload = _mapping(found.payload)
    back = payload.get(_TAKEN_BACK) is True
    said = (each for each in found.get_statuses() if back or each.state != "inactive")
    newest = next(said, None)
    reached = newest.created_at if newest else found.created_at
    return Deployment(
        target=target,
        commit=found.sha,
        state=State.ROLLED_BACK if back else _state(newest.state if newest else "queued"),
        at=reached.astimezone(UTC),
        texts={str(name): str(text) for name, text in _mapping(payload.get("migrations")).items()},
        note=(newest.description or "") if newest else "",
        digest=str(payload["digest"]) if payload.get("digest") else None,
        run_url=(newest.target_url or None) if newest else None,
    )


def _state(label: str) -> State:
    return next((state for state, given in _STATES.items() if given == label), State.FAILED)


def _short(note: str) -> str:
    return note if len(note) <= _NOTE_LIMIT else note[: _NOTE_LIMIT - 1] + "…"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
