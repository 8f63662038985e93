"""Ends what runs too long, or takes too much: first it is cancelled, then cut off, then killed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import IntEnum
from threading import Event, Thread

import psycopg

from bot.adapters.postgres.connection import Connection
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal_order import Limits

CANCEL_SECONDS = 2.0
# How long each measure has to take effect before the next one.
UNTIL_TERMINATED = 1.0
UNTIL_KILLED = 2.0
LOOK_SECONDS = 0.1
# Looking takes at most a twentieth of the time.
LOOK_SHARE = 20
# What a backend that was ended may still write, as a share of the limit.
STILL_WRITTEN = 0.1


class _Measure(IntEnum):
    """What has been done about a statement, in the order of severity."""

    NONE = 0
    CANCELLED = 1
    TERMINATED = 2
    KILLED = 3


@dataclass(frozen=True)
class _Means:
    limits: Limits
    terminate: Callable[[int], None]
    disk_used: Callable[[], int]
    kill: Callable[[], None]


class Guard:
    """Watches one connection at a time, from a thread of its own.

    `discreet` says that the rows are real, so that nothing which may quote them is told.
    """

    discreet = False

    def __init__(
        self,
        limits: Limits,
        *,
        discreet: bool = False,
        terminate: Callable[[int], None],
        disk_used: Callable[[], int],
        kill: Callable[[], None],
    ) -> None:
        """`terminate` ends the backend of a process number; `kill` ends the server.

        All three return soon. Whatever they raise counts as not having worked.
        """
        self.discreet = discreet
        self._means = _Means(limits, terminate, disk_used, kill)
        self._ends = time.monotonic() + limits.total
        self._next_look = 0.0
        self._watch: _Watch | None = None

    @property
    def stopped(self) -> Stop | None:
        """Why what was watched last was ended; None if it was not."""
        return self._watch.stopped if self._watch else None

    @property
    def exhausted(self) -> bool:
        """Whether the time for everything is over, so that nothing more should be begun."""
        return time.monotonic() >= self._ends

    @property
    def limits(self) -> Limits:
        """What is left of the limits: the time that is over is not given a second time."""
        left = max(0.0, self._ends - time.monotonic())
        return replace(self._means.limits, total=left)

    @contextmanager
    def watching(self, connection: Connection, *, seconds: float | None = None) -> Iterator[None]:
        """For the length of a block: at most `seconds`, or the limit of a statement."""
        allowed = self._means.limits.statement if seconds is None else seconds
        watch = self._watch = _Watch(
            self._means,
            connection,
            deadline=min(time.monotonic() + allowed, self._ends),
            next_look=self._next_look,
        )
        thread = Thread(target=watch.run, name="guard", daemon=True)
        thread.start()
        try:
            yield
        except psycopg.Error:
            watch.settle()
            raise
        finally:
            watch.over.set()
            thread.join()
            self._next_look = watch.next_look


class _Watch:
    """One block that is watched: until when, and what was done about it."""

    def __init__(
        self, means: _Means, connection: Connection, *, deadline: float, next_look: float
    ) -> None:
        self._means = means
        self._connection = connection
        # Read here: a connection that has ended has no process number any more.
        self._pid = 0 if connection.closed else connection.info.backend_pid
        self._deadline = self._next_measure = deadline
        self._measure = _Measure.NONE
        self.next_look = next_look
        self.stopped: Stop | None = None
        self.over = Event()

    def run(self) -> None:
        while not self.over.wait(self._pause()):
            now = time.monotonic()
            if now >= self.next_look:
                self._look()
            if now >= self._next_measure and self._measure < _Measure.KILLED:
                self._take(_Measure(self._measure + 1), Stop.TIME)

    def settle(self) -> None:
        """It failed: if its time was over, for that, even where the server was quicker."""
        if self.stopped is None and time.monotonic() >= self._deadline:
            self.stopped = Stop.TIME

    def _pause(self) -> float:
        return max(0.0, min(self.next_look, self._next_measure) - time.monotonic())

    def _look(self) -> None:
        began = time.monotonic()
        used = 0
        with suppress(Exception):
            used = self._means.disk_used()
        took = time.monotonic() - began
        self.next_look = began + max(LOOK_SECONDS, took * LOOK_SHARE)
        most = self._means.limits.disk
        # A cancelled statement may go on: what fills a disk is not asked twice.
        if used > most and self._measure < _Measure.TERMINATED:
            self._take(_Measure.TERMINATED, Stop.DISK)
        elif used > most * (1 + STILL_WRITTEN) and self._measure < _Measure.KILLED:
            self._take(_Measure.KILLED, Stop.DISK)

    def _take(self, measure: _Measure, why: Stop) -> None:
        self.stopped = self.stopped or why
        self._measure = measure
        grace = UNTIL_TERMINATED if measure is _Measure.CANCELLED else UNTIL_KILLED
        with suppress(Exception):
            if measure is _Measure.CANCELLED:
                self._connection.cancel_safe(timeout=CANCEL_SECONDS)
            elif measure is _Measure.TERMINATED:
                self._means.terminate(self._pid)
            else:
                self._means.kill()
        done = measure is _Measure.KILLED
        self._next_measure = float("inf") if done else time.monotonic() + grace
