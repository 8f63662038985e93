"""Who is asked to review a pull request."""

from bot.demo.hub.accounts import Team, User
from bot.demo.hub.deeds import ask_for_review, withdraw_review_request
from bot.demo.hub.documents.pulls import pull_document
from bot.demo.hub.documents.teams import team_document
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.refusal import unprocessable
from bot.demo.hub.routing import Answer, Request, Routes

ASKED = "/repos/{owner}/{repo}/pulls/{number}/requested_reviewers"
routes = Routes()


@routes.on("GET", ASKED, "pull_requests=read")
def requested_reviewers(request: Request) -> Answer:
    pull, links = request.pull, request.links
    people = [user_document(links, each) for each in pull.requested_reviewers]
    teams = [team_document(links, each) for each in pull.requested_teams]
    return Answer(200, {"users": people, "teams": teams})


@routes.on("POST", ASKED, "pull_requests=write")
def request_reviewers(request: Request) -> Answer:
    """Nobody is asked unless all can be."""
    at, pull = request.repository, request.pull
    people = [_reviewer(request, login) for login in request.given("reviewers", list, [])]
    teams = [_team(request, slug) for slug in request.given("team_reviewers", list, [])]
    wanted: list[User | Team] = [*people, *teams]
    for asked in wanted:
        ask_for_review(request.state, pull, request.user, asked)
    return Answer(201, pull_document(request.links, at, pull))


def _reviewer(request: Request, login: str) -> User:
    if request.repository.role_of(login) == "none" or login not in request.state.users:
        sentence = "Reviews may only be requested from collaborators. "
        raise unprocessable(f"{sentence}One or more of the users is not a collaborator.")
    user = request.state.user(login)
    if user == request.pull.user:
        raise unprocessable("Review cannot be requested from pull request author.")
    return user


def _team(request: Request, slug: str) -> Team:
    found = request.state.teams.get((request.repository.owner.login.lower(), slug))
    if found is None:
        sentence = "Reviews may only be requested from collaborators. "
        raise unprocessable(f"{sentence}One or more of the teams is not a collaborator.")
    return found


@routes.on("DELETE", ASKED, "pull_requests=write")
def withdraw_reviewers(request: Request) -> Answer:
    pull, gone = request.pull, set(request.given("reviewers", list, []))
    teams = set(request.given("team_reviewers", list, []))
    known: list[User | Team] = [*pull.requested_reviewers, *pull.requested_teams]
    for asked in known:
        if (asked.login in gone) if isinstance(asked, User) else (asked.slug in teams):
            withdraw_review_request(request.state, pull, request.user, asked)
    return Answer(200, pull_document(request.links, request.repository, pull))
