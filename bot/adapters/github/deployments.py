"""Rollouts as GitHub's deployments: what the repository's page shows, and later gates ask."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import Any

from github.Deployment import Deployment as GitHubDeployment
from github.GithubObject import NotSet
from github.Repository import Repository

from bot.adapters.github.client import explained, may_have_happened
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
}
_NOTE_LIMIT = 140
_NEEDS = "deployments: write"


class Deployments:
    """The deployments of one repository that this bot made. `clean` strikes secrets out."""

    def __init__(self, repository: Repository, clean: Callable[[str], str]) -> None:
        self._repository = repository
        self._clean = clean
        self._open: dict[tuple[str, str, frozenset[str]], GitHubDeployment] = {}

    def deployments(self, target: str) -> Iterator[Deployment]:
        with explained(f"read the deployments to {target}", needs="deployments: read"):
            for each in self._repository.get_deployments(environment=target, task=TASK):
                yield _value(target, each)

    def announce(self, deployment: Deployment) -> None:
        with explained(f"record the rollout to {deployment.target}", needs=_NEEDS):
            key = (deployment.commit, deployment.target, frozenset(deployment.texts))
            if key not in self._open:
                self._open[key] = self._create(deployment)
            self._reach(self._open[key], deployment)

    def _reach(self, opened: GitHubDeployment, deployment: Deployment) -> None:
        """An answer that is lost is looked for: the status may be there."""
        state = _STATES[deployment.state]
        note = _short(self._clean(deployment.note))
        try:
            opened.create_status(
                state,
                description=note,
                target_url=deployment.run_url or NotSet,
                environment=deployment.target,
                auto_inactive=False,
            )
        except Exception as error:
            if not may_have_happened(error):
                raise
            newest = next(iter(opened.get_statuses()), None)
            if newest is None or (newest.state, newest.description or "") != (state, note):
                raise

    def _create(self, deployment: Deployment) -> GitHubDeployment:
        payload = {"digest": deployment.digest, "migrations": dict(deployment.texts)}
        try:
            return self._repository.create_deployment(
                ref=deployment.commit,
                task=TASK,
                auto_merge=False,
                required_contexts=[],
                payload=payload,
                environment=deployment.target,
                description="Database migrations",
            )
        except Exception as error:
            found = self._unstarted(deployment, payload) if may_have_happened(error) else None
            if found is None:
                raise
            return found

    def _unstarted(
        self, deployment: Deployment, payload: Mapping[str, Any]
    ) -> GitHubDeployment | None:
        """The deployment that a lost answer was about: the newest like it, if nothing was yet said
        of it. One that an earlier run opened has statuses."""
        like = self._repository.get_deployments(
            sha=deployment.commit, task=TASK, environment=deployment.target
        )
        newest = next((each for each in like if _mapping(each.payload) == payload), None)
        started = newest is not None and next(iter(newest.get_statuses()), None) is not None
        return None if started else newest


def _value(target: str, found: GitHubDeployment) -> Deployment:
    newest = next(iter(found.get_statuses()), None)
    payload = _mapping(found.payload)
    states = {label: state for state, label in _STATES.items()}
    reached = newest.created_at if newest else found.created_at
    return Deployment(
        target=target,
        commit=found.sha,
        state=states.get(newest.state, State.FAILED) if newest else State.WAITING,
        at=reached.astimezone(UTC),
        texts={str(name): str(text) for name, text in _mapping(payload.get("migrations")).items()},
        note=(newest.description or "") if newest else "",
        digest=str(payload["digest"]) if payload.get("digest") else None,
        run_url=(newest.target_url or None) if newest else None,
    )


def _short(note: str) -> str:
    return note if len(note) <= _NOTE_LIMIT else note[: _NOTE_LIMIT - 1] + "…"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
