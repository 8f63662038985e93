"""Pull requests, and who thinks what of them."""

from collections.abc import Mapping
from typing import Protocol

from bot.core.approval import PullFacts
from bot.core.pull import Pull


class Pulls(Protocol):
    def pull(self, number: int) -> Pull: ...
    def pull_of(self, commit: str) -> Pull | None:
        """The merged pull request that brought a commit; None if it was pushed without one."""

    def open_pulls_at(
        self, head: str, *, branch: str, owner: str, repository: int
    ) -> tuple[Pull, ...]:
        """The open pull requests whose head is that commit, on that branch of the repository with
        that id; none if the branch has moved on."""

    def open_pulls(self, base_name: str, *, limit: int) -> tuple[Pull, ...]:
        """The open pull requests to a branch that changed last, at most that many."""

    def facts(self, pull: Pull, paths: Mapping[str, str]) -> PullFacts:
        """What approvals are judged by; `paths` maps migrations' names to their scripts."""
