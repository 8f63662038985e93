"""When a connection is lost: whether it was, and how long to try to get it back."""

from datetime import datetime, timedelta

from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import HistoryError, PostgresError
from bot.rollout.preflight.ready import READ_ONLY
from bot.rollout.telling.telling import Telling

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


def require_met(met: ServerFacts | None, facts: ServerFacts, target: Target) -> None:
    """Raises HistoryError if it is another database than was `met` before; a standby that took the
    place of its primary is the same."""
    if met is not None and not met.identity.is_same(facts.identity):
        raise HistoryError(
            f"After the connection was lost, another database answers for {target.name}: "
            f"{facts.database}, which is not a copy of {met.database}.",
            hint="Find out where the URL leads now; what was committed stays where it is.",
        )


class Patience:
    """How long a lost connection is tried to be had again: for PATIENCE, with longer pauses.

    And how often, if it is lost again each time before anything more is applied: it may be the
    migration that brings the server down.
    """

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._until: datetime | None = None
        self._pause = _FIRST_PAUSE
        self._lives = LIVES
        self._applied = 0
        self._inside = False

    def reached(self, applied: int) -> None:
        """The server answers, and so many migrations have been applied so far."""
        self._lives = LIVES if applied > self._applied else self._lives - 1
        self._applied = applied
        self._until, self._pause, self._inside = None, _FIRST_PAUSE, True

    def wait_after(self, error: PostgresError) -> None:
        """Raises the error if it is of another kind, or there is no patience left."""
        now = self._telling.world.now()
        self._until = self._until or now + PATIENCE
        # A standby that answers in the place of the primary may be about to become it.
        may_end = was_lost(error) or (error.sqlstate == READ_ONLY and not self._inside)
        if not may_end or now >= self._until or self._lives <= 0:
            raise error
        self._inside = False
        self._telling.lost(error, self._pause)
        self._telling.world.sleep(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
