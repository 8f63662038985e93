"""Rollouts as GitHub's deployments: what the repository's page shows, and later gates ask."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import Any

import requests
from github import BadAttributeException, GithubException
from github.Deployment import Deployment as GitHubDeployment
from github.Repository import Repository

from bot.adapters.github.client import explained
from bot.core.github.deployment import Deployment
from bot.core.rollouts.progress import State
from bot.core.targets.target import Kind

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
_RETIRED = "inactive"
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
                self._open[key] = self._unused(deployment) or self._create(deployment)
            self._tell(self._open[key], deployment)

    def _create(self, deployment: Deployment) -> GitHubDeployment:
        """A lost answer is looked into, not repeated blindly: the deployment may be there."""
        try:
            return self._repository.create_deployment(
                ref=deployment.commit,
                task=TASK,
                auto_merge=False,
                required_contexts=[],
                payload=_payload(deployment),
                environment=deployment.target,
                description="Database migrations",
                transient_environment=deployment.kind is Kind.DEVELOPMENT,
                production_environment=deployment.kind is Kind.PRODUCTION,
            )
        except (GithubException, requests.RequestException) as error:
            if _refused(error):
                raise
            if (made := self._unused(deployment)) is None:
                raise
            return made

    def _unused(self, deployment: Deployment) -> GitHubDeployment | None:
        """One that was made for this, by a run that did not live to say more."""
        found = self._repository.get_deployments(
            sha=deployment.commit, task=TASK, environment=deployment.target
        )
        newest = next(iter(found), None)
        if newest is None or _payload_of(newest) != _payload(deployment):
            return None
        return None if next(iter(newest.get_statuses()), None) else newest

    def _tell(self, made: GitHubDeployment, deployment: Deployment) -> None:
        """`auto_inactive` would retire what others deployed to an environment of that name."""
        status = {
            "state": _STATES[deployment.state],
            "description": _short(self._clean(deployment.note)),
            "environment": deployment.target,
            "auto_inactive": False,
        }
        if deployment.run_url:
            status["log_url"] = deployment.run_url
        if deployment.environment_url:
            status["environment_url"] = deployment.environment_url
        try:
            made.requester.requestJsonAndCheck("POST", f"{made.url}/statuses", input=status)
        except (GithubException, requests.RequestException) as error:
            if _refused(error) or not _told(made, status):
                raise


def _refused(error: Exception) -> bool:
    """Whether GitHub answered, and said no."""
    return isinstance(error, GithubException) and error.status < 500


def _told(made: GitHubDeployment, status: Mapping[str, Any]) -> bool:
    newest = next(iter(made.get_statuses()), None)
    return newest is not None and (newest.state, newest.description) == (
        status["state"],
        status["description"],
    )


def _payload(deployment: Deployment) -> dict[str, Any]:
    payload = {"digest": deployment.digest, "migrations": dict(deployment.texts)}
    return payload | ({_TAKEN_BACK: True} if deployment.state is State.ROLLED_BACK else {})


def _value(target: str, found: GitHubDeployment) -> Deployment:
    """Where another deployment retired it, what it had reached before counts."""
    payload = _payload_of(found)
    back = payload.get(_TAKEN_BACK) is True
    said = (each for each in found.get_statuses() if back or each.state != _RETIRED)
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
        environment_url=(newest.environment_url or None) if newest else None,
    )


def _payload_of(found: GitHubDeployment) -> Mapping[str, Any]:
    """Others may have given a text: that is none of ours."""
    try:
        return _mapping(found.payload)
    except BadAttributeException:
        return {}


def _state(label: str) -> State:
    return next((state for state, given in _STATES.items() if given == label), State.FAILED)


def _short(note: str) -> str:
    return note if len(note) <= _NOTE_LIMIT else note[: _NOTE_LIMIT - 1] + "…"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
