"""The order of the nodes in each column, so that few lines cross: by the mean place of what they
are connected with, column by column, to the right and back, and the best of all that was seen."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence

from bot.report.diagrams.layout.lanes import Grid
from bot.report.diagrams.layout.values import Link, Node

_SWEEPS = 24
_FEW, _MANY = 2, 40
# How much of a crossing a line inside of a column counts for each of its pixels.
_ASIDE = 0.004


def put_in_order(grid: Grid) -> None:
    """Changes the columns of the grid, and where their nodes are."""
    for column in grid.columns:
        column[:] = _along_ties(column)
        stack(column)
    best, least = _orders(grid), _cost(grid)
    for sweep in range(_SWEEPS):
        _sweep(grid, forward=sweep % 2 == 0)
        if sweep % 4 > 1:
            _swap_neighbours(grid, _FEW)
        cost = _cost(grid)
        if cost < least:
            best, least = _orders(grid), cost
    for column, order in zip(grid.columns, best, strict=True):
        column[:] = order
        stack(column)
    _swap_neighbours(grid, _MANY)


def _along_ties(column: Sequence[Node]) -> list[Node]:
    """Those that are connected inside of the column one after the other, to begin with."""
    found: dict[int, Node] = {}
    for first in column:
        waiting = [first]
        while waiting:
            node = waiting.pop()
            if node.index not in found:
                found[node.index] = node
                ties = sorted(node.aside, key=lambda each: -each.other.index)
                waiting += [each.other for each in ties if each.other.index not in found]
    return list(found.values())


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


def _cost(grid: Grid) -> float:
    """Lines that cross, and how long those are that stay inside of a column."""
    crossings = sum(_inversions(_pairs(column)) for column in grid.columns)
    return crossings + _ASIDE * sum(_length(node) for each in grid.columns for node in each) / 2


def _length(node: Node) -> float:
    return sum(abs(each.other.middle - node.middle) for each in node.aside)


def _swap_neighbours(grid: Grid, rounds: int) -> None:
    """As long as that makes it better."""
    for _ in range(rounds):
        changed = [_swapped(column, at) for column in grid.columns for at in range(len(column) - 1)]
        if not any(changed):
            break


def _swapped(column: list[Node], at: int) -> bool:
    upper, lower = column[at], column[at + 1]
    crossed = _crossed(upper.before, lower.before) + _crossed(upper.after, lower.after)
    lengths = _length(upper) + _length(lower)
    if not crossed and not lengths:
        return False
    uncrossed = _crossed(lower.before, upper.before) + _crossed(lower.after, upper.after)
    tops = upper.top, lower.top
    lower.top, upper.top = upper.top, upper.top + lower.height + lower.gap
    more = _length(upper) + _length(lower) - lengths
    if uncrossed - crossed + _ASIDE * more < -1e-9:
        column[at], column[at + 1] = lower, upper
        return True
    upper.top, lower.top = tops
    return False


def _crossed(upper: Sequence[Link], lower: Sequence[Link]) -> int:
    """How many lines of the one cross those of the other that stands below it."""
    if not upper or not lower:
        return 0
    ends = [each.other.top + each.theirs for each in lower]
    return sum(each.other.top + each.theirs > end + 1e-6 for each in upper for end in ends)


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
