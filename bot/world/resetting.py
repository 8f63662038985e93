"""The place that is reset, as the procedure sees it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from bot.core.resets.scene import Clearing, Scene
from bot.core.targets.target import Target


class ResetSite(Protocol):
    """A development target's database. Raises PostgresError."""

    @property
    def address(self) -> tuple[str, int, str]:
        """Where its connection string leads: host, port, database."""

    def scene(self) -> Scene:
        """What is there now, and who. Sessions that are about to leave are given a moment."""

    def exclusively(self, note: Callable[[str], None]) -> AbstractContextManager[None]:
        """Hold the migration lock."""

    def clear(self, clearing: Clearing) -> int:
        """Take everything out in one transaction, which also writes down the owners and rights that
        are to be given back; how many. Only under the lock."""

    def give_back(self) -> tuple[int, tuple[str, ...]]:
        """Give back what was written down and can be: how much, and what was refused. After it
        nothing of the reset is left in the database."""


class Resetting(Protocol):
    """Opens the places that are reset."""

    def at(self, target: Target) -> AbstractContextManager[ResetSite]: ...
