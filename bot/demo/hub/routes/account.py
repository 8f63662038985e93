"""Who the token is, other people, and how many calls are left."""

from bot.demo.hub.documents.repository import rate_limit_document
from bot.demo.hub.documents.users import profile_document
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.routing import Answer, Request, Routes
from bot.demo.hub.tokens import RATE_LIMIT

routes = Routes()


@routes.on("GET", "/user")
def own_account(request: Request) -> Answer:
    if request.token.app:
        raise Refusal(403, "Resource not accessible by integration")
    return Answer(200, profile_document(request.links, request.user))


@routes.on("GET", "/users/{username}")
def account(request: Request) -> Answer:
    user = request.state.users.get(request.values["username"])
    if user is None:
        raise not_found()
    return Answer(200, profile_document(request.links, user))


@routes.on("GET", "/rate_limit")
def rate_limit(request: Request) -> Answer:
    reset = int(request.state.now().timestamp()) + 3600
    return Answer(200, rate_limit_document(RATE_LIMIT, request.token.used, reset))
