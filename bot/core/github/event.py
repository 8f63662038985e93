"""Which command a GitHub event asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.github.commanded import Silence, read_comment
from bot.core.github.request import (
    AgainRequest,
    ApplyRequest,
    CheckRequest,
    CommandRequest,
    NothingRequest,
    ReportRequest,
    Request,
)
from bot.errors import UsageError

CHECKING_EVENTS = frozenset(
    {"pull_request", "pull_request_review", "merge_group", "check_run", "check_suite"}
)
# Those for which a workflow may have checked out what somebody only proposes: by itself, or because
# it says so beside secrets.
PROPOSING_EVENTS = CHECKING_EVENTS | {
    "pull_request_target",
    "pull_request_review_comment",
    "issue_comment",
    "workflow_run",
}


@dataclass(frozen=True)
class Event:
    """What started the workflow. `sha` is the commit that it runs for."""

    name: str
    payload: Mapping[str, Any]
    sha: str


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
            merged=bool(pull.get("merged_at")),
        )
    if name == "merge_group":
        group = payload["merge_group"]
        branch = str(group["base_ref"]).removeprefix("refs/heads/")
        return CheckRequest(head=group["head_sha"], base=group["base_sha"], base_name=branch)
    if name in ("check_run", "check_suite") and payload.get("action") == "rerequested":
        return _again(payload[name])
    if name == "push" and payload.get("deleted") is True:
        raise UsageError(
            f"{payload['ref']} was deleted, so there is nothing to apply.",
            hint="Run the deploy workflow on pushes to the default branch only.",
        )
    if name == "push":
        return ApplyRequest(head=payload["after"])
    if name == "workflow_dispatch":
        return ApplyRequest(head=sha)
    if name == "workflow_run":
        return _report_request(payload)
    if name == "issue_comment":
        return _of_comment(payload, sha)
    raise _refusal(name)


def _again(asked: Mapping[str, Any]) -> AgainRequest:
    """GitHub lists pull requests of this repository alone, and those too that were pushed to
    since."""
    head = str(asked["head_sha"])
    found = [each for each in asked.get("pull_requests", ()) if each["head"]["sha"] == head]
    if not found:
        return AgainRequest(head, asked.get("name"))
    pull = min(found, key=lambda each: int(each["number"]))
    check = CheckRequest(
        head=head,
        base=pull["base"]["sha"],
        base_name=pull["base"]["ref"],
        pull=int(pull["number"]),
        fork=pull["head"]["repo"]["id"] != pull["base"]["repo"]["id"],
    )
    return AgainRequest(head, asked.get("name"), None if check.fork else check)


def _report_request(payload: Mapping[str, Any]) -> ReportRequest:
    run = payload["workflow_run"]
    # A fork that is gone has no repository: nothing of it can be found, and nobody is told.
    source = run.get("head_repository") or {"id": 0, "owner": {"login": ""}}
    return ReportRequest(
        run=int(run["id"]),
        number=int(run["run_number"]),
        attempt=int(run["run_attempt"]),
        head=str(run["head_sha"]),
        branch=str(run["head_branch"] or ""),
        owner=str(source["owner"]["login"]),
        repository=int(source["id"]),
        fork=int(source["id"]) != int(payload["repository"]["id"]),
    )


def _of_comment(payload: Mapping[str, Any], sha: str) -> CommandRequest | NothingRequest:
    """The workflow starts for every comment, so that most of them ask for nothing.

    Who wrote it is looked up when it is obeyed: what the payload says of their association is not
    asked.
    """
    issue, comment, sender = payload["issue"], payload["comment"], payload["sender"]
    author = comment["user"]
    if payload["action"] != "created":
        return NothingRequest(sha, f"a comment was {payload['action']}, and only new ones count")
    if not issue.get("pull_request"):
        return NothingRequest(sha, "the comment is on an issue, not on a pull request")
    if author is None or author["type"] != "User" or comment.get("performed_via_github_app"):
        return NothingRequest(sha, "the comment was not written by a person")
    if sender["id"] != author["id"]:
        return NothingRequest(sha, "the comment was written in somebody else's name")
    said = read_comment(comment["body"] or "")
    if isinstance(said, Silence):
        return NothingRequest(sha, said.reason)
    return CommandRequest(
        head=sha,
        branch=payload["repository"]["default_branch"],
        pull=int(issue["number"]),
        comment=int(comment["id"]),
        body=comment["body"],
        said=said,
    )


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
        hint="Use pull_request, pull_request_review, merge_group, check_run (rerequested), push, "
        "workflow_dispatch, issue_comment or, for pull requests from forks, workflow_run.",
    )
