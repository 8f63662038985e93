"""Ways to read a text with its escapes resolved, and back from there to places in the text."""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

Meaning = Callable[[re.Match[bytes]], bytes]
Piece = tuple[bytes, int, bool]

_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'", b"nbsp": b" "}

# An escape of an escape (%2541, \\u0041, &amp;#65;) reads as what it stands for in the end.
_PERCENT = re.compile(rb"%(?:25)*([0-9a-fA-F]{2})|\+")
_JSON = re.compile(
    rb"\\+u([dD][89abAB][0-9a-fA-F]{2})\\+u([dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|\\+u([0-9a-fA-F]{4})|\\+([^\\u])"
)
_QUOTED = re.compile(rb"'\\+''|'\"'\"'|''|\\+([^\\])")
_MARKUP = re.compile(
    rb"&(?:amp;)*(?:#0*(\d{1,7})|#[xX]0*([0-9a-fA-F]{1,6})|(\w{1,9}));|\xe2\x80\x8b"
)
_WRAPPED = re.compile(rb"[ \t]*\r?\n[ \t]*")


@dataclass(frozen=True)
class View:
    """A text as read, with where its pieces come from.

    `starts` are offsets into `text`, ascending from 0; piece i was read from the original from
    `sources[i]` on. A piece is either copied byte by byte or, where `copied[i]` is False, the
    meaning of one escape, which cannot be cut.
    """

    text: bytes
    starts: tuple[int, ...]
    sources: tuple[int, ...]
    copied: tuple[bool, ...]
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the original says `text[start:end]`, whole escapes included."""
        return self.source(start), self._source_end(end - 1)

    def piece(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def source(self, offset: int) -> int:
        piece = self.piece(offset)
        return self.sources[piece] + (offset - self.starts[piece]) * self.copied[piece]

    def _source_end(self, offset: int) -> int:
        piece = self.piece(offset)
        if self.copied[piece]:
            return self.sources[piece] + offset - self.starts[piece] + 1
        return self.sources[piece + 1] if piece + 1 < len(self.sources) else self.length


def views(raw: bytes) -> tuple[View, ...]:
    """The text as it is, and in each reading that resolves one or two kinds of escape."""
    plain = View(raw, (0,), (0,), (True,), len(raw))
    percent = _read(plain, _PERCENT, _percent)
    markup = _read(plain, _MARKUP, _markup)
    return (
        plain,
        percent,
        markup,
        _read(plain, _JSON, _json),
        _read(plain, _QUOTED, _quoted),
        _read(markup, _QUOTED, _quoted),
        _read(percent, _JSON, _json),
        _read(percent, _QUOTED, _quoted),
        _read(plain, _WRAPPED, lambda match: b""),
    )


def folded(raw: bytes) -> tuple[bytes, ...]:
    return tuple(view.text for view in views(raw))


def _percent(match: re.Match[bytes]) -> bytes:
    byte = bytes([int(match[1], 16)]) if match[1] else b"+"
    return b" " if byte == b"+" else byte  # a form writes a space as +, so both must read alike


def _json(match: re.Match[bytes]) -> bytes:
    if match[4]:
        return _CONTROLS.get(match[4], match[4])
    if match[3]:
        return _character(int(match[3], 16))
    high, low = int(match[1], 16) - 0xD800, int(match[2], 16) - 0xDC00
    return _character(0x10000 + (high << 10) + low)


def _quoted(match: re.Match[bytes]) -> bytes:
    return match[1] or b"'"


def _markup(match: re.Match[bytes]) -> bytes:
    if match[1] or match[2]:
        code = int(match[1]) if match[1] else int(match[2], 16)
        return b"" if code == 0x200B else _character(code)
    return _NAMED.get(match[3], match[0]) if match[3] else b""


def _character(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass") if code < 0x110000 else b"?"


def _read(
    view: View, pattern: re.Pattern[bytes], meaning: Callable[[re.Match[bytes]], bytes]
) -> View:
    """The view with every match of the pattern replaced by its meaning."""
    pieces: list[Piece] = []
    place = 0
    for match in pattern.finditer(view.text):
        pieces += _copies(view, place, match.start())
        pieces.append((meaning(match), view.span(match.start(), match.end())[0], False))
        place = match.end()
    if not pieces:
        return view
    return _joined([*pieces, *_copies(view, place, len(view.text))], view.length)


def _copies(view: View, start: int, end: int) -> list[Piece]:
    """The pieces of `view.text[start:end]`, cut where the view itself is cut."""
    first = bisect_right(view.starts, start)
    last = bisect_right(view.starts, end - 1) if end > start else first
    edges = [start, *view.starts[first:last], end] if end > start else []
    return [
        (
            view.text[left:right],
            view.source(left),
            view.copied[bisect_right(view.starts, left) - 1],
        )
        for left, right in pairwise(edges)
    ]


def _joined(pieces: list[Piece], length: int) -> View:
    starts: list[int] = []
    offset = 0
    for text, _, _ in pieces:
        starts.append(offset)
        offset += len(text)
    return View(
        b"".join(text for text, _, _ in pieces),
        tuple(starts),
        tuple(source for _, source, _ in pieces),
        tuple(copied for _, _, copied in pieces),
        length,
    )
