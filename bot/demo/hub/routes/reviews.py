"""Reviews of a pull request."""

from bot.demo.hub.deeds import STATES, add_review, dismiss_review
from bot.demo.hub.documents.pulls import review_document
from bot.demo.hub.line_comments import add_line_comment, place_of
from bot.demo.hub.paging import paged
from bot.demo.hub.records import Review
from bot.demo.hub.refusal import not_found
from bot.demo.hub.routing import Answer, Request, Routes

PULL = "/repos/{owner}/{repo}/pulls/{number}"
REVIEWS = f"{PULL}/reviews"
routes = Routes()


def _shown(request: Request, review: Review) -> Answer:
    return Answer(200, review_document(request.links, request.repository, request.pull, review))


@routes.on("GET", REVIEWS, "pull_requests=read")
def review_list(request: Request) -> Answer:
    """Oldest first, so that the last one of a reviewer is the opinion that stands."""
    reviews = list(request.pull.reviews.values())
    return paged(request, reviews, lambda review: _shown(request, review).body)


@routes.on("GET", f"{REVIEWS}/{{review}}", "pull_requests=read")
def one_review(request: Request) -> Answer:
    found = request.pull.reviews.get(request.number("review"))
    if found is None:
        raise not_found()
    return _shown(request, found)


@routes.on("POST", REVIEWS, "pull_requests=write")
def create_review(request: Request) -> Answer:
    places = [place_of(request, each) for each in request.given("comments", list, [])]
    review = add_review(
        request.state,
        request.repository,
        request.pull,
        request.user,
        event=request.chosen("event", STATES, "COMMENT"),
        body=request.given("body", str, ""),
        commit_id=request.given("commit_id", str),
    )
    for place in places:
        add_line_comment(request.state, request.pull, review, place)
    return _shown(request, review)


@routes.on("PUT", f"{REVIEWS}/{{review}}/dismissals", "pull_requests=write")
def create_dismissal(request: Request) -> Answer:
    request.required("message")
    return _shown(request, dismiss_review(request.pull, request.number("review")))
