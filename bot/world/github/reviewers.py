"""Who was asked to look at a pull request."""

from typing import Protocol

from bot.core.github.reviewers import Reviewers


class ReviewRequests(Protocol):
    def known_reviewers(self, pull: int) -> Reviewers:
        """Everybody who was ever asked, by whomever, and who reviewed it unasked."""

    def ask_reviewers(self, pull: int, wanted: Reviewers) -> Reviewers:
        """Ask for their reviews, and return those whom GitHub does not let be asked."""
