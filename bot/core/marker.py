"""What a comment of the bot says of itself, so that it is found again and kept in order."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Marker:
    """`key` tells comments of several databases apart; `run` and `attempt` order the reports."""

    key: str
    sha: str = ""
    run: int = 0
    attempt: int = 0
    plan: str = ""

    @property
    def order(self) -> tuple[int, int]:
        """A report with a smaller order must never replace one with a greater."""
        return self.run, self.attempt


def database_key(repository_url: str, folder: str) -> str:
    """Tells a repository's database, by its migrations folder, from any other's."""
    return hashlib.sha256(f"{repository_url}|{folder}".encode()).hexdigest()[:16]
