"""How far a program is that writes a backup: shown where somebody watches, else a line at times."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.backups.prediction import so_far

_WATCHED_SECONDS = 0.5
_LINE_SECONDS = 20.0


@dataclass
class Telling:
    """`say` writes a line, `follow` shows one in the place of the last. `predicted` is in bytes."""

    say: Callable[[str], None]
    follow: Callable[[str], None] | None
    predicted: int
    _began: float = field(default_factory=time.monotonic)
    _said: float = field(default_factory=time.monotonic)

    @property
    def pause(self) -> float:
        """Seconds until it is worth telling again."""
        return _WATCHED_SECONDS if self.follow is not None else _LINE_SECONDS

    def so_far(self, written: int) -> None:
        now = time.monotonic()
        text = so_far(written, self.predicted, now - self._began)
        if self.follow is not None:
            self.follow(text)
        elif now - self._said >= _LINE_SECONDS:
            self.say(text)
            self._said = now
