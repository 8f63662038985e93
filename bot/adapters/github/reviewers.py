"""Asking people and teams to look at a pull request."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from github import GithubException
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.adapters.github.accounts import login_of
from bot.adapters.github.client import explained
from bot.core.github.reviewers import Reviewers

_NEEDS = "pull-requests: write"
_PERSON, _TEAM = "requested_reviewer", "requested_team"
_PAGE = 100


class ReviewRequests:
    """The review requests of one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def known_reviewers(self, pull: int) -> Reviewers:
        """From the pull request's events: whoever was asked once and is not asked any more was
        taken off, or has answered."""
        with explained(f"read who was asked to review #{pull}", needs="pull-requests: read"):
            asked = [each for each in self._events(pull) if each.get("event") == "review_requested"]
            reviews = self._repository.get_pull(pull).get_reviews()
            users = [person["login"] for each in asked if (person := each.get(_PERSON))]
            users += [login for each in reviews if (login := login_of(each.user))]
            teams = [team["slug"] for each in asked if (team := each.get(_TEAM))]
            return Reviewers(tuple(users), tuple(teams))

    def _events(self, pull: int) -> Iterator[Mapping[str, Any]]:
        """As they are sent: PyGithub would ask again for each field that one of them lacks."""
        url = f"{self._repository.url}/issues/{pull}/events"
        for page in count(1):
            wanted = {"per_page": _PAGE, "page": page}
            _, found = self._repository.requester.requestJsonAndCheck("GET", url, wanted)
            yield from found
            if len(found) < _PAGE:
                return

    def ask_reviewers(self, pull: int, wanted: Reviewers) -> Reviewers:
        """GitHub takes all of them or none: if it does not take all, each is asked alone."""
        with explained(f"ask for a review of #{pull}", needs=_NEEDS):
            found = self._repository.get_pull(pull)
            if _taken(found, wanted):
                return Reviewers()
            refused = [each for each in _each(wanted) if not _taken(found, each)]
            return Reviewers(
                tuple(user for each in refused for user in each.users),
                tuple(team for each in refused for team in each.teams),
            )


def _taken(pull: PullRequest, wanted: Reviewers) -> bool:
    try:
        pull.create_review_request(reviewers=list(wanted.users), team_reviewers=list(wanted.teams))
    except GithubException as error:
        if error.status == 422:
            return False
        raise
    return True


def _each(wanted: Reviewers) -> Iterator[Reviewers]:
    yield from (Reviewers(users=(each,)) for each in wanted.users)
    yield from (Reviewers(teams=(each,)) for each in wanted.teams)
