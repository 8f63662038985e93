"""What a program writes to a terminal of a given width, and what then stands on its screen."""

import fcntl
import os
import pty
import re
import select
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_HEIGHT = 50
# Whoever says nothing for so long waits for an answer.
_SILENCE = 180.0
# Colours stay as they are; of all else a terminal is told, the bot says these few.
_TOLD = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[\??([0-9;]*)([A-Za-z])|[\r\n]|[^\x1b\r\n]+|\x1b"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Recording:
    """What was typed, everything that came, piece by piece, and how it ended."""

    typed: str
    pieces: tuple[str, ...]
    code: int

    @property
    def end(self) -> list[str]:
        """The lines that stand there, with their colours, below what was typed."""
        return [f"\x1b[1m$ {self.typed}\x1b[0m", *on_screen("".join(self.pieces))]

    def when(self, pattern: str) -> "Recording":
        """As it was when the last line said this for the last time."""
        for many in range(len(self.pieces), 0, -1):
            cut = Recording(self.typed, self.pieces[:many], self.code)
            if re.search(pattern, cut.end[-1]):
                return cut
        raise AssertionError(f"no line said {pattern}: {self.pieces}")


def recorded(
    arguments: Sequence[str], *, cwd: Path, environ: Mapping[str, str], columns: int
) -> Recording:
    """The bot at a terminal; both of its streams are shown there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _HEIGHT, columns, 0, 0))
    program = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        env={**environ, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    pieces = []
    with program, os.fdopen(ours, "rb", buffering=0) as stream:
        try:
            while piece := _read(stream.fileno()):
                pieces.append(piece)
        except TimeoutError:
            program.kill()
            raise
    whole = b"".join(pieces).decode("utf-8")
    ends = [len(b"".join(pieces[: n + 1]).decode("utf-8", "ignore")) for n in range(len(pieces))]
    cut = tuple(whole[a:b] for a, b in zip([0, *ends], ends, strict=False))
    return Recording(shlex.join(["migration-bot", *arguments]), cut, program.returncode)


def _read(descriptor: int) -> bytes:
    if not select.select([descriptor], [], [], _SILENCE)[0]:
        raise TimeoutError("The bot says nothing: does it ask?")
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux says so when the last program has closed its side.
        return b""


def on_screen(text: str) -> list[str]:
    """The lines of a screen on which this was written.

    Raises AssertionError for what it cannot show as a terminal would.
    """
    lines, row, at_start = [""], 0, False
    for told in _TOLD.finditer(text):
        what, number = told[2], told[1]
        if told[0] == "\r":
            at_start = True
        elif told[0] == "\n":
            row, at_start = row + 1, False
            lines += [""] * (row == len(lines))
        elif what == "A":
            row -= int(number or 1)
        elif what == "K":
            lines[row] = ""
        elif what in ("h", "l"):
            continue
        elif what == "m":
            lines[row] += told[0]
        elif told[0].startswith("\x1b]"):  # Where a text leads to, or the window's title.
            continue
        else:
            assert what is None, f"not understood: {told[0]!r}"
            assert told[0] != "\x1b", "not understood: an escape"
            assert not (at_start and _COLOUR.sub("", lines[row])), f"written over: {lines[row]!r}"
            lines[row] += told[0]
            at_start = False
    while lines and not lines[-1].strip():
        lines.pop()
    return lines
