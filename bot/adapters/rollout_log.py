"""The machine-readable log of rollouts: a file to which a line is added for each event."""

import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from bot.core.rollouts.rollout_log import Value, line_of
from bot.errors import UsageError

VARIABLE = "MIGRATION_BOT_LOG"
_STANDARD_ERROR = 2


class RolloutLogFile:
    """See world.RolloutLog. `path` is None where nobody asked for a file. `clean` strikes secrets
    out of every text. `aloud` says that machines read standard error, which gets the lines too."""

    def __init__(
        self, path: str | None, clean: Callable[[str], str], *, aloud: bool = False
    ) -> None:
        self._path = path
        self._clean = clean
        self._aloud = aloud
        self._descriptor: int | None = None
        self._lock = threading.Lock()

    @property
    def wanted(self) -> bool:
        return self._path is not None or self._aloud

    def at(self, path: str) -> "RolloutLogFile":
        return RolloutLogFile(path, self._clean, aloud=self._aloud)

    def open(self) -> None:
        if self._path is None or self._descriptor is not None:
            return
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        try:
            self._descriptor = os.open(self._path, flags, 0o644)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "that is no path"
            raise UsageError(
                f"The log {self._path} cannot be written to: {reason}.",
                hint="Name a file in a directory that is there, and that you may write to.",
            ) from None

    def write(self, content: Mapping[str, Value]) -> None:
        """Handed to the system in one piece, past every buffer of ours, so that a run that is
        killed leaves no half line and several runs may write to one file."""
        if self._descriptor is None and not self._aloud:
            return
        data = f"{line_of(content, self._clean)}\n".encode("utf-8", "replace")
        with self._lock:
            if self._descriptor is not None:
                _hand_over(self._descriptor, data)
            if self._aloud:
                # What was said before stands before it.
                with suppress(OSError, ValueError):
                    sys.stderr.flush()
                _hand_over(_STANDARD_ERROR, data)


def _hand_over(descriptor: int, data: bytes) -> None:
    with suppress(OSError):
        while data:
            data = data[os.write(descriptor, data) :]
