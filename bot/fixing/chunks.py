"""A script cut into its statements with everything around them; together they are the script."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.core.migrations.statement import Position, Script, Statement
from bot.sql.lexer import Part, pieces

_NEAR = re.compile(r"(?:^[ \t]*--[^\n]*\n)+[ \t]*\Z", re.MULTILINE)


@dataclass(frozen=True)
class Chunk:
    """A statement, the comments and space before it, and what ends it: semicolon and line."""

    lead: str
    statement: Statement
    tail: str

    @property
    def text(self) -> str:
        return f"{self.lead}{self.statement.sql}{self.tail}"

    @property
    def above(self) -> str:
        """The comments before it, without the empty lines above them."""
        return self.lead.lstrip() if self.lead.strip() else ""

    @property
    def near(self) -> str:
        """The comments directly above it, without an empty line between; those for the whole file
        are not among them."""
        match = _NEAR.search(self.lead)
        found = match[0] if match else ""
        return "" if "allow-file" in found else found

    @property
    def ended(self) -> bool:
        return self._semicolon is not None

    @property
    def behind(self) -> str:
        """What follows its semicolon."""
        at = self._semicolon
        return self.tail if at is None else self.tail[at + 1 :]

    @cached_property
    def _semicolon(self) -> int | None:
        found = (
            each.start
            for each in pieces(self.tail)
            if each.part is Part.CODE and self.tail[each.start] == ";"
        )
        return next(found, None)


def chunks_of(text: str, script: Script) -> tuple[Chunk, ...]:
    """Cut a script behind each statement's semicolon, and the rest of its line if only a comment
    stands there. What follows the last statement is part of its tail."""
    starts = [_offset(text, each.start) for each in script.statements]
    ends = [start + len(each.sql) for start, each in zip(starts, script.statements, strict=True)]
    cuts = [0]
    for (_, end), (following, _) in pairwise(zip(starts, ends, strict=True)):
        cuts.append(_behind(text, end, following))
    cuts.append(len(text))
    return tuple(
        Chunk(text[cut:start], statement, text[end:limit])
        for (cut, limit), start, end, statement in zip(
            pairwise(cuts), starts, ends, script.statements, strict=True
        )
    )


def _offset(text: str, position: Position) -> int:
    start = 0
    for _ in range(position.line - 1):
        start = text.index("\n", start) + 1
    return start + position.column - 1


def _behind(text: str, end: int, following: int) -> int:
    """Where a statement's semicolon, and its line if nothing but a comment follows, are over."""
    cut = end
    seen = False
    for piece in pieces(text, end, following):
        written = text[piece.start : piece.end]
        if piece.part is Part.CODE and written == ";":
            seen, cut = True, piece.end
        elif not seen:
            continue
        elif piece.part is Part.SPACE and "\n" in written:
            return piece.start + written.index("\n") + 1
        elif piece.part is Part.COMMENT and written.startswith("/*") and "\n" in written:
            break
    return cut
