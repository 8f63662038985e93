"""Getting the locks of a transaction: nobody who uses the database waits longer than the target's
lock_timeout because of us. One attempt to send an autovacuum away may take deadlock_timeout longer.

First those are waited for who would keep us waiting: they are looked for, not queued behind. Then
all locks that can be are taken at once, in a short attempt that is given up and begun again if
somebody was faster. There is never a fall-back to waiting without a limit: that is what blocks an
application.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.migrations.effects import LockMode
from bot.core.migrations.statement import Statement
from bot.core.rollouts.blocker import Blocker, Blocking, Need
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.rollout.telling.steps import Steps
from bot.world import Database, World

LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK_DETECTED = "40P01"
_SERIALIZATION_FAILURE = "40001"
# What another attempt may get past.
_PASSING = {
    LOCK_NOT_AVAILABLE: "a lock is taken",
    DEADLOCK_DETECTED: "a lock is taken",
    _SERIALIZATION_FAILURE: "another transaction got there first",
}

# Transactions of an application are shorter, in seconds: those that are not are waited for.
_LONG = 0.2
_LONG_FOR_CONCURRENTLY = 60.0
_POLL = 0.25
_REPORT_EVERY = timedelta(seconds=10)
# Long enough for the queue that built up behind the attempt to drain.
_PAUSE = (0.3, 0.7)
# What autovacuum needs to end once it was told to, in milliseconds.
_TO_STEP_BACK = 300

_CHANGING_ROWS = {"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "DoStmt", "CallStmt"}


def needs_of(judged: JudgedMigration, statements: Sequence[Statement]) -> tuple[Need, ...]:
    """The strongest lock on each relation that was there before what is pending.

    None where the file chooses its own isolation: that must be the first thing in a transaction.
    """
    places = {each.index for each in statements}
    chosen = [each for each in judged.statements if each.statement.index in places]
    if any(_chooses_isolation(each.statement) for each in chosen):
        return ()
    needs: dict[str, Need] = {}
    early = True
    for each in chosen:
        for lock in (*each.effects.locks, *each.effects.if_rows):
            known = needs.get(lock.relation)
            if not lock.new and (known is None or known.mode < lock.mode):
                needs[lock.relation] = Need(lock.relation, lock.mode, early)
        early = early and not _lets_others_go_on(each)
    return tuple(sorted(needs.values()))


@dataclass(frozen=True)
class Locks:
    """What locks are needed, and for what: a migration's name. `steps` is told of whoever is in
    the way."""

    needs: tuple[Need, ...]
    what: str
    database: Database
    target: Target
    world: World
    steps: Steps


def with_locks(attempt: Callable[[], None], locks: Locks) -> int:
    """Run `attempt` until it gets its locks; returns how often it was begun.

    Raises PostgresError that names who is in the way when the target's lock budget is used up, or
    if it is an autovacuum that must not be put off. The attempt has left nothing then.
    """
    wait = _Wait(locks)
    tried = 0
    while True:
        patience = wait.until_free()
        tried += 1
        try:
            with locks.database.lock_patience(patience):
                attempt()
        except PostgresError as error:
            if error.sqlstate not in _PASSING:
                raise
            if wait.over and error.sqlstate == _SERIALIZATION_FAILURE:
                raise
            if wait.over:
                raise wait.given_up(tried) from error
            why = _PASSING[error.sqlstate]
            locks.steps.retry(tried, f"{locks.what}: {why}, trying again (attempt {tried})")
            locks.world.sleep(random.uniform(*_PAUSE))  # noqa: S311 - jitter, not a secret
        else:
            return tried


def wait_before_concurrently(locks: Locks) -> None:
    """Wait for old transactions on the tables of a statement that runs concurrently.

    It would wait for them itself, for as long as they take, in a state that a cut leaves behind.
    Raises as with_locks.
    """
    everybody = tuple(Need(each.relation, LockMode.ACCESS_EXCLUSIVE) for each in locks.needs)
    _Wait(replace(locks, needs=everybody), _LONG_FOR_CONCURRENTLY).until_free()


@dataclass
class _Wait:
    """Waiting for those in the way, within the lock budget from when this was made."""

    locks: Locks
    long: float = _LONG
    seen: tuple[Blocker, ...] = ()
    _displaced: set[int] = field(default_factory=set)
    _told: datetime | None = None

    def __post_init__(self) -> None:
        self._begun = self.locks.world.now()
        self._deadline = self._begun + timedelta(milliseconds=self.locks.target.lock_budget)

    @property
    def over(self) -> bool:
        return self.locks.world.now() >= self._deadline

    def until_free(self) -> int:
        """Returns how many milliseconds an attempt may wait for its locks."""
        while self.locks.needs:
            found = self.locks.database.blockers(self.locks.needs, self._long_by_now())
            self.seen = found or self.seen
            self._refuse_wraparound(found)
            if not found:
                break
            if all(each.kind is Blocking.AUTOVACUUM for each in found):
                pids = {each.pid for each in found}
                if not pids <= self._displaced:
                    self._displaced |= pids
                    return self._long_enough_to_displace(found)
            if self.over:
                raise self.given_up(0)
            self._tell(found)
            self.locks.world.sleep(_POLL)
        return self.locks.target.lock_timeout

    def _long_by_now(self) -> float:
        """Where there is always somebody, those who come and go must not keep us out for ever."""
        waited = (self.locks.world.now() - self._begun).total_seconds()
        return max(self.long, waited / 10)

    def given_up(self, tried: int) -> PostgresError:
        attempts = f" in {tried} attempts" if tried else ""
        seen = self.locks.database.blockers(self.locks.needs, 0.0) or self.seen
        there = "; ".join(str(each) for each in seen) or "nobody for long"
        return PostgresError(
            f"{self.locks.what} did not get its locks{attempts} within "
            f"{self.locks.target.lock_budget / 1000:g} s, and did not run without. "
            f"In the way: {there}.",
            hint=_advice(seen),
            sqlstate=LOCK_NOT_AVAILABLE,
        )

    def _tell(self, found: Sequence[Blocker]) -> None:
        now = self.locks.world.now()
        if self._told is not None and now - self._told < _REPORT_EVERY:
            return
        self._told = now
        there = "; ".join(str(each) for each in found)
        self.locks.steps.blocked(f"{self.locks.what} waits, and nobody behind it: {there}")

    def _long_enough_to_displace(self, found: Sequence[Blocker]) -> int:
        """One attempt: the server sends autovacuum away only for somebody who waits so long."""
        patience = self.locks.database.deadlock_timeout() + _TO_STEP_BACK
        names = "; ".join(str(each) for each in found)
        self.locks.steps.blocked(
            f"{self.locks.what}: {names}. It steps back for who waits long enough: this attempt "
            f"may wait {patience / 1000:g} s."
        )
        return max(patience, self.locks.target.lock_timeout)

    def _refuse_wraparound(self, found: Sequence[Blocker]) -> None:
        for each in found:
            if each.kind is Blocking.WRAPAROUND:
                raise PostgresError(
                    f"{self.locks.what} was not begun: {each}, to prevent transaction id "
                    "wraparound.",
                    hint="This autovacuum must not be put off. Follow it in "
                    "pg_stat_progress_vacuum, and run this again when it is done.",
                )


def _advice(seen: Sequence[Blocker]) -> str:
    """What helps against the oldest of them."""
    if not seen:
        return (
            "See in pg_stat_activity and pg_locks who comes and goes, or choose a quieter hour, "
            "and run it again; or raise the target's lock_timeout."
        )
    first = seen[0]
    if first.kind is Blocking.PREPARED:
        return (
            "Nobody is left to end it: find out what prepared it, then COMMIT PREPARED or "
            f"ROLLBACK PREPARED '{first.application}', and run this again."
        )
    if first.kind is Blocking.AUTOVACUUM:
        return "Run this again when it is done; pg_stat_progress_vacuum shows how far it is."
    return (
        f"Let it end, or end it (`SELECT pg_cancel_backend({first.pid})`, then "
        f"`pg_terminate_backend({first.pid})`), and run this again; or raise the target's "
        "lock_budget."
    )


def _lets_others_go_on(judged: JudgedStatement) -> bool:
    """Whether it goes through rows that were there while others read and write: they should not be
    kept out meanwhile by the lock of a later statement."""
    effects = judged.effects
    modes = [each.mode for each in (*effects.locks, *effects.if_rows) if not each.new]
    long = bool(effects.scans) or judged.statement.node in _CHANGING_ROWS
    return long and bool(modes) and not max(modes).blocks


def _chooses_isolation(statement: Statement) -> bool:
    name = statement.tree.get("name")
    return statement.node == "VariableSetStmt" and name in ("TRANSACTION", "transaction_isolation")
