"""The people of a repository: what each may do, their teams, and what their profile shows."""

from typing import Protocol

from bot.core.approvals.approval_policy import Permission


class People(Protocol):
    def permission_of(self, login: str) -> Permission:
        """What somebody may do in the repository today."""

    def in_team(self, team: str, login: str) -> bool:
        """Whether somebody is in a team, `organization/slug`. Raises GitHubError if its members
        cannot be read."""

    def profile_of(self, login: str) -> tuple[frozenset[str], frozenset[str]]:
        """The names and the e-mail addresses that somebody's profile shows."""
