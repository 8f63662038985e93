"""Pull requests, and who thinks what of them."""

from collections.abc import Mapping
from typing import Protocol

from bot.core.approvals.approval import PullFacts
from bot.core.github.pull import Pull


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
        """What the pull request itself says: its people, opinions and texts. `paths` maps
        migrations' names to their scripts. Of the reviewers nothing but their opinions."""

    def scripts(self, commit: str, paths: Mapping[str, str]) -> Mapping[str, str]:
        """The texts of scripts at a commit, by migration; those that are not there are left out."""

    def codeowners(self, pull: Pull) -> str:
        """The CODEOWNERS file that holds for a pull request: that of its base branch, without what
        it changes itself. "" if there is none."""
