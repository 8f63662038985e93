"""What a layout is made from, and what it is: boxes with ports, nets that join them, places."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    key: str
    width: float
    height: float


@dataclass(frozen=True)
class Port:
    """Where a line may leave a box, on either side: so far below its upper edge."""

    box: str
    y: float


@dataclass(frozen=True)
class Net:
    """Lines that all lead to one port, and so may share their way: from `root` to each leaf."""

    key: str
    root: Port
    leaves: tuple[Port, ...]


@dataclass(frozen=True)
class Spacing:
    """Least distances: between boxes above each other, between a box and a line that passes it,
    from a box to the first line beside it, and between lines side by side."""

    boxes: float = 26.0
    lanes: float = 12.0
    reach: float = 24.0
    tracks: float = 8.0
    margin: float = 16.0


@dataclass(frozen=True)
class Place:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True)
class Layout:
    """`lines` has for each net and each of its leaves the corners from the root to the leaf."""

    width: float
    height: float
    places: Mapping[str, Place]
    lines: Mapping[str, tuple[tuple[Point, ...], ...]]


@dataclass
class Node:
    """A box, or a lane by which a net passes a column: what stands above each other there.

    `top` is its place as far as it is known. `links` are the nodes of neighbouring columns that it
    should be level with: which, by which port of its own, and by which of theirs.
    """

    index: int
    column: int
    height: float
    box: str = ""
    gap: float = 0.0
    top: float = 0.0
    before: list["Link"] = field(default_factory=list)
    after: list["Link"] = field(default_factory=list)
    aside: list["Link"] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True)
class Link:
    other: Node
    mine: float
    theirs: float
    weight: float = 1.0

    @property
    def wanted(self) -> float:
        """Where the upper edge has to be, so that the line is straight."""
        return self.other.top + self.theirs - self.mine
