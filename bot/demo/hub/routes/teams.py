"""Teams of an organisation, and who is in them."""

from bot.demo.hub.accounts import Team
from bot.demo.hub.documents.teams import full_team_document, membership_document
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.paging import paged
from bot.demo.hub.refusal import not_found
from bot.demo.hub.routing import Answer, Request, Routes

TEAM = "/orgs/{org}/teams/{slug}"
routes = Routes()


def _wanted(request: Request) -> Team:
    return request.state.team(request.values["org"], request.values["slug"])


@routes.on("GET", TEAM, "members=read")
def team(request: Request) -> Answer:
    return Answer(200, full_team_document(request.links, _wanted(request)))


@routes.on("GET", f"{TEAM}/members", "members=read")
def members(request: Request) -> Answer:
    role = request.query.get("role", "all")
    found = [login for login, has in _wanted(request).members.items() if role in ("all", has)]
    people = [request.state.user(login) for login in found]
    return paged(request, people, lambda each: user_document(request.links, each))


@routes.on("GET", f"{TEAM}/memberships/{{username}}", "members=read")
def membership(request: Request) -> Answer:
    found, login = _wanted(request), request.values["username"]
    if login not in found.members:
        raise not_found()
    return Answer(200, membership_document(request.links, found, login))
