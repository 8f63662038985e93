"""What authors tell the bot in comments: `-- migration-bot: VERB …`, one on a line."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.core.migrations.statement import Position, Statement
from bot.sql.lexer import Lines, Part, pieces

_LINE = re.compile(
    r"\s*(?:--|/\*|\*)?\s*migration-bot\s*:\s*(?P<verb>[\w-]+)\s*(?P<rest>.*?)\s*(?:\*/)?\s*$",
    re.IGNORECASE,
)


class Directive(NamedTuple):
    """`verb` is in lower case, `rest` what follows it."""

    verb: str
    rest: str
    position: Position


def directives_of(text: str) -> Iterator[Directive]:
    """Those in the comments of a script, in order."""
    if "migration-bot" not in text.lower():
        return
    lines = Lines(text)
    for piece in pieces(text):
        if piece.part is not Part.COMMENT:
            continue
        start = piece.start
        for line in text[piece.start : piece.end].splitlines(keepends=True):
            match = _LINE.match(line.rstrip("\r\n"))
            if match:
                yield Directive(match["verb"].lower(), match["rest"], lines.at(start))
            start += len(line)


def statement_below(position: Position, statements: Sequence[Statement]) -> int | None:
    """The statement a comment stands above; one inside a statement or at its end is above none."""
    for statement in statements:
        if statement.start.line <= position.line <= statement.end.line:
            return None
        if statement.start.line > position.line:
            return statement.index
    return None
