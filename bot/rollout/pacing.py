"""Waiting for standbys between batches, so that what reads from them does not read the past."""

from collections import deque
from datetime import datetime, timedelta

from bot.core.rollouts.replication import Replication, Standby
from bot.errors import PostgresError
from bot.rollout.locks import Locks

_POLL = 1.0
_TELL_EVERY = timedelta(seconds=30)
_MOST_MARKS = 10_000


class Pace:
    """`most` is the lag that is let pass, and `patience` how long one is waited for, both in
    milliseconds.

    A standby whose replay stands still goes on telling the lag it had before. So what was written
    when is kept, and a standby that has not replayed it by now is at least so far behind.
    """

    def __init__(self, locks: Locks, *, most: int, patience: int) -> None:
        self._database = locks.database
        self._world = locks.world
        self._steps = locks.steps
        self._most = most / 1000
        self._patience = timedelta(milliseconds=patience)
        self._marks: deque[tuple[datetime, int]] = deque(maxlen=_MOST_MARKS)
        self._told_unseen = False

    def wait(self, what: str) -> None:
        """Until every standby is near enough. Raises PostgresError where one does not catch up."""
        began = told = None
        while (behind := self._farthest()) is not None and behind[1] > self._most:
            name, lag = behind
            now = self._world.now()
            began = began or now
            if now - began > self._patience:
                raise PostgresError(
                    f"{what} stopped: the standby {name} is {lag:.0f} seconds behind and does not "
                    "catch up.",
                    hint="See why its replay does not go on (pg_stat_replication), or raise "
                    "`replicas.lag` of the target, or `max_lag` in the file.",
                )
            if told is None or now - told >= _TELL_EVERY:
                self._steps.waiting_for_replicas(
                    f"{what}: waiting for the standby {name}, which is {lag:.0f} seconds behind"
                )
                told = now
            self._world.sleep(_POLL)

    def _farthest(self) -> tuple[str, float] | None:
        now, found = self._world.now(), self._database.replication()
        self._tell_unseen(found)
        self._marks.append((now, found.written))
        lags = [(each.name, self._lag(each, now)) for each in found.standbys]
        slowest = min((each.replayed for each in found.standbys), default=found.written)
        while self._marks and self._marks[0][1] <= slowest:
            self._marks.popleft()
        return max(lags, key=lambda each: each[1], default=None)

    def _lag(self, standby: Standby, now: datetime) -> float:
        missed = (at for at, written in self._marks if written > standby.replayed)
        first = next(missed, now)
        return max(standby.lag or 0.0, (now - first).total_seconds())

    def _tell_unseen(self, found: Replication) -> None:
        if found.unseen and not self._told_unseen:
            self._told_unseen = True
            self._world.console.say(
                f"{found.unseen} of the standbys cannot be seen, so nothing waits for them: GRANT "
                "pg_monitor to the role that migrates"
            )
