"""The lines of a file that a finding is about, with a caret under the place."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.core.migrations.statement import Position, Span, Statement
from bot.report.escape import visible

_MOST_LINES = 3


@dataclass(frozen=True)
class Excerpt:
    """Source lines with their numbers, and the mark below the first; each fits its width.

    `above` is what it is inside of: the line its statement begins on, or else the line before.
    """

    lines: tuple[tuple[int, str], ...]
    mark: str
    more: int = 0
    above: tuple[tuple[int, str], ...] = ()

    @property
    def gap(self) -> bool:
        """Whether lines are left out between the one above and the first."""
        return bool(self.above) and self.above[-1][0] + 1 < self.lines[0][0]


def excerpt(
    sql: str,
    *,
    line: int,
    column: int,
    statement: Statement | None,
    width: int,
    part: Span | None = None,
) -> Excerpt | None:
    """None if the file has no such line. The part, or else the statement, is underlined whole."""
    lines = lines_of(sql)
    if not 1 <= line <= len(lines):
        return None
    marked = part or _whole(statement, Position(line, column))
    text = lines[line - 1].rstrip("\r")
    start = min(max(column - 1, 0), len(text))
    end = _end(text, start, marked)
    last = marked.end.line if marked else line
    shown = min(max(last, line), line + _MOST_LINES - 1, len(lines))
    first, mark = _fitted(_cell(text[:start]), _cell(text[start:end]), _cell(text[end:]), width)
    rest = [
        (number, _cut(_cell(lines[number - 1]), width)) for number in range(line + 1, shown + 1)
    ]
    return Excerpt(
        ((line, first), *rest), mark, max(0, last - shown), _above(lines, line, statement, width)
    )


def _whole(statement: Statement | None, place: Position) -> Span | None:
    """The statement, if it begins at the place; one on the same line is near enough."""
    if statement is None or statement.start.line != place.line:
        return None
    if statement.start.column > place.column:
        return None
    return Span(place, statement.end)


def _above(
    lines: tuple[str, ...], line: int, statement: Statement | None, width: int
) -> tuple[tuple[int, str], ...]:
    if statement is None:
        number = line - 1
    elif statement.start.line < line:
        number = statement.start.line
    else:
        return ()
    text = _cell(lines[number - 1]) if number > 0 else ""
    return ((number, _cut(text, width)),) if text.strip() else ()


@lru_cache(maxsize=2)
def lines_of(sql: str) -> tuple[str, ...]:
    """Kept for the next finding, which is likely about the same file."""
    return tuple(sql.split("\n"))


def _end(text: str, start: int, marked: Span | None) -> int:
    if marked is None:
        return min(start + 1, len(text))
    if marked.end.line == marked.start.line:
        return min(max(marked.end.column, start + 1), len(text))
    return max(len(text.rstrip()), min(start + 1, len(text)))


def _fitted(before: str, marked: str, after: str, width: int) -> tuple[str, str]:
    """The line cut to the width with its marked part in sight, and the mark at the same place."""
    room = max(width, 8)
    if cells(before) > room // 2:
        before = f"…{_tail(before, room // 2 - 1)}"
    line = _cut(before + marked + after, room)
    length = min(max(cells(marked), 1), max(room - cells(before), 1))
    return line, " " * cells(before) + "^" + "~" * (length - 1)


def _cell(text: str) -> str:
    return visible(text.rstrip("\r")).replace("\t", "    ")


def _cut(text: str, width: int) -> str:
    if cells(text) <= width:
        return text
    kept = ""
    for character in text:
        if cells(kept) + cells(character) > width - 1:
            break
        kept += character
    return f"{kept}…"


def _tail(text: str, width: int) -> str:
    kept = ""
    for character in reversed(text):
        if cells(kept) + cells(character) > width:
            break
        kept = character + kept
    return kept


def cells(text: str) -> int:
    """How many columns a terminal gives to a text."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
