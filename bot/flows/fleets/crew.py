"""Threads that go through the tenants of a wave, and one that watches."""

import threading
from collections.abc import Callable

from bot.core.targets.fleet import Tenant
from bot.fleet.turns import Turns

# Between two looks at how far it is, in seconds.
_TICK = 0.5
# What a rollout may take to come to its end when the run is interrupted. A runner gives 7.5 s; what
# is not done by then is ended with the process, and its transaction with it.
_GRACE = 5.0


class Crew:
    """Does `work` for each tenant whose turn it is; `work` says whether to put it at the end."""

    def __init__(self, turns: Turns, work: Callable[[Tenant], bool]) -> None:
        self._turns = turns
        self._work = work
        # One lock, and two things to wait for: room for one more, and the end.
        self._lock = threading.Lock()
        self._room = threading.Condition(self._lock)
        self._ended = threading.Condition(self._lock)
        self._fault: BaseException | None = None

    def run(self, threads: int, tick: Callable[[], None]) -> None:
        """Until nobody is left, or the turns were stopped and those at work have come to an end.

        `tick` is called now and then. Raises what `work` raises, and KeyboardInterrupt.
        """
        for _ in range(threads):
            # They must not outlive the process: whoever ends it means all of it.
            threading.Thread(target=self._go_on, daemon=True).start()
        try:
            while not self._wait(_TICK):
                tick()
        except BaseException:
            self.stop()
            self._wait(_GRACE)
            raise
        if self._fault is not None:
            raise self._fault

    def stop(self) -> None:
        """Nobody else is begun."""
        with self._lock:
            self._turns.stop()
            self._room.notify_all()
            self._ended.notify_all()

    def _wait(self, seconds: float) -> bool:
        with self._lock:
            return self._ended.wait_for(lambda: self._turns.over, seconds)

    def _go_on(self) -> None:
        tenant = self._next()
        while tenant is not None:
            again = False
            try:
                again = self._work(tenant)
            except BaseException as error:
                self._fault = self._fault or error
                self.stop()
            tenant = self._next(tenant, again=again)

    def _next(self, done: Tenant | None = None, *, again: bool = False) -> Tenant | None:
        """Give one back and take another, as soon as there is one for whom there is room."""
        with self._lock:
            if done is not None:
                self._turns.done(done, again=again)
            while (tenant := self._turns.next()) is None and not self._turns.over:
                self._room.wait()
            if tenant is None:
                self._room.notify_all()
                self._ended.notify_all()
            elif done is not None:
                # It may be elsewhere that this one found work, and left room.
                self._room.notify()
            return tenant
