"""Asking people and teams to look at a pull request."""

from collections.abc import Iterator

from github import GithubException
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.adapters.github.client import explained
from bot.core.reviewers import Reviewers

_NEEDS = "pull-requests: write"


class ReviewRequests:
    """The review requests of one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def known_reviewers(self, pull: int) -> Reviewers:
        """From the pull request's events: whoever was asked once and is not asked any more was
        taken off, or has answered."""
        with explained(f"read who was asked to review #{pull}", needs="pull-requests: read"):
            asked = [
                (each.requested_reviewer, each.requested_team)
                for each in self._repository.get_issue(pull).get_events()
                if each.event == "review_requested"
            ]
            reviews = self._repository.get_pull(pull).get_reviews()
            users = [each.login for each, _ in asked if each is not None]
            users += [each.user.login for each in reviews if each.user is not None]
            teams = [each.slug for _, each in asked if each is not None]
            return Reviewers(tuple(users), tuple(teams))

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
