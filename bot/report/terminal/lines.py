"""Lines for a terminal: wrapped to its width, coloured only if it has colour, never markup."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.report.escape import visible
from bot.report.terminal.wrapping import wrap

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

NARROWEST = 20
# What stands between two columns of a table, and what its last one needs to be read.
_GAP = 2
_READABLE = 20


@dataclass(frozen=True)
class Line:
    """Pieces of text with their styles, in rich's words. Continuation lines keep the indent.

    A `label` stands before the first line, and the others begin under the text behind it.
    A line that is not `wrapped` is printed as it is, however long: SQL, and excerpts cut already.
    """

    pieces: tuple[tuple[str, str], ...] = ()
    indent: int = 0
    wrapped: bool = True
    label: str = ""
    label_style: str = "dim"


@dataclass(frozen=True)
class Grid:
    """A table of plain text. `styles` are those of its rows, where any has one."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    styles: tuple[str, ...] = ()


def line(text: str = "", style: str = "", *, indent: int = 0) -> Line:
    """One, whatever is in it: a name with a line end in it begins none of its own."""
    return Line(((text.replace("\r\n", " ").replace("\n", " "), style),), indent)


def paragraphs(text: str, style: str = "", *, indent: int = 0) -> list[Line]:
    return [line(each, style, indent=indent) for each in text.strip().split("\n")]


def drawn(things: Iterable[Line | Grid], *, width: int, colour: bool) -> str:
    """The text of them all, with a line end after each line."""
    console = _console(width, colour=colour)
    for thing in things:
        if isinstance(thing, Grid) and fits(thing, console.width):
            for row in _whole(thing):
                console.print(row)
            continue
        for each in listed(thing) if isinstance(thing, Grid) else (thing,):
            for row in _lines(each, console):
                console.print(row, soft_wrap=True)
    output = console.file
    assert isinstance(output, io.StringIO)
    return "\n".join(each.rstrip() for each in output.getvalue().split("\n"))


def fits(grid: Grid, width: int) -> bool:
    """Whether all its columns but the last have room for every word, and that one to be read."""
    columns = list(zip(grid.head, *grid.rows, strict=True))
    *fixed, last = (max(len(visible(cell)) for cell in column) for column in columns)
    return sum(fixed) + _GAP * len(fixed) + min(last, _READABLE) <= width


def listed(grid: Grid) -> list[Line]:
    """Its rows one below the other, where there is no room for it as a table."""
    found = []
    for name, *cells in grid.rows:
        found.append(line(name, "bold"))
        for head, cell in zip(grid.head[1:], cells, strict=True):
            if cell:
                found.append(Line(((cell, ""),), 2, label=f"{head}: "))
    return found


def _console(width: int, *, colour: bool) -> "Console":
    # rich takes a tenth of a second to import, and JSON needs none of it.
    from rich.console import Console

    return Console(
        file=io.StringIO(),
        width=max(width, NARROWEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )


def _lines(given: Line, console: "Console") -> "Sequence[Text]":
    from rich.text import Text

    text = Text(end="")
    for piece, style in given.pieces:
        text.append(visible(piece).replace("\t", "    "), style)
    first = Text(" " * given.indent).append(given.label, given.label_style)
    if not given.wrapped or not text.plain:
        return [first + text if text.plain else Text()]
    margin = Text(" " * len(first))
    wrapped = wrap(text, max(console.width - len(first), 10))
    return [(margin if place else first) + each for place, each in enumerate(wrapped)]


def _whole(grid: Grid) -> "Sequence[RenderableType]":
    """Names that somebody copies are not cut: only its last column is."""
    from rich.table import Table

    found = _grid(grid)
    for table in found:
        assert isinstance(table, Table)
        for column in table.columns[:-1]:
            column.no_wrap = True
    return found


def _grid(grid: Grid) -> "Sequence[RenderableType]":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in grid.head:
        table.add_column(Text(name), overflow="fold")
    for place, row in enumerate(grid.rows):
        style = grid.styles[place] if grid.styles else ""
        table.add_row(*(Text(visible(cell)) for cell in row), style=style)
    return [table]
