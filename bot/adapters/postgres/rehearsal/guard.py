"""Ends what runs too long, or takes too much: first it is cancelled, then cut off, then killed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.adapters.postgres.connection import Connection
from bot.core.rehearsal import Stop
from bot.core.rehearsal_order import Limits


class Guard:
    """Watches one connection at a time, from a thread of its own."""

    def __init__(
        self,
        limits: Limits,
        *,
        terminate: Callable[[int], None],
        disk_used: Callable[[], int],
        kill: Callable[[], None],
    ) -> None:
        """`terminate` ends the backend of a process number; `kill` ends the server."""
        raise NotImplementedError

    @property
    def stopped(self) -> Stop | None:
        """Why what was watched last was ended; None if it was not."""
        raise NotImplementedError

    @property
    def exhausted(self) -> bool:
        """Whether the time for everything is over, so that nothing more should be begun."""
        raise NotImplementedError

    @contextmanager
    def watching(self, connection: Connection, *, seconds: float | None = None) -> Iterator[None]:
        """For the length of a block: at most `seconds`, or the limit of a statement."""
        raise NotImplementedError
        yield
