"""Results on the terminal."""

import os
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from benchmarks.results import Line, Result
from benchmarks.timing import noise


def show(results: Iterable[Result]) -> None:
    """Print each as a table, and under it what else is to be said and how far it can be trusted."""
    console = Console(width=None if os.isatty(1) else 120)
    for result in results:
        table = _table(result.title)
        floors = [each.floor for each in result.lines]
        for line in result.lines:
            against = ("the floor", "") if line.sample in floors else _against(line)
            table.add_row(line.name, line.shown, *against, line.goal)
        console.print(table)
        for note in result.notes:
            console.print(note, highlight=False, markup=False)
        console.print(f"{noise()}\n", style="dim", highlight=False)


def show_goals(results: Iterable[Result]) -> None:
    """Print what was promised of each, and whether it is so."""
    table = _table("Goals")
    table.add_column("met")
    for result in results:
        for line in result.goals:
            table.add_row(
                f"{line.name}\n[dim]{result.title}[/]", line.shown, *_against(line), line.goal,
                "yes" if line.met else "[bold]NO[/]",
            )  # fmt: skip
    Console(width=None if os.isatty(1) else 120).print(table)


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("work")
    for name in ("measured", "× its floor", "fastest", "goal"):
        table.add_column(name, justify="right")
    return table


def _against(line: Line) -> tuple[str, str]:
    return ("", "") if line.ratio is None else (line.ratio.shown, f"{line.fastest:.2f} ×")
