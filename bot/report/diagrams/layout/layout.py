"""From boxes and nets to places and lines: columns, order, levels, tracks, one after the other.

The way of Sugiyama, Tagawa and Toda, with two differences: lines may stay inside of a column, so
that it can be as narrow as a phone, and lines to the same port share their way.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import sqrt

from bot.report.diagrams.layout.columns import columns_of
from bot.report.diagrams.layout.lanes import Grid, Joint, grid_of
from bot.report.diagrams.layout.levels import level
from bot.report.diagrams.layout.order import put_in_order
from bot.report.diagrams.layout.tracks import tracks_of
from bot.report.diagrams.layout.values import Box, Layout, Net, Place, Point, Spacing

# How many times as wide as it is high a picture should be, if it may.
_SHAPE = 1.8


def laid_out(
    boxes: Sequence[Box],
    nets: Sequence[Net],
    *,
    width: float = 1400.0,
    spacing: Spacing | None = None,
) -> Layout:
    """The same for the same, always. `width` is what the picture should have at most; it is more
    only if it cannot be less. Nets must lead to boxes that are there."""
    apart = spacing or Spacing()
    count = _columns(boxes, nets, width, apart)
    column = columns_of(boxes, nets, count, apart.boxes)
    grid = grid_of(boxes, nets, column, apart)
    put_in_order(grid)
    level(grid)
    return _Drawing(boxes, grid, count, apart).layout()


def _columns(boxes: Sequence[Box], nets: Sequence[Net], width: float, apart: Spacing) -> int:
    if not boxes:
        return 1
    each = max(box.width for box in boxes) + 2 * apart.reach + 2 * apart.tracks
    height = sum(box.height + apart.boxes for box in boxes)
    most = max(1, int((width - 2 * apart.margin + 2 * apart.reach) // each))
    # Few boxes stand better in a row than on top of each other.
    wanted = max(round(sqrt(_SHAPE * height / each)), min(len(boxes), 3 if nets else 2))
    return max(1, min(most, wanted, len(boxes)))


class _Drawing:
    """A grid whose nodes are level, and what comes of it."""

    def __init__(self, boxes: Sequence[Box], grid: Grid, count: int, spacing: Spacing) -> None:
        self._boxes = {each.key: each for each in boxes}
        self._grid = grid
        self._spacing = spacing
        self._tracks = [tracks_of(each) for each in grid.channels]
        self._rows = [[node.box for node in column if node.box] for column in grid.columns]
        self._rows += [[] for _ in range(count - len(self._rows))]
        self._tops = {name: node.top for name, node in grid.boxes.items()}
        self._fill()
        self._widths = [max((self._boxes[e].width for e in row), default=0.0) for row in self._rows]
        self._lefts = list(self._across())

    def _fill(self) -> None:
        """What nothing is connected with goes where there is room left, at the lower end."""
        ends = [
            max((node.top + node.height for node in column), default=-self._spacing.boxes)
            for column in self._grid.columns
        ]
        ends += [-self._spacing.boxes] * (len(self._rows) - len(ends))
        for key, box in self._boxes.items():
            if key not in self._tops:
                place = min(range(len(ends)), key=lambda at: (round(ends[at]), at))
                self._tops[key] = ends[place] + self._spacing.boxes
                ends[place] += self._spacing.boxes + box.height
                self._rows[place].append(key)

    def _across(self) -> Iterator[float]:
        """The left edge of each column, and at last the right edge of the picture's inside."""
        x = self._spacing.margin
        for place, width in enumerate(self._widths):
            yield x
            x += width + self._channel(place + 1)
        yield x

    def _channel(self, place: int) -> float:
        """How wide one is: the last has no boxes on its right, and need not be there at all."""
        tracks = self._tracks[place] if place < len(self._tracks) else []
        lines = (max(tracks, default=0)) * self._spacing.tracks
        last = place >= len(self._widths)
        if last and not tracks:
            return 0.0
        return self._spacing.reach * (1 if last else 2) + lines

    def layout(self) -> Layout:
        margin = self._spacing.margin
        places = {
            key: Place(
                round(self._lefts[column], 1),
                round(self._tops[key] + margin, 1),
                self._widths[column],
                self._boxes[key].height,
            )
            for column, row in enumerate(self._rows)
            for key in row
        }
        lines = self._lines()
        right = self._lefts[-1] + margin
        lowest = [each.bottom for each in places.values()]
        lowest += [y for net in lines.values() for line in net for _, y in line]
        return Layout(round(right, 1), round(max(lowest, default=0) + margin, 1), places, lines)

    def _lines(self) -> Mapping[str, tuple[tuple[Point, ...], ...]]:
        ways: dict[tuple[str, int], dict[int, list[Point]]] = {}
        found: dict[str, dict[int, tuple[Point, ...]]] = {}
        for channel, joint, track in self._joints():
            key = (joint.net.key, joint.wall)
            way = ways.setdefault(key, {}).get(channel) or [
                (self._wall(channel, joint.wall), self._down(joint.source.at))
            ]
            x = self._wall(channel, -1) + self._spacing.reach + track * self._spacing.tracks
            for place, end, wall in joint.leaves:
                points = [*way, *self._turn(x, joint, end.at, wall, channel)]
                found.setdefault(joint.net.key, {})[place] = tuple(_straightened(points))
            if joint.onward is not None:
                beyond = -joint.wall
                points = [*way, *self._turn(x, joint, joint.onward.at, beyond, channel)]
                ways[key][channel + beyond] = points
        return {key: tuple(lines[place] for place in sorted(lines)) for key, lines in found.items()}

    def _joints(self) -> Iterator[tuple[int, Joint, int]]:
        """From each root outwards: first to the right, then to the left."""
        every = list(enumerate(zip(self._grid.channels, self._tracks, strict=True)))
        for wall, channels in ((-1, every), (1, every[::-1])):
            for channel, (joints, tracks) in channels:
                for joint, track in zip(joints, tracks, strict=True):
                    if joint.wall == wall:
                        yield channel, joint, max(track, 0)

    def _turn(self, x: float, joint: Joint, y: float, wall: int, channel: int) -> list[Point]:
        return [
            (round(x, 1), self._down(joint.source.at)),
            (round(x, 1), self._down(y)),
            (self._wall(channel, wall), self._down(y)),
        ]

    def _wall(self, channel: int, side: int) -> float:
        if side > 0:
            return round(self._lefts[channel], 1)
        return round(self._lefts[channel - 1] + self._widths[channel - 1], 1)

    def _down(self, y: float) -> float:
        return round(y + self._spacing.margin, 1)


def _straightened(points: Sequence[Point]) -> Iterator[Point]:
    """Without points that are no corners."""
    kept = [points[0]]
    kept += [after for before, after in pairwise(points) if after != before]
    for place, point in enumerate(kept):
        if 0 < place < len(kept) - 1:
            (a, b), (c, d) = kept[place - 1], kept[place + 1]
            if a == point[0] == c or b == point[1] == d:
                continue
        yield point
