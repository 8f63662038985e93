"""What people say on a pull request, and the signs that the bot answers with."""

from typing import Protocol

from bot.core.github.said import Reaction, Remark


class Conversation(Protocol):
    def remarks(self, pull: int) -> tuple[Remark, ...]:
        """Every comment, oldest first."""

    def remark(self, comment: int) -> Remark | None:
        """One comment as it is now; None if it is gone."""

    def reactions(self, comment: int) -> frozenset[Reaction]:
        """The bot's own signs on a comment."""

    def react(self, comment: int, reaction: Reaction) -> None:
        """Leave a sign; one that is there already stays."""
