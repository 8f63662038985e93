"""Who stands between a migration and the locks that it needs."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.effects import LockMode


@dataclass(frozen=True, order=True)
class Need:
    """The strongest lock that will be taken on a relation that is there already, `schema.name` as
    the catalogue stores it."""

    relation: str
    mode: LockMode


class Blocking(StrEnum):
    """`AUTOVACUUM` steps back when somebody waits for longer than deadlock_timeout; `WRAPAROUND`,
    an autovacuum that must not be put off, does not. `PREPARED` is a transaction that no session
    holds open any more (PostgreSQL, PREPARE TRANSACTION)."""

    SESSION = "session"
    AUTOVACUUM = "autovacuum"
    WRAPAROUND = "wraparound"
    PREPARED = "prepared"


@dataclass(frozen=True)
class Blocker:
    """One that holds a lock in a conflicting mode. `age` is seconds since its transaction began;
    `query` has no literals, and is "" if it may not be seen. `pid` is 0 for a prepared transaction,
    whose name is in `application`."""

    kind: Blocking
    pid: int
    relation: str
    mode: LockMode
    age: float
    application: str = ""
    user: str = ""
    state: str = ""
    query: str = ""
