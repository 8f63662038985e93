"""SQL cut into comments, literals, quoted names and the rest, as PostgreSQL's scanner cuts it.

For questions about the text that the parse tree does not answer: where comments are, and where a
character is only data.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from bot.core.migrations.statement import Position, Statement


class Part(Enum):
    COMMENT = "comment"
    LITERAL = "literal"
    NAME = "quoted name"
    SPACE = "space"
    CODE = "code"


class Piece(NamedTuple):
    part: Part
    start: int
    end: int


# Letters and what is beyond ASCII, and those with digits; a range up to the last character of
# Unicode takes ten milliseconds to compile, and what it leaves out none.
_LETTER = r"[^\x00-@\[-^`{-\x7f]"
_INNER = r"[^\x00-/:-@\[-^`{-\x7f]"
_PIECE = re.compile(
    rf"""
    (?P<SPACE> [ \t\r\n\f\v]+ )
  | (?P<LINE> --[^\r\n]* )
  | (?P<BLOCK> /\* )
  | (?P<ESCAPED> [eE]'(?:[^'\\]|\\.|'')*+(?:'|\Z|\\\Z) )
  | (?P<LITERAL> '(?:[^']|'')*+(?:'|\Z) )
  | (?P<NAME> "(?:[^"]|"")*+(?:"|\Z) )
  | (?P<DOLLAR> \$(?:{_LETTER}{_INNER}*)?\$ )
  | (?P<WORD> {_INNER}(?:{_INNER}|\$)* )
  | (?P<OTHER> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_PARTS = {
    "SPACE": Part.SPACE,
    "LINE": Part.COMMENT,
    "BLOCK": Part.COMMENT,
    "ESCAPED": Part.LITERAL,
    "LITERAL": Part.LITERAL,
    "DOLLAR": Part.LITERAL,
    "NAME": Part.NAME,
}


def pieces(text: str, start: int = 0, end: int | None = None) -> Iterator[Piece]:
    """Cut `text[start:end]`, which must begin outside any literal or comment.

    What is never closed reaches to the end.
    """
    end = len(text) if end is None else end
    at = start
    while at < end:
        match = _PIECE.match(text, at, end)
        assert match is not None
        kind = match.lastgroup or "OTHER"
        stop = match.end()
        if kind == "BLOCK":
            stop = _end_of_block(text, stop, end)
        elif kind == "DOLLAR":
            closing = text.find(match[0], stop, end)
            stop = end if closing < 0 else closing + len(match[0])
        yield Piece(_PARTS.get(kind, Part.CODE), at, stop)
        at = stop


def code_of(text: str) -> str:
    """What is left of a text without its comments, literals and quoted names."""
    kept = (each for each in pieces(text) if each.part in (Part.CODE, Part.SPACE))
    return "".join(text[each.start : each.end] for each in kept)


def _end_of_block(text: str, at: int, end: int) -> int:
    depth = 1
    while depth:
        edge = _BLOCK_EDGE.search(text, at, end)
        if edge is None:
            return end
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at


class Lines:
    """Offsets of a text as lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)


def position_in(statement: Statement, offset: int) -> Position:
    """Where in the file a character of a statement stands."""
    return statement.place_of(Lines(statement.sql).at(offset))


def shifted(inside: Position, origin: Position) -> Position:
    """A place in a text that begins at `origin`, as a place in what it is a part of."""
    first = origin.column - 1 if inside.line == 1 else 0
    return Position(origin.line + inside.line - 1, inside.column + first)


def comment_text(comment: str) -> str:
    """A comment without its marks, its lines stripped."""
    if comment.startswith("--"):
        return comment[2:].strip()
    lines = comment.removeprefix("/*").removesuffix("*/").splitlines()
    return "\n".join(line.strip().removeprefix("*").strip() for line in lines).strip()
