"""The bot's own comments, in the conversation and on lines of the files."""

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.core.github.pull import Comment, LineComment


class Comments(Protocol):
    def own_comments(self, pull: int) -> tuple[Comment, ...]: ...
    def create_comment(self, pull: int, body: str, *, mine: Callable[[str], bool]) -> None:
        """Write a comment; `mine` recognises it, so that a lost answer is not written twice."""

    def edit_comment(self, pull: int, comment: int, body: str) -> None: ...
    def delete_comment(self, pull: int, comment: int) -> None: ...
    def own_line_comments(self, pull: int) -> tuple[Comment, ...]:
        """The bot's own comments on lines of the files, of every review it left."""

    def comment_lines(
        self, pull: int, commit: str, comments: Sequence[LineComment], *, introduction: str
    ) -> None:
        """Leave a review of that commit, without a verdict, that holds these comments."""
