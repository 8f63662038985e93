"""The repository's own settings, as far as a token may see them."""

from typing import Protocol

from bot.core.doctor.hosting import RepositoryLook


class Looking(Protocol):
    def look(self, environments: tuple[str, ...]) -> RepositoryLook:
        """What is refused of the rest is in the answer; raises GitHubError without a repository."""
