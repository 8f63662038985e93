"""Nets cut at the columns: which nodes stand there, and what is joined in each channel between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.report.diagrams.layout.values import Box, Link, Net, Node, Spacing

# How much more a line that passes a column wants to be straight than one that ends there.
_STRAIGHT = 3.0
# How much less two boxes of one column pull at each other.
_ASIDE = 0.3


@dataclass(frozen=True)
class End:
    """Where a net meets the wall of a channel: by which node, and how far below its top."""

    node: Node
    y: float

    @property
    def at(self) -> float:
        return self.node.top + self.y


@dataclass
class Joint:
    """All that a net joins in one channel. `leaves` are the places of those among its leaves that
    it ends at there, with the wall they are on: -1 left, 1 right."""

    net: Net
    source: End
    wall: int
    onward: End | None = None
    leaves: list[tuple[int, End, int]] = field(default_factory=list)

    @property
    def left(self) -> list[float]:
        return self._at(-1)

    @property
    def right(self) -> list[float]:
        return self._at(1)

    def _at(self, wall: int) -> list[float]:
        found = [end.at for _, end, side in self.leaves if side == wall]
        if self.wall == wall:
            found.append(self.source.at)
        elif self.onward is not None:
            found.append(self.onward.at)
        return found


@dataclass
class Grid:
    """Columns of nodes from above to below, and for each channel what is in it; channel k is to the
    left of column k."""

    columns: list[list[Node]]
    channels: list[list[Joint]]
    boxes: dict[str, Node]


def grid_of(
    boxes: Sequence[Box], nets: Sequence[Net], column: Mapping[str, int], spacing: Spacing
) -> Grid:
    count = max(column.values(), default=-1) + 1
    grid = Grid([[] for _ in range(count)], [[] for _ in range(count + 1)], {})
    for box in boxes:
        if box.key in column:
            node = Node(len(grid.boxes), column[box.key], box.height, box.key, spacing.boxes)
            grid.boxes[box.key] = node
            grid.columns[node.column].append(node)
    lane = _Lanes(grid, spacing)
    for net in nets:
        lane.lead(net, 1)
        lane.lead(net, -1)
    return grid


@dataclass
class _Lanes:
    grid: Grid
    spacing: Spacing

    def lead(self, net: Net, way: int) -> None:
        """To the leaves on one side of the root: those of its own column are on the right."""
        start = self.grid.boxes[net.root.box]
        waiting: dict[int, list[tuple[int, End]]] = {}
        for place, leaf in enumerate(net.leaves):
            node = self.grid.boxes[leaf.box]
            if (node.column >= start.column) == (way > 0):
                waiting.setdefault(node.column, []).append((place, End(node, leaf.y)))
        if not waiting:
            return
        last = max(waiting) if way > 0 else min(waiting)
        source, column = End(start, net.root.y), start.column
        while True:
            joint = Joint(net, source, wall=-way)
            self.grid.channels[column + 1 if way > 0 else column].append(joint)
            if column == start.column:
                for place, end in waiting.get(column, ()):
                    joint.leaves.append((place, end, -1))
                    _tie(source, end, aside=True)
            if column == last:
                return
            column += way
            for place, end in waiting.get(column, ()):
                joint.leaves.append((place, end, way))
                _tie(source, end, way=way)
            if column == last:
                return
            onward = End(self._lane(column), 0.0)
            _tie(source, onward, way=way, weight=_STRAIGHT)
            joint.onward = onward
            source = onward

    def _lane(self, column: int) -> Node:
        total = sum(len(each) for each in self.grid.columns)
        node = Node(total, column, 0.0, gap=self.spacing.lanes)
        self.grid.columns[column].append(node)
        return node


def _tie(one: End, other: End, *, way: int = 1, weight: float = 1.0, aside: bool = False) -> None:
    """That both should be level, as far as their columns let them."""
    if one.node is other.node:
        return
    there = Link(other.node, one.y, other.y, _ASIDE if aside else weight)
    back = Link(one.node, other.y, one.y, _ASIDE if aside else weight)
    if aside:
        one.node.aside.append(there)
        other.node.aside.append(back)
    elif way > 0:
        one.node.after.append(there)
        other.node.before.append(back)
    else:
        one.node.before.append(there)
        other.node.after.append(back)
