"""One thread that looks after whatever takes long, be it one rollout or those of a whole fleet."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

NAME = "heartbeat"
_SECOND = 1.0


@dataclass(eq=False)
class _Beat:
    """`look` is not called once it is over."""

    look: Callable[[], None]
    over: bool = False
    busy: threading.Lock = field(default_factory=threading.Lock)


class Heart:
    """Calls what it is given about every `tick` seconds, one after the other. Its thread ends soon
    after nobody needs it any more."""

    def __init__(self, tick: float = _SECOND) -> None:
        self._tick = tick
        self._lock = threading.Lock()
        self._beats: list[_Beat] = []
        self._alive = False

    @contextmanager
    def beating(self, look: Callable[[], None]) -> Iterator[None]:
        """For the length of a block call `look`, which must not raise, from another thread."""
        beat = _Beat(look)
        self._begin(beat)
        try:
            yield
        finally:
            with self._lock:
                self._beats.remove(beat)
            beat.over = True
            # It may be looking right now, which ends by itself.
            if beat.busy.acquire(timeout=self._tick):
                beat.busy.release()

    def _begin(self, beat: _Beat) -> None:
        with self._lock:
            self._beats.append(beat)
            if not self._alive:
                threading.Thread(target=self._go_on, name=NAME, daemon=True).start()
                self._alive = True

    def _go_on(self) -> None:
        while True:
            time.sleep(self._tick)
            with self._lock:
                beats = list(self._beats)
                if not beats:
                    self._alive = False
                    return
            for each in beats:
                _look(each)


def _look(beat: _Beat) -> None:
    with beat.busy:
        if beat.over:
            return
        try:
            beat.look()
        except Exception:
            # It is told as that of any thread is; the others must not miss theirs.
            beat.over = True
            kind, error, trace = sys.exc_info()
            assert kind is not None
            threading.excepthook(threading.ExceptHookArgs((kind, error, trace, None)))
