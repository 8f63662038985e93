"""What a tenant's failure means for it, and for the others of its wave."""

from enum import Enum

from bot.errors import BotError, GateClosed, HistoryError, PostgresError

MOST_ATTEMPTS = 3

# Constraints (23) and values (22) that this tenant's rows break, or this tenant's own way in: a
# password that is wrong (28), a database that is not there (3D).
_ITS_OWN = ("22", "23", "28", "3D")
# Locks and deadlocks, connections, a server that is going down or coming up, or has no room left
# for one more session.
_PASSING = ("08", "40", "55P03", "57P01", "57P02", "57P03", "57P05", "53300")


class Meaning(Enum):
    """`RETRY`: at the end of the queue, a few times. `PARK`: leave it as it is and go on. `CLOSE`:
    a gate, the same for all. `STOP`: nobody knows, so no more are begun."""

    RETRY = "retry"
    PARK = "park"
    CLOSE = "close"
    STOP = "stop"


def meaning_of(error: BotError) -> Meaning:
    """PostgreSQL's code decides; a tenant whose history disagrees is left for a person to see."""
    if isinstance(error, GateClosed):
        return Meaning.CLOSE
    if isinstance(error, HistoryError):
        return Meaning.PARK
    if not isinstance(error, PostgresError):
        return Meaning.STOP
    code = error.sqlstate or ""
    if code.startswith(_ITS_OWN):
        return Meaning.PARK
    return Meaning.RETRY if code.startswith(_PASSING) else Meaning.STOP
