"""When a connection is lost: whether it was, and how long to try to get it back."""

from datetime import datetime, timedelta

from bot.errors import PostgresError
from bot.rollout.preflight import READ_ONLY
from bot.world import World

# Long enough for a standby to take over, and for the lost session to end on the server: with
# client_connection_check_interval that takes seconds.
PATIENCE = timedelta(minutes=2)
LIVES = 4
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0

# Ended by an administrator, by a crash or by a timeout; starting or stopping; full.
_GONE = {"57P01", "57P02", "57P03", "57P05", "25P03", "25P04", "53300"}


def was_lost(error: PostgresError) -> bool:
    """Whether it says nothing about the statement: the session ended, or could not begin."""
    state = error.sqlstate or ""
    return state.startswith("08") or state in _GONE


def may_come_back(error: PostgresError) -> bool:
    """The same while a server is being replaced: one that is not yet the primary becomes it."""
    return was_lost(error) or error.sqlstate == READ_ONLY


class Patience:
    """How long a lost connection is tried to be had again: for PATIENCE, with longer pauses.

    And how often, if it is lost again each time before anything more is applied: it may be the
    migration that brings the server down.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._until: datetime | None = None
        self._pause = _FIRST_PAUSE
        self._lives = LIVES
        self._applied = 0

    def reached(self, applied: int) -> None:
        """The server answers, and so many migrations have been applied so far."""
        self._lives = LIVES if applied > self._applied else self._lives - 1
        self._applied = applied
        self._until, self._pause = None, _FIRST_PAUSE

    def wait_after(self, error: PostgresError) -> None:
        """Raises the error if it is of another kind, or there is no patience left."""
        now = self._world.now()
        self._until = self._until or now + PATIENCE
        if not may_come_back(error) or now >= self._until or self._lives <= 0:
            raise error
        self._world.console.say(f"{error.message} I try again, and go on where it stopped.")
        self._world.sleep(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
