"""Runs a hook: a command of the configuration, in the checkout, for so long, and heard throughout.

It has no input and no secret, and ends with us: whatever it has started ends with it.
"""

import os
import re
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.core.targets.hooks import HookName
from bot.errors import UsageError

_LOOK_SECONDS = 0.25
_BLOCK = 1 << 16
# A line that never ends is shown in pieces, and of what has no end the beginning.
_LONGEST_LINE = 2000
_MOST_LINES = 5000
_LAST_LINES = 5
_BREAK = re.compile(rb"[\r\n]+")
# Colours and the like, which some programs write although they are asked not to.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_PLAIN = {
    "NO_COLOR": "1",
    "CHECKPOINT_DISABLE": "1",
    "PRISMA_HIDE_UPDATE_MESSAGE": "1",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
}
_MISSING = (127, 126)


@dataclass(frozen=True)
class Listener:
    """Who is told of a hook: each line it says, and as it goes on how many seconds it has taken."""

    line: Callable[[str], None]
    going: Callable[[float], None]


def run_hook(
    name: HookName,
    words: Sequence[str],
    *,
    place: Path,
    environ: Mapping[str, str],
    seconds: float,
    listener: Listener,
) -> None:
    """Raises UsageError if it cannot be run, fails, or takes longer than `seconds`."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a command of the configuration, and no shell
            list(words),
            cwd=place,
            env={**environ, **_PLAIN},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _not_to_be_run(name, words, reason) from None
    assert process.stdout is not None
    with process.stdout as out:
        heard = _Heard(out, listener)
        try:
            ended = heard.until(process, seconds)
        finally:
            _end(process)
        heard.rest()
    if not ended:
        raise UsageError(
            f"The {name} hook took longer than {seconds:.0f} seconds, and was ended{heard.said}.",
            hint="Run it by hand to see what it waits for, or give it more `hooks.seconds`.",
        )
    if process.returncode != 0:
        raise _failed(name, words, process.returncode, heard.said)


class _Heard:
    """What it says, line by line."""

    def __init__(self, out: IO[bytes], listener: Listener) -> None:
        self._out = out
        self._listener = listener
        self._rest = b""
        self._lines = 0
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        os.set_blocking(out.fileno(), False)

    def until(self, process: "subprocess.Popen[bytes]", seconds: float) -> bool:
        """Listen until it ends; False if it has to be ended."""
        begun = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            while process.poll() is None:
                spent = time.monotonic() - begun
                if spent >= seconds:
                    return False
                self._listener.going(spent)
                if not selector.get_map():
                    time.sleep(_LOOK_SECONDS / 10)
                elif selector.select(_LOOK_SECONDS) and not self._hear():
                    selector.unregister(self._out)
        return True

    def rest(self) -> None:
        """What is in the pipe still."""
        while self._hear():
            continue
        self._tell(self._rest)

    @property
    def said(self) -> str:
        """Its last words, as the end of a sentence."""
        return ". It said:\n" + "\n".join(f"  {each}" for each in self._last) if self._last else ""

    def _hear(self) -> bool:
        """Whether there was anything, and may be more."""
        received = self._out.read(_BLOCK)
        if not received:
            return False
        *lines, rest = _BREAK.split(self._rest + received)
        for line in lines:
            self._tell(line)
        if len(rest) > _LONGEST_LINE:
            self._tell(rest)
            rest = b""
        self._rest = rest
        return True

    def _tell(self, line: bytes) -> None:
        for text in _pieces(line):
            self._last.append(text)
            self._lines += 1
            if self._lines <= _MOST_LINES:
                self._listener.line(text)
            elif self._lines == _MOST_LINES + 1:
                self._listener.line("…")


def _pieces(line: bytes) -> Iterator[str]:
    text = _ESCAPES.sub("", line.decode("utf-8", "replace")).rstrip()
    shown = "".join(each if each.isprintable() or each == "\t" else "\ufffd" for each in text)
    for start in range(0, len(shown), _LONGEST_LINE):
        yield shown[start : start + _LONGEST_LINE]


def _not_to_be_run(name: HookName, words: Sequence[str], reason: str) -> UsageError:
    return UsageError(
        f"The {name} hook could not be run: {words[0]}: {reason}.",
        hint=f"Install {words[0]}, or correct `hooks.{name}` in the configuration.",
    )


def _failed(name: HookName, words: Sequence[str], code: int, said: str) -> UsageError:
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
    hint = f"Run `{' '.join(words)}` by hand, and mend what it says."
    if code in _MISSING:
        hint = f"Install what it misses, or correct `hooks.{name}` in the configuration."
    return UsageError(f"The {name} hook ({' '.join(words)}) {how}{said}.", hint=hint)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Its whole group, also where it has ended itself and left somebody behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
