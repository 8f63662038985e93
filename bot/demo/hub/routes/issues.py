"""Issues, pull requests among them, and what is said there: comments and reactions."""

from typing import Any

from bot.demo.hub.deeds import add_comment, label_named, require_body
from bot.demo.hub.documents.conversation import REACTIONS, comment_document, reaction_document
from bot.demo.hub.documents.issues import issue_document
from bot.demo.hub.documents.pulls import association
from bot.demo.hub.paging import paged
from bot.demo.hub.records import Comment, Issue, Reaction, Topic
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.routes.labels import names_in
from bot.demo.hub.routing import Answer, Request, Routes

REPOSITORY = "/repos/{owner}/{repo}"
ISSUES = f"{REPOSITORY}/issues"
ISSUE = f"{REPOSITORY}/issues/{{number}}"
COMMENT = f"{REPOSITORY}/issues/comments/{{comment}}"
READ = "issues=read; pull_requests=read"
WRITE = "issues=write; pull_requests=write"
STATES = ("open", "closed")
REASONS = ("completed", "not_planned", "duplicate", "reopened")
routes = Routes()


@routes.on("GET", ISSUES, "issues=read")
def issue_list(request: Request) -> Answer:
    """Open ones unless asked otherwise, newest first; pull requests are issues too."""
    query, at = request.query, request.repository
    state, creator = query.get("state", "open"), query.get("creator")
    labels = {name for name in query.get("labels", "").split(",") if name}
    found = [
        topic
        for topic in at.topics
        if state in ("all", topic.state)
        and creator in (None, topic.user.login)
        and labels <= set(topic.labels)
    ]
    return paged(request, found[::-1], lambda each: issue_document(request.links, at, each))


@routes.on("POST", ISSUES, "issues=write")
def create_issue(request: Request) -> Answer:
    at, now = request.repository, request.state.now()
    title, body = request.required("title"), request.given("body", str)
    made = Issue(request.state.next_id(), at.next_number, title, body, request.user, now, now)
    made.labels = _labels(request)
    at.issues[made.number] = made
    return Answer(201, issue_document(request.links, at, made))


@routes.on("GET", ISSUE, READ)
def issue(request: Request) -> Answer:
    return Answer(200, issue_document(request.links, request.repository, request.topic))


@routes.on("PATCH", ISSUE, WRITE)
def edit_issue(request: Request) -> Answer:
    topic = request.topic
    topic.title = request.given("title", str, topic.title)
    topic.body = request.given("body", str, topic.body)
    if request.given("labels", list) is not None:
        topic.labels = _labels(request)
    _move(request, topic)
    topic.updated_at = request.state.now()
    return Answer(200, issue_document(request.links, request.repository, topic))


def _labels(request: Request) -> list[str]:
    names = names_in(request.given("labels", list, []))
    return [label_named(request.state, request.repository, name).name for name in names]


def _move(request: Request, topic: Topic) -> None:
    """Close it or open it again, if that is asked for."""
    state = request.chosen("state", STATES, topic.state)
    reason = request.chosen("state_reason", REASONS)
    if state == topic.state:
        return
    topic.state = state
    topic.closed_at = request.state.now() if state == "closed" else None
    if isinstance(topic, Issue):
        usual = "completed" if state == "closed" else "reopened"
        topic.state_reason = reason or usual


@routes.on("GET", f"{ISSUE}/comments", READ)
def comment_list(request: Request) -> Answer:
    topic, since = request.topic, request.query.get("since", "")
    found = [each for each in topic.comments.values() if each.updated_at.isoformat() >= since[:19]]
    return paged(request, found, lambda comment: _shown(request, topic, comment))


@routes.on("POST", f"{ISSUE}/comments", WRITE)
def create_comment(request: Request) -> Answer:
    comment = add_comment(request.state, request.topic, request.user, request.required("body"))
    body = _shown(request, request.topic, comment)
    return Answer(201, body, {"location": body["url"]})


@routes.on("GET", COMMENT, READ)
def one_comment(request: Request) -> Answer:
    return Answer(200, _shown(request, *_wanted(request)))


@routes.on("PATCH", COMMENT, WRITE)
def edit_comment(request: Request) -> Answer:
    topic, comment = _wanted(request)
    _require_own(request, comment)
    comment.body = require_body(request.required("body"))
    comment.updated_at = request.state.now()
    return Answer(200, _shown(request, topic, comment))


@routes.on("DELETE", COMMENT, WRITE)
def delete_comment(request: Request) -> Answer:
    topic, comment = _wanted(request)
    _require_own(request, comment)
    del topic.comments[comment.id]
    return Answer(204)


def _wanted(request: Request) -> tuple[Topic, Comment]:
    number = request.number("comment")
    for topic, comment in request.repository.comments():
        if comment.id == number:
            return topic, comment
    raise not_found()


def _require_own(request: Request, comment: Comment) -> None:
    """People may change what others wrote only if they may write the repository; apps may."""
    role = request.repository.role_of(request.user.login)
    if request.token.app or comment.user == request.user or role in ("admin", "maintain", "write"):
        return
    raise Refusal(403, "Must have admin rights to Repository.")


def _shown(request: Request, topic: Topic, comment: Comment) -> dict[str, Any]:
    near = association(request.repository, comment.user)
    at = request.repository
    return comment_document(request.links, at, topic, comment, association=near)


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
