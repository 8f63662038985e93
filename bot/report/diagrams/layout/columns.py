"""Which column each box stands in: next to what it is connected with, and no column too tall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.report.diagrams.layout.values import Box, Net

_PASSES = 12
# A column may be so many times as tall as they are on average.
_TALLER = 1.12
# What a line costs inside of a column, against one that passes a whole column on its way; and one
# that leads to the left, where a reader does not expect what depends on something.
_INSIDE, _BACK = 0.75, 0.2


def columns_of(boxes: Sequence[Box], nets: Sequence[Net], count: int, gap: float) -> dict[str, int]:
    """The column of each box, from 0. Boxes that nothing is connected with are left out."""
    pairs = [
        (net.root.box, leaf.box) for net in nets for leaf in net.leaves if leaf.box != net.root.box
    ]
    joined = {name for pair in pairs for name in pair}
    joined |= {net.root.box for net in nets}
    heights = {each.key: each.height + gap for each in boxes if each.key in joined}
    if not heights:
        return {}
    search = _Search(heights, count)
    for root, leaf in pairs:
        search.ties.setdefault(root, []).append((leaf, 1))
        search.ties.setdefault(leaf, []).append((root, -1))
    search.begin(_in_order(list(heights), pairs))
    search.improve()
    return _without_gaps(search.column)


def _in_order(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """What is referred to first, and after it what refers to it: by their depth, and then each
    behind the one that it belongs to."""
    parents: dict[str, list[str]] = {each: [] for each in names}
    for root, leaf in pairs:
        parents[leaf].append(root)
    depth: dict[str, int] = {}

    def deep(name: str, above: tuple[str, ...]) -> int:
        if name not in depth:
            known = [each for each in parents[name] if each not in above and each != name]
            found = max((deep(each, (*above, name)) + 1 for each in known), default=0)
            depth[name] = min(found, len(names))
        return depth[name]

    for each in names:
        deep(each, ())
    place = {name: index for index, name in enumerate(names)}
    listed: list[str] = []
    for level in range(max(depth.values()) + 1):
        inside = [each for each in names if depth[each] == level]
        inside.sort(key=lambda each: (_mean([place[e] for e in parents[each]]), place[each]))
        listed += inside
        place.update({name: index for index, name in enumerate(listed)})
    return listed


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values) if values else 0.0


def _without_gaps(column: Mapping[str, int]) -> dict[str, int]:
    """Numbered anew, where a column has stayed empty."""
    used = {each: place for place, each in enumerate(sorted(set(column.values())))}
    return {name: used[each] for name, each in column.items()}


@dataclass
class _Search:
    """Boxes are moved, and change places, as long as that makes lines shorter."""

    heights: Mapping[str, float]
    count: int
    ties: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    column: dict[str, int] = field(default_factory=dict)
    full: list[float] = field(default_factory=list)
    known: dict[str, float] = field(default_factory=dict)

    @property
    def most(self) -> float:
        mean = sum(self.heights.values()) / self.count
        return max(max(self.heights.values()), mean * _TALLER)

    def begin(self, names: Sequence[str]) -> None:
        """Each column is filled in turn."""
        self.full = [0.0] * self.count
        mean, column, height = sum(self.heights.values()) / self.count, 0, 0.0
        for name in names:
            if height and height + self.heights[name] / 2 > mean and column < self.count - 1:
                column, height = column + 1, 0.0
            height += self.heights[name]
            self.column[name] = column
            self.full[column] += self.heights[name]

    def improve(self) -> None:
        most = self.most
        names = sorted(self.heights)
        for _ in range(_PASSES):
            moved = [self._moved(name, most) for name in names]
            swapped = [
                self._swapped(one, other, most)
                for place, one in enumerate(names)
                for other in names[place + 1 :]
                if self.column[one] != self.column[other]
            ]
            if not any(moved) and not any(swapped):
                break

    def _cost(self, name: str, column: int) -> float:
        total = 0.0
        for other, direction in self.ties.get(name, ()):
            apart = (self.column[other] - column) * direction
            total += _INSIDE if apart == 0 else abs(apart) - 1 + (_BACK if apart < 0 else 0.0)
        return total

    def _moved(self, name: str, most: float) -> bool:
        here, height = self.column[name], self.heights[name]
        costs = [
            (self._cost(name, column), abs(column - here), column)
            for column in range(self.count)
            if column == here or self.full[column] + height <= most
        ]
        best = min(costs)
        if best[2] == here or best[0] >= self._cost_now(name) - 1e-9:
            return False
        self._put(name, best[2])
        return True

    def _swapped(self, one: str, other: str, most: float) -> bool:
        here, there = self.column[one], self.column[other]
        before = self._cost_now(one) + self._cost_now(other)
        if before < 1e-9:
            return False
        more = self.heights[one] - self.heights[other]
        if self.full[there] + more > most and more > 0:
            return False
        if self.full[here] - more > most and more < 0:
            return False
        # Each is asked as if the other were gone, and of a tie between them that is not true.
        joined = any(name == other for name, _ in self.ties.get(one, ()))
        after = self._cost(one, there) + self._cost(other, here)
        if joined or after < before - 1e-9:
            self._put(one, there)
            self._put(other, here)
            after = self._cost_now(one) + self._cost_now(other)
            if after < before - 1e-9:
                return True
            self._put(one, here)
            self._put(other, there)
        return False

    def _cost_now(self, name: str) -> float:
        if name not in self.known:
            self.known[name] = self._cost(name, self.column[name])
        return self.known[name]

    def _put(self, name: str, column: int) -> None:
        self.full[self.column[name]] -= self.heights[name]
        self.full[column] += self.heights[name]
        self.column[name] = column
        for other, _ in ((name, 0), *self.ties.get(name, ())):
            self.known.pop(other, None)
