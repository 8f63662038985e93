"""Labels of pull requests, and those a repository has to stick on."""

from github import GithubException
from github.Issue import Issue
from github.Repository import Repository

from bot.adapters.github.client import explained
from bot.core.github.label import Label

_NEEDS = "pull-requests: write"


class Labels:
    """The labels of one repository's pull requests."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def labels(self, pull: int) -> tuple[str, ...]:
        with explained(f"read the labels of #{pull}", needs="pull-requests: read"):
            return tuple(each.name for each in self._issue(pull).get_labels())

    def add_label(self, pull: int, label: Label) -> None:
        with explained(f"label #{pull}", needs=_NEEDS):
            self._make(label)
            self._issue(pull).add_to_labels(label.name)

    def remove_label(self, pull: int, name: str) -> None:
        with explained(f"take a label off #{pull}", needs=_NEEDS):
            try:
                self._issue(pull).remove_from_labels(name)
            except GithubException as error:
                if error.status != 404:
                    raise

    def _make(self, label: Label) -> None:
        """One that is there keeps the looks that somebody may have given it."""
        try:
            self._repository.create_label(label.name, label.colour, label.description)
        except GithubException as error:
            if error.status != 422:
                raise

    def _issue(self, pull: int) -> Issue:
        return self._repository.get_issue(pull)
