"""The order of the nodes in each column, so that few lines cross: by the mean place of what they
are connected with, column by column, to the right and back, and the best of all that was seen."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence

from bot.report.diagrams.layout.lanes import Grid
from bot.report.diagrams.layout.values import Link, Node

_SWEEPS = 24


def put_in_order(grid: Grid) -> None:
    """Changes the columns of the grid, and where their nodes are."""
    for column in grid.columns:
        stack(column)
    best, least = _orders(grid), _crossings(grid)
    for sweep in range(_SWEEPS):
        _sweep(grid, forward=sweep % 2 == 0)
        crossings = _crossings(grid)
        if crossings < least:
            best, least = _orders(grid), crossings
        if not least:
            break
    for column, order in zip(grid.columns, best, strict=True):
        column[:] = order
        stack(column)


def stack(column: Sequence[Node]) -> None:
    """One below the other, around the middle of the picture."""
    top = -sum(each.height + each.gap for each in column) / 2
    for node in column:
        node.top = top
        top += node.height + node.gap


def _sweep(grid: Grid, *, forward: bool) -> None:
    columns = grid.columns if forward else grid.columns[::-1]
    for column in columns:
        near = {each.index: each.before if forward else each.after for each in column}
        wanted = {each.index: _mean(each, [*near[each.index], *each.aside]) for each in column}
        column.sort(key=lambda each: (wanted[each.index], each.index))
        stack(column)


def _mean(node: Node, links: Sequence[Link]) -> float:
    if not links:
        return node.middle
    total = sum(each.weight * (each.other.top + each.theirs) for each in links)
    return total / sum(each.weight for each in links)


def _orders(grid: Grid) -> list[list[Node]]:
    return [list(each) for each in grid.columns]


def _crossings(grid: Grid) -> int:
    return sum(_inversions(_pairs(column)) for column in grid.columns)


def _pairs(column: Iterable[Node]) -> list[tuple[float, float]]:
    """From and to where lines lead in the channel to the right of a column."""
    return sorted(
        (node.top + link.mine, link.other.top + link.theirs)
        for node in column
        for link in node.after
    )


def _inversions(pairs: Sequence[tuple[float, float]]) -> int:
    seen: list[float] = []
    found = 0
    for _, end in pairs:
        found += len(seen) - bisect_left(seen, end + 1e-6)
        insort(seen, end)
    return found
