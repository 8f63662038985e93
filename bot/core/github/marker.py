"""What a comment of the bot says of itself, so that it is found again and kept in order."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Marker:
    """`key` tells comments of several databases apart; `run` and `attempt` order the reports.
    `rehearsed` is the run that has rehearsed what the comment is about, 0 if none has: what it
    found is not in later reports, which point there. `end` is what ends the text that it is of, ""
    where that is the whole comment.
    """

    key: str
    sha: str = ""
    run: int = 0
    attempt: int = 0
    plan: str = ""
    rehearsed: int = 0
    end: str = ""

    @property
    def order(self) -> tuple[int, int]:
        """A report with a smaller order must never replace one with a greater."""
        return self.run, self.attempt


def database_key(repository_url: str, folder: str) -> str:
    """Tells a repository's database, by its migrations folder, from any other's."""
    return hashlib.sha256(f"{repository_url}|{folder}".encode()).hexdigest()[:16]


def whole_key(repository_url: str) -> str:
    """Tells the one comment on all databases of a repository from those on one of them."""
    return hashlib.sha256(f"{repository_url}||all databases".encode()).hexdigest()[:16]
