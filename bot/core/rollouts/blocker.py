"""Who stands between a migration and the locks that it needs."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.migrations.effects import LockMode


@dataclass(frozen=True, order=True)
class Need:
    """The strongest lock that will be taken on a relation that is there already, `schema.name` as
    the catalogue stores it.

    `early` says that it is taken before the first statement. It is not where rows are changed
    first: those who could go on meanwhile would be kept out for all of it.
    """

    relation: str
    mode: LockMode
    early: bool = True


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
    """One that holds a lock in a conflicting mode, or waits for one before us. `age` is seconds
    since its transaction began; `query` has no literals, and is "" if it may not be seen. `pid` is
    0 for a prepared transaction, whose name is in `application`. Without a `relation` it is waited
    for because of what it may still see."""

    kind: Blocking
    pid: int
    relation: str = ""
    mode: LockMode = LockMode.ACCESS_SHARE
    age: float = 0.0
    application: str = ""
    user: str = ""
    state: str = ""
    query: str = ""

    def __str__(self) -> str:
        """process 4711 (psql, user app, idle in transaction, for 12 s) has AccessShareLock on
        public.orders: SELECT * FROM orders WHERE id = ?"""
        query = f": {self.query}" if self.query else ""
        lock = f" has {self.mode.label} on {self.relation}" if self.relation else ""
        return f"{self.name}{lock}{query}"

    @property
    def name(self) -> str:
        if self.kind is Blocking.PREPARED:
            return f"the prepared transaction {self.application!r} (for {self.age:.0f} s)"
        if self.kind is not Blocking.SESSION:
            return f"autovacuum, process {self.pid} (for {self.age:.0f} s)"
        user = f"user {self.user}" if self.user else ""
        known = [each for each in (self.application, user, self.state) if each]
        return f"process {self.pid} ({', '.join([*known, f'for {self.age:.0f} s'])})"
