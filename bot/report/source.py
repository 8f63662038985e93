"""The lines of a file that a finding is about, with a caret under the place."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.core.statement import Statement
from bot.report.escape import visible

_MOST_LINES = 3


@dataclass(frozen=True)
class Excerpt:
    """Source lines with their numbers, and the mark below the first; each fits its width.

    `above` is the line before, if the place is inside of something that began further up.
    """

    lines: tuple[tuple[int, str], ...]
    mark: str
    more: int = 0
    above: tuple[tuple[int, str], ...] = ()


def excerpt(
    sql: str, *, line: int, column: int, statement: Statement | None, width: int
) -> Excerpt | None:
    """None if the file has no such line. The statement, if there is one, is underlined whole."""
    lines = lines_of(sql)
    if not 1 <= line <= len(lines):
        return None
    text = lines[line - 1].rstrip("\r")
    start = min(max(column - 1, 0), len(text))
    end = _end(text, start, line, statement)
    last = statement.end.line if statement and statement.start.line == line else line
    shown = min(max(last, line), line + _MOST_LINES - 1, len(lines))
    first, mark = _fitted(_cell(text[:start]), _cell(text[start:end]), _cell(text[end:]), width)
    rest = [
        (number, _cut(_cell(lines[number - 1]), width)) for number in range(line + 1, shown + 1)
    ]
    above = _above(lines, line, width) if statement is None or statement.start.line < line else ()
    return Excerpt(((line, first), *rest), mark, max(0, last - shown), above)


def _above(lines: tuple[str, ...], line: int, width: int) -> tuple[tuple[int, str], ...]:
    text = _cell(lines[line - 2]) if line > 1 else ""
    return ((line - 1, _cut(text, width)),) if text.strip() else ()


@lru_cache(maxsize=2)
def lines_of(sql: str) -> tuple[str, ...]:
    """Kept for the next finding, which is likely about the same file."""
    return tuple(sql.split("\n"))


def _end(text: str, start: int, line: int, statement: Statement | None) -> int:
    if statement is None or statement.start.line != line or statement.start.column > start + 1:
        return min(start + 1, len(text))
    if statement.end.line == line:
        return min(max(statement.end.column, start + 1), len(text))
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
