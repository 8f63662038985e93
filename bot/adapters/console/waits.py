"""What is being waited for: nothing is said of what is over soon."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.core.waited import waited


@dataclass(frozen=True)
class Pace:
    """In seconds: until anything is told, and between two tellings on a terminal and in a log."""

    patience: float = 2.0
    watched: float = 0.5
    line: float = 20.0


@dataclass
class _Wait:
    text: str
    of: int
    done: int = 0
    began: float = field(default_factory=time.monotonic)
    thread: int = field(default_factory=threading.get_ident)

    def count(self) -> None:
        self.done += 1

    @property
    def words(self) -> str:
        seconds = time.monotonic() - self.began
        return waited(self.text, seconds, done=self.done, of=self.of)


class Waits:
    """Those that are under way, one within the other: told of is the innermost, and nothing that
    other threads wait for meanwhile."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._open: list[_Wait] = []

    @contextmanager
    def waiting(
        self, text: str, of: int, tell: Callable[[str], None], *, watched: bool
    ) -> Iterator[Callable[[], None]]:
        """`tell` is called from another thread, and not any more once this is over."""
        wait, over = _Wait(text, of), threading.Event()
        self._open.append(wait)
        teller = threading.Thread(
            target=self._tell, args=(wait, over, tell), kwargs={"watched": watched}, daemon=True
        )
        teller.start()
        try:
            yield wait.count
        finally:
            over.set()
            self._open.remove(wait)
            teller.join()

    def _tell(
        self, wait: _Wait, over: threading.Event, tell: Callable[[str], None], *, watched: bool
    ) -> None:
        pace = self._pace
        pause = pace.patience
        while not over.wait(pause):
            pause = pace.watched if watched else pace.line
            if self._innermost() is wait:
                tell(wait.words)

    def _innermost(self) -> _Wait | None:
        found = list(self._open)
        return next((each for each in reversed(found) if each.thread == found[0].thread), None)
