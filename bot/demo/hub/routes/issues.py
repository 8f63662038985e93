"""The conversation of a pull request: comments, reactions and labels."""

from typing import Any

from bot.demo.hub.deeds import add_comment, label_named, require_body
from bot.demo.hub.documents.conversation import (
    REACTIONS,
    comment_document,
    label_document,
    reaction_document,
)
from bot.demo.hub.documents.pulls import association, issue_document
from bot.demo.hub.paging import paged
from bot.demo.hub.records import Comment, PullRequest, Reaction
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.routing import Answer, Request, Routes

REPOSITORY = "/repos/{owner}/{repo}"
ISSUE = f"{REPOSITORY}/issues/{{number}}"
COMMENT = f"{REPOSITORY}/issues/comments/{{comment}}"
READ = "issues=read; pull_requests=read"
WRITE = "issues=write; pull_requests=write"
routes = Routes()


@routes.on("GET", ISSUE, READ)
def issue(request: Request) -> Answer:
    return Answer(200, issue_document(request.links, request.repository, request.pull))


@routes.on("GET", f"{ISSUE}/comments", READ)
def comment_list(request: Request) -> Answer:
    pull, since = request.pull, request.query.get("since", "")
    found = [each for each in pull.comments.values() if each.updated_at.isoformat() >= since[:19]]
    return paged(request, found, lambda comment: _shown(request, pull, comment))


@routes.on("POST", f"{ISSUE}/comments", WRITE)
def create_comment(request: Request) -> Answer:
    comment = add_comment(request.state, request.pull, request.user, request.required("body"))
    body = _shown(request, request.pull, comment)
    return Answer(201, body, {"location": body["url"]})


@routes.on("GET", COMMENT, READ)
def one_comment(request: Request) -> Answer:
    return Answer(200, _shown(request, *_wanted(request)))


@routes.on("PATCH", COMMENT, WRITE)
def edit_comment(request: Request) -> Answer:
    pull, comment = _wanted(request)
    _require_own(request, comment)
    comment.body = require_body(request.required("body"))
    comment.updated_at = request.state.now()
    return Answer(200, _shown(request, pull, comment))


@routes.on("DELETE", COMMENT, WRITE)
def delete_comment(request: Request) -> Answer:
    pull, comment = _wanted(request)
    _require_own(request, comment)
    del pull.comments[comment.id]
    return Answer(204)


def _wanted(request: Request) -> tuple[PullRequest, Comment]:
    number = request.number("comment")
    for pull, comment in request.repository.comments():
        if comment.id == number:
            return pull, comment
    raise not_found()


def _require_own(request: Request, comment: Comment) -> None:
    """People may change what others wrote only if they may write the repository; apps may."""
    role = request.repository.role_of(request.user.login)
    if request.token.app or comment.user == request.user or role in ("admin", "maintain", "write"):
        return
    raise Refusal(403, "Must have admin rights to Repository.")


def _shown(request: Request, pull: PullRequest, comment: Comment) -> dict[str, Any]:
    near = association(request.repository, comment.user)
    at = request.repository
    return comment_document(request.links, at, pull, comment, association=near)


@routes.on("GET", f"{COMMENT}/reactions", READ)
def reaction_list(request: Request) -> Answer:
    _, comment = _wanted(request)
    found = [each for each in request.repository.reactions if each.comment_id == comment.id]
    return paged(request, found, lambda reaction: reaction_document(request.links, reaction))


@routes.on("POST", f"{COMMENT}/reactions", WRITE)
def create_reaction(request: Request) -> Answer:
    """201 for a new one, 200 for one that this user had left before."""
    _, comment = _wanted(request)
    content = request.chosen("content", REACTIONS) or request.required("content")
    for each in request.repository.reactions:
        if (each.comment_id, each.user, each.content) == (comment.id, request.user, content):
            return Answer(200, reaction_document(request.links, each))
    now = request.state.now()
    left = Reaction(request.state.next_id(), comment.id, request.user, content, now)
    request.repository.reactions.append(left)
    return Answer(201, reaction_document(request.links, left))


@routes.on("DELETE", f"{COMMENT}/reactions/{{reaction}}", WRITE)
def delete_reaction(request: Request) -> Answer:
    at, number = request.repository, request.number("reaction")
    kept = [each for each in at.reactions if each.id != number]
    if len(kept) == len(at.reactions):
        raise not_found()
    at.reactions = kept
    return Answer(204)


@routes.on("GET", f"{REPOSITORY}/labels", READ)
def repository_labels(request: Request) -> Answer:
    at = request.repository
    return paged(request, list(at.labels.values()), lambda x: label_document(request.links, at, x))


@routes.on("GET", f"{ISSUE}/labels", READ)
def label_list(request: Request) -> Answer:
    at = request.repository
    labels = [at.labels[name] for name in request.pull.labels]
    return paged(request, labels, lambda label: label_document(request.links, at, label))


@routes.on("POST", f"{ISSUE}/labels", WRITE)
def add_labels(request: Request) -> Answer:
    for name in _names(request.body):
        label = label_named(request.state, request.repository, name)
        if label.name not in request.pull.labels:
            request.pull.labels.append(label.name)
    return label_list(request)


@routes.on("DELETE", f"{ISSUE}/labels/{{label}}", WRITE)
def remove_label(request: Request) -> Answer:
    if request.values["label"] not in request.pull.labels:
        raise Refusal(404, "Label does not exist")
    request.pull.labels.remove(request.values["label"])
    return label_list(request)


def _names(given: Any) -> list[str]:
    """The names in a list, each a word or an object with a name."""
    listed = given if isinstance(given, list) else []
    names: list[Any] = [each.get("name") if isinstance(each, dict) else each for each in listed]
    if not all(isinstance(name, str) for name in names):
        raise Refusal(422, "Invalid request.\n\nA label is a string.")
    return names
