"""Both streams, as wide and as colourful as they allow."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import InitVar, dataclass, field
from typing import TextIO

from bot.adapters.console.waits import Pace, Waits
from bot.core.findings.page import Page
from bot.errors import UsageError

_DEFAULT_WIDTH = 80
# So much is shown of the end of a line that is too long.
_END = 24
_NARROWEST = 40


@dataclass(frozen=True)
class Console:
    """`clean` strikes secrets out of results, `clean_progress` out of what is said about the work.

    `verbosity` below 0 keeps progress to itself. `lines` makes a line for machines of what is said.
    A `dumb` terminal is written to as a log is: it cannot take a line away.
    """

    out: TextIO
    err: TextIO
    page: Page
    clean: Callable[[str], str]
    clean_progress: Callable[[str], str]
    verbosity: int = 0
    lines: Callable[[str], str] | None = None
    dumb: bool = False
    pace: InitVar[Pace] = Pace()  # noqa: RUF009 - it is frozen
    _last: "_LastLine" = field(default_factory=lambda: _LastLine())
    _waits: Waits = field(init=False)

    def __post_init__(self, pace: Pace) -> None:
        object.__setattr__(self, "_waits", Waits(pace))

    def show(self, text: str) -> None:
        """Raises UsageError if the result cannot be written, as on a full disk."""
        try:
            with self._last.aside(self.err):
                _write(self.out, self.clean(text))
        except OSError as error:
            raise UsageError(
                f"The result could not be written: {error.strerror}.",
                hint="What was done is done; make room, and ask `migration-bot status`.",
            ) from None

    def say(self, text: str) -> None:
        if self.verbosity >= 0:
            # A rollout goes on, whatever becomes of its log.
            with suppress(OSError), self._last.lock:
                self._last.take_away(self.err)
                _write(self.err, self.lines(text) if self.lines else self.clean_progress(text))
                self._last.put_back(self.err)

    @property
    def watched(self) -> bool:
        aloud = self.verbosity >= 0 and self.lines is None
        return aloud and not self.dumb and self.err.isatty()

    def follow(self, text: str) -> None:
        if self.watched:
            with suppress(OSError), self._last.lock:
                self._last.take_away(self.err)
                self._last.text = _fitting(self.clean_progress(text), self.err)
                self._last.put_back(self.err)

    @contextmanager
    def waiting(self, text: str, of: int = 0) -> Iterator[Callable[[], None]]:
        """A line that changes where somebody watches; elsewhere one at times, so that a log stays
        readable."""
        if self.verbosity < 0:
            yield _unheard
            return
        watched, said = self.watched, _Said()

        def tell(words: str) -> None:
            # A line that something else shows about the same says more.
            if not watched:
                self.say(words)
            elif self._last.text in ("", said.text):
                self.follow(words)
                said.text = self._last.text

        try:
            with self._waits.waiting(text, of, tell, watched=watched) as count:
                yield count
        finally:
            if said.text and self._last.text == said.text:
                self.follow("")


def _unheard() -> None:
    """Nobody wants to know."""


@dataclass
class _Said:
    text: str = ""


class _LastLine:
    """What is shown below everything that is said, as long as it goes on."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.text = ""

    def take_away(self, stream: TextIO) -> None:
        if self.text:
            stream.write("\r\x1b[K")

    @contextmanager
    def aside(self, stream: TextIO) -> Iterator[None]:
        """Away while a result is written, which may be on the same terminal."""
        if not self.text:
            yield
            return
        with self.lock:
            self.take_away(stream)
            stream.flush()
            yield
            self.put_back(stream)

    def put_back(self, stream: TextIO) -> None:
        if self.text:
            stream.write(self.text)
        stream.flush()


def _fitting(text: str, stream: TextIO) -> str:
    """On one line of the terminal: of a second one, only the end could be taken away.

    What it lacks is of the middle: at the end stands how long it has been, or how much is left.
    """
    width = os.get_terminal_size(stream.fileno()).columns or _DEFAULT_WIDTH
    text = " ".join(text.split())
    encoding = stream.encoding or "utf-8"
    text = text.encode(encoding, "replace").decode(encoding)
    if len(text) < width:
        return text
    end = min(_END, width // 3)
    return f"{text[: max(width - 4 - end, 1)]}...{text[len(text) - end :]}"


def open_console(
    environ: Mapping[str, str],
    *,
    colour: bool,
    verbosity: int,
    clean: Callable[[str], str],
    clean_progress: Callable[[str], str] | None = None,
    lines: Callable[[str], str] | None = None,
    out: TextIO | None = None,
    err: TextIO | None = None,
    pace: Pace | None = None,
) -> Console:
    """A console on the standard streams, as wide and as colourful as they allow.

    `NO_COLOR` switches colour off (no-color.org), `FORCE_COLOR` on; `COLUMNS` overrides the width.
    """
    stdout = out or sys.stdout
    return Console(
        out=stdout,
        err=err or sys.stderr,
        page=Page(width=_width(environ, stdout), colour=colour and _colourful(environ, stdout)),
        clean=clean,
        clean_progress=clean_progress or clean,
        verbosity=verbosity,
        lines=lines,
        dumb=environ.get("TERM") == "dumb",
        pace=pace or Pace(),
    )


def _colourful(environ: Mapping[str, str], stream: TextIO) -> bool:
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or (
        stream.isatty() and environ.get("TERM", "") != "dumb"
    )


def _width(environ: Mapping[str, str], stream: TextIO) -> int:
    given = environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return max(_NARROWEST, int(given))
    if stream.isatty():
        return max(_NARROWEST, os.get_terminal_size(stream.fileno()).columns)
    return _DEFAULT_WIDTH


def _write(stream: TextIO, text: str) -> None:
    # A log may not be UTF-8; a sign that cannot be written must not end the run.
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding).rstrip("\n") + "\n")
        stream.flush()
    except OSError as error:
        _silence(stream)
        # Whoever read along may have gone: the work goes on, and its exit code tells how it went.
        if not isinstance(error, BrokenPipeError):
            raise


def _silence(stream: TextIO) -> None:
    """Let what is left in the stream's buffer, and all that follows, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
