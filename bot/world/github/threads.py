"""Conversations on lines of the files."""

from typing import Protocol

from bot.core.github.thread import Thread


class Threads(Protocol):
    def own_threads(self, pull: int) -> tuple[Thread, ...]:
        """Those the bot began, oldest first."""

    def settle_thread(self, thread: Thread) -> None:
        """Mark as settled: resolved where the token may, else folded away as resolved."""
