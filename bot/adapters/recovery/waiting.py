"""Waiting for a vendor to finish: told how far it is, and given up in the end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.duration import duration
from bot.errors import BackupError

_PAUSE_SECONDS = 5.0
_LINE_SECONDS = 30.0


@dataclass(frozen=True)
class Waiting:
    """`seconds` is how long at most. `note` is told how far it is, now and then."""

    note: Callable[[str], None]
    seconds: float = 3600.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def until(self, done: Callable[[], str], what: str) -> None:
        """Until `done` answers "", and not how far it is. Raises BackupError at the end."""
        began = said = self.clock()
        self.note(f"waiting for {what}")
        while (state := done()) != "":
            now = self.clock()
            if now - began >= self.seconds:
                raise BackupError(
                    f"{what} was not there after {duration(self.seconds)}: it is {state}.",
                    hint="It may still be made: see there, and raise `backup.timeout`.",
                )
            if now - said >= _LINE_SECONDS:
                self.note(f"{what} is {state}, after {duration(now - began)}")
                said = now
            self.sleep(_PAUSE_SECONDS)
