"""Where a rollout writes for machines to read."""

from collections.abc import Mapping
from typing import Protocol

from bot.core.rollouts.rollout_log import Value


class RolloutLog(Protocol):
    """Lines of JSON, each there when it is written: the log is whole up to the last one, whatever
    ends the process. What goes wrong with it never harms a rollout."""

    @property
    def wanted(self) -> bool:
        """Whether anybody asked for it."""

    def open(self) -> None:
        """Raises UsageError if it cannot be written to; done before anything else is."""

    def write(self, content: Mapping[str, Value]) -> None: ...
    def at(self, path: str) -> "RolloutLog":
        """The same in a file that somebody names."""


class NoLog:
    """Nobody asked for one."""

    wanted = False

    def open(self) -> None:
        """There is nothing to open."""

    def write(self, content: Mapping[str, Value]) -> None:
        """There is nowhere to write to."""

    def at(self, path: str) -> RolloutLog:
        return self
