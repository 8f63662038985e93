"""Which command a GitHub event asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import UsageError

CHECKING_EVENTS = frozenset({"pull_request", "pull_request_review", "merge_group"})


@dataclass(frozen=True)
class Event:
    """What started the workflow. `sha` is the commit that it runs for."""

    name: str
    payload: Mapping[str, Any]
    sha: str


@dataclass(frozen=True)
class CheckRequest:
    """Check the new migrations of a pull request, or of a merge group, against its base.

    `pull` is the pull request's number, None in a merge group. `head` and `base` are commits,
    `base_name` is the branch. `fork` says that the branch lives in another repository, so that
    this run's token can only read.
    """

    head: str
    base: str
    base_name: str
    pull: int | None = None
    fork: bool = False


@dataclass(frozen=True)
class ApplyRequest:
    """Apply what was merged, at one commit of the default branch."""

    head: str


Request = CheckRequest | ApplyRequest


def request_of(name: str, payload: Mapping[str, Any], *, sha: str) -> Request:
    """What to do about an event.

    `sha` is the commit the workflow runs for, for events whose payload names none.
    Raises UsageError for events the bot does not act on, and for what is none of GitHub's.
    """
    try:
        return _request(name, payload, sha)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"The payload of {name} is not one of GitHub's: it lacks {error}.",
            hint="Leave GITHUB_EVENT_PATH as the runner sets it.",
        ) from error


def _request(name: str, payload: Mapping[str, Any], sha: str) -> Request:
    if name in ("pull_request", "pull_request_review"):
        pull = payload["pull_request"]
        return CheckRequest(
            head=pull["head"]["sha"],
            base=pull["base"]["sha"],
            base_name=pull["base"]["ref"],
            pull=int(pull["number"]),
            fork=_repository(pull["head"]) != _repository(pull["base"]),
        )
    if name == "merge_group":
        group = payload["merge_group"]
        branch = str(group["base_ref"]).removeprefix("refs/heads/")
        return CheckRequest(head=group["head_sha"], base=group["base_sha"], base_name=branch)
    if name == "push" and payload.get("deleted") is True:
        raise UsageError(
            f"{payload['ref']} was deleted, so there is nothing to apply.",
            hint="Run the deploy workflow on pushes to the default branch only.",
        )
    if name == "push":
        return ApplyRequest(head=payload["after"])
    if name == "workflow_dispatch":
        return ApplyRequest(head=sha)
    raise _refusal(name)


def _repository(end: Mapping[str, Any]) -> str | None:
    """The repository of one end of a pull request; a deleted fork has none."""
    repository = end.get("repo")
    return repository.get("full_name") if isinstance(repository, Mapping) else None


def _refusal(name: str) -> UsageError:
    if name == "pull_request_target":
        return UsageError(
            "The event pull_request_target is refused: it runs with secrets beside code that "
            "nobody has reviewed.",
            hint="Trigger the check workflow by `pull_request` instead.",
        )
    return UsageError(
        f"The event {name} asks for nothing this bot does.",
        hint="Use pull_request, pull_request_review, merge_group, push or workflow_dispatch.",
    )
