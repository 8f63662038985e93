"""Every route of the hub, and the way from a call to its answer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.demo.hub.events import Event
from bot.demo.hub.graphql import PATHS, Caller, respond
from bot.demo.hub.links import Links
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.routes import (
    account,
    actions,
    activity,
    artifacts,
    checks,
    commits,
    deployments,
    issue_events,
    issues,
    labels,
    line_comments,
    pulls,
    repository,
    reviewers,
    reviews,
    teams,
)
from bot.demo.hub.routing import Answer, Fields, Request, Route
from bot.demo.hub.state import State
from bot.demo.hub.tokens import Token, bad_credentials, require

API_VERSIONS = ("2022-11-28", "2026-03-10")
_DONE = (200, 201, 204, 302)
PARTS = (
    *(account, teams, repository, activity, commits, pulls, reviewers, reviews, line_comments),
    *(issues, labels, issue_events, checks, deployments, actions, artifacts),
)
ROUTES: tuple[Route, ...] = tuple(route for part in PARTS for route in part.routes.all)


@dataclass(frozen=True)
class Arrival:
    """A call as it came over the wire; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    octets: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def body(self) -> Any:
        """The JSON that was sent; None if nothing was."""
        try:
            return json.loads(self.octets) if self.octets else None
        except ValueError as error:
            raise Refusal(400, "Problems parsing JSON") from error


def answer(state: State, links: Links, arrival: Arrival, tell: Callable[[Event], Event]) -> Answer:
    """Answer as GitHub would: who asks, what for, whether they may, and then the deed itself."""
    try:
        token = token_of(state, arrival)
        _require_known_version(arrival)
        if arrival.path in PATHS and arrival.method == "POST":
            return respond(Caller(state, links, token), arrival.body)
        route, values = _route(arrival)
        request = Request(
            state,
            links,
            token,
            arrival.path,
            values,
            Fields(arrival.query),
            arrival.body,
            arrival.headers.get("accept", ""),
            Fields(arrival.body if isinstance(arrival.body, dict) else {}),
            tell,
        )
        _require_allowed(request, route)
        answered = route.respond(request)
        if answered.status in _DONE:
            _require_understood(request)
        return answered
    except Refusal as refusal:
        return Answer(refusal.status, refusal.body, refusal.headers)


def _require_understood(request: Request) -> None:
    """Fail loudly rather than pass over what a real GitHub might act upon."""
    overlooked = {*request.query.overlooked, *request.fields.overlooked} - {"page", "per_page"}
    if overlooked:
        names = ", ".join(sorted(overlooked))
        raise NotImplementedError(f"The hub does not act on {names} of {request.path}.")


def token_of(state: State, arrival: Arrival) -> Token:
    scheme, _, value = arrival.headers.get("authorization", "").partition(" ")
    token = state.tokens.get(value) if scheme.lower() in ("token", "bearer") else None
    if token is None:
        raise bad_credentials()
    return token


def selected_version(arrival: Arrival) -> str:
    return arrival.headers.get("x-github-api-version", API_VERSIONS[0])


def _require_known_version(arrival: Arrival) -> None:
    version = selected_version(arrival)
    if version not in API_VERSIONS:
        raise Refusal(400, f"{version} is not a supported version of the API.")


def _route(arrival: Arrival) -> tuple[Route, dict[str, str]]:
    for route in ROUTES:
        values = route.match(arrival.method, arrival.path)
        if values is not None:
            return route, values
    raise not_found()


def _require_allowed(request: Request, route: Route) -> None:
    if route.needs is None:
        return
    if "owner" not in request.values:
        _require_member(request, route.needs)
        return
    repository, token = request.repository, request.token
    if repository.private and not token.reaches(repository.full_name):
        raise not_found()
    # an app's role is what its token grants; a person's is what the repository grants
    role = "write" if token.app else repository.role_of(token.owner.login)
    require(token, route.needs, private=repository.private, role=role)


def _require_member(request: Request, needs: str) -> None:
    """An organisation shows its teams to its own people, and to apps that may read them."""
    login, organisation = request.token.owner.login, request.values["org"]
    teams = [
        each for each in request.state.teams.values() if each.organisation.login == organisation
    ]
    member = login == organisation or any(login in team.members for team in teams)
    role = "read" if request.token.app or member else "none"
    require(request.token, needs, private=True, role=role)
