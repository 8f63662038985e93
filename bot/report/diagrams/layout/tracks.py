"""Where in a channel the lines run that lead up and down: side by side, with few crossings, and
none on top of another."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.report.diagrams.layout.lanes import Joint

# Two lines on top of each other are so many times as bad as two that cross.
_ON_TOP = 40
_ROUNDS = 20
# Lines nearer than that would be taken for one.
_NEAR = 4.0


@dataclass(frozen=True)
class Trunk:
    """What a net has in a channel: where it comes in from either side, and so from where to where
    it leads up and down."""

    left: tuple[float, ...]
    right: tuple[float, ...]

    @property
    def low(self) -> float:
        return min((*self.left, *self.right))

    @property
    def high(self) -> float:
        return max((*self.left, *self.right))

    @property
    def straight(self) -> bool:
        return self.high - self.low < 0.05

    def meets(self, other: "Trunk") -> bool:
        return self.low - _NEAR < other.high and other.low - _NEAR < self.high


def tracks_of(joints: Sequence[Joint]) -> list[int]:
    """For each of them the track, from 0 on the left; -1 for one that leads straight through."""
    trunks = [Trunk(tuple(each.left), tuple(each.right)) for each in joints]
    bent = [place for place, each in enumerate(trunks) if not each.straight]
    bent.sort(key=lambda place: (_slope(trunks[place]), place))
    order = _ordered(bent, trunks)
    tracks = [-1] * len(trunks)
    for at, place in enumerate(order):
        before = [tracks[other] for other in order[:at] if trunks[place].meets(trunks[other])]
        tracks[place] = max(before, default=-1) + 1
    return tracks


def _slope(trunk: Trunk) -> float:
    """Of lines that lead down, the upper ones turn last; of those that lead up, the lower ones."""
    left = sum(trunk.left) / max(len(trunk.left), 1) if trunk.left else trunk.low
    right = sum(trunk.right) / max(len(trunk.right), 1) if trunk.right else trunk.low
    return -left if right >= left else left


def _ordered(places: Sequence[int], trunks: Sequence[Trunk]) -> list[int]:
    """Neighbours change places as long as that takes a crossing away."""
    order = list(places)
    cost = {
        (one, other): _cost(trunks[one], trunks[other])
        for one in order
        for other in order
        if one != other
    }
    for _ in range(_ROUNDS):
        changed = _sunk(order, cost)
        if not changed:
            break
    return order


def _sunk(order: list[int], cost: dict[tuple[int, int], int]) -> bool:
    """Each is put where it does best among the others."""
    changed = False
    for each in list(order):
        at = order.index(each)
        rest = order[:at] + order[at + 1 :]
        total = sum(cost[each, other] for other in rest)
        best, least = 0, total
        here = total if at == 0 else None
        for place, other in enumerate(rest, start=1):
            total += cost[other, each] - cost[each, other]
            if place == at:
                here = total
            if total < least:
                best, least = place, total
        if here is not None and least < here:
            order[:] = [*rest[:best], each, *rest[best:]]
            changed = True
    return changed


def _cost(left: Trunk, right: Trunk) -> int:
    """What it costs if the first turns on the left of the second: whatever leads from it to the
    right crosses the other, and whatever leads to that from the left crosses it."""
    found = 0
    for y in left.right:
        found += right.low < y < right.high
        found += _ON_TOP * any(abs(y - other) < _NEAR for other in right.left)
    for y in right.left:
        found += left.low < y < left.high
    return found
