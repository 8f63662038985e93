"""Comments on lines of a pull request: listed, changed, answered."""

from typing import Any

from bot.demo.hub.deeds import require_body
from bot.demo.hub.documents.line_comments import line_comment_document
from bot.demo.hub.line_comments import answer_line_comment
from bot.demo.hub.paging import paged
from bot.demo.hub.records import LineComment, PullRequest, Review
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.routing import Answer, Request, Routes

PULLS = "/repos/{owner}/{repo}/pulls"
COMMENT = f"{PULLS}/comments/{{comment}}"
routes = Routes()


@routes.on("GET", f"{PULLS}/{{number}}/comments", "pull_requests=read")
def line_comment_list(request: Request) -> Answer:
    found = list(request.pull.line_comments.values())
    return paged(request, found, lambda each: _shown(request, request.pull, each))


@routes.on("GET", COMMENT, "pull_requests=read")
def one_line_comment(request: Request) -> Answer:
    return Answer(200, _shown(request, *_wanted(request)))


@routes.on("PATCH", COMMENT, "pull_requests=write")
def edit_line_comment(request: Request) -> Answer:
    pull, comment = _wanted(request)
    _require_own(request, comment)
    comment.body = require_body(request.required("body"))
    comment.updated_at = request.state.now()
    return Answer(200, _shown(request, pull, comment))


@routes.on("DELETE", COMMENT, "pull_requests=write")
def delete_line_comment(request: Request) -> Answer:
    pull, comment = _wanted(request)
    _require_own(request, comment)
    del pull.line_comments[comment.id]
    return Answer(204)


@routes.on("POST", f"{PULLS}/{{number}}/comments/{{comment}}/replies", "pull_requests=write")
def reply(request: Request) -> Answer:
    """An answer stands in the thread of the first comment, and in a review of its own."""
    pull, body = request.pull, require_body(request.required("body"))
    first = pull.line_comments.get(request.number("comment"))
    if first is None or first.answers is not None:
        raise not_found()
    now, number = request.state.now(), request.state.next_id()
    review = Review(number, request.user, "COMMENTED", "", first.review.commit_id, now)
    pull.reviews[review.id] = review
    made = answer_line_comment(request.state, pull, review, first, body)
    return Answer(201, _shown(request, pull, made))


def _wanted(request: Request) -> tuple[PullRequest, LineComment]:
    number = request.number("comment")
    for pull in request.repository.pulls.values():
        if number in pull.line_comments:
            return pull, pull.line_comments[number]
    raise not_found()


def _require_own(request: Request, comment: LineComment) -> None:
    role = request.repository.role_of(request.user.login)
    own = comment.review.user == request.user
    if not (request.token.app or own or role in ("admin", "maintain", "write")):
        raise Refusal(403, "Must have admin rights to Repository.")


def _shown(request: Request, pull: PullRequest, comment: LineComment) -> dict[str, Any]:
    return line_comment_document(request.links, request.repository, pull, comment)
