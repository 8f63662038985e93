"""How far down each node stands: level with what it is connected with, and nothing on top of
anything else."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.report.diagrams.layout.lanes import Grid
from bot.report.diagrams.layout.values import Link, Node

_ROUNDS = 10
# A bend of so few pixels looks like a mistake.
_NEARLY = 14.0


def level(grid: Grid) -> None:
    """Sets `top` of every node; the uppermost of all is at 0."""
    for round_ in range(_ROUNDS):
        forward = round_ % 2 == 0
        for column in grid.columns if forward else grid.columns[::-1]:
            last = round_ >= _ROUNDS - 2
            _settle(column, forward=forward, both=last)
    for column in grid.columns:
        _snap(column)
    top = min((each.top for column in grid.columns for each in column), default=0.0)
    for column in grid.columns:
        for each in column:
            each.top = round(each.top - top, 1)


def _snap(column: Sequence[Node]) -> None:
    """A line that is nearly straight becomes straight, where there is room for that."""
    for place, node in enumerate(column):
        links = [*node.before, *node.after]
        near = sorted({round(each.wanted - node.top, 3) for each in links}, key=abs)
        for shift in near:
            if abs(shift) > _NEARLY:
                break
            better = _straight(links, node.top + shift) > _straight(links, node.top)
            if better and _is_free(column, place, shift):
                node.top += shift
                break


def _straight(links: Sequence[Link], top: float) -> float:
    """How many of a node's lines are straight, if it is there."""
    return sum(each.weight for each in links if abs(each.wanted - top) < 0.05)


def _is_free(column: Sequence[Node], place: int, shift: float) -> bool:
    node = column[place]
    if place and shift < 0:
        above = column[place - 1]
        return node.top + shift >= above.top + above.height + max(above.gap, node.gap)
    if place + 1 < len(column) and shift > 0:
        below = column[place + 1]
        return node.top + shift + node.height + max(node.gap, below.gap) <= below.top
    return True


@dataclass
class _Block:
    """Nodes that touch, and so move together: where the first of them wants to be, on average."""

    start: int
    weight: float
    wanted: float


def _settle(column: Sequence[Node], *, forward: bool, both: bool) -> None:
    """Each as near as can be to where it wants to be, in the order that they have: the least sum of
    squares, found by joining neighbours that would overlap."""
    offset, offsets = 0.0, []
    blocks: list[_Block] = []
    for place, node in enumerate(column):
        if place:
            previous = column[place - 1]
            offset += previous.height + max(previous.gap, node.gap)
        offsets.append(offset)
        weight, wanted = _wish(node, forward=forward, both=both)
        blocks.append(_Block(place, weight, wanted - offset))
        while len(blocks) > 1 and blocks[-2].wanted >= blocks[-1].wanted:
            after, before = blocks.pop(), blocks.pop()
            total = before.weight + after.weight
            mean = (before.wanted * before.weight + after.wanted * after.weight) / total
            blocks.append(_Block(before.start, total, mean))
    ends = [each.start for each in blocks[1:]] + [len(column)]
    for block, end in zip(blocks, ends, strict=True):
        for place in range(block.start, end):
            column[place].top = block.wanted + offsets[place]


def _wish(node: Node, *, forward: bool, both: bool) -> tuple[float, float]:
    """How much it wants to be where. What has no wish stays where it is, if nobody minds."""
    links: list[Link] = [*node.before, *node.after] if both else []
    links = links or (node.before if forward else node.after)
    weight = sum(each.weight for each in links)
    if not weight:
        return 0.1, node.top
    return weight, sum(each.weight * each.wanted for each in links) / weight
