"""Boxes stand apart, lines lead from port to port through no box, and nothing is left to chance."""

import time
from collections.abc import Iterator
from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.report.diagrams.layout.layout import laid_out
from bot.report.diagrams.layout.values import Box, Layout, Net, Place, Point, Port

LEAST_APART = 10.0


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Box], list[Net]]:
    count = draw(st.integers(1, 14))
    heights = draw(st.lists(st.integers(2, 12), min_size=count, max_size=count))
    boxes = [
        Box(f"b{place}", 120.0 + 10 * (height % 5), 20.0 * height + 10)
        for place, height in enumerate(heights)
    ]
    pairs = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=24)
    )
    return boxes, nets_of(boxes, pairs)


def nets_of(boxes: list[Box], pairs: list[tuple[int, int]]) -> list[Net]:
    """From the head of the first to a row of the second; each row begins one line at most."""
    rows = {place: int(box.height // 20) - 1 for place, box in enumerate(boxes)}
    taken: dict[int, int] = {}
    leaves: dict[int, list[Port]] = {}
    for root, leaf in pairs:
        row = taken.get(leaf, 0)
        if row < rows[leaf]:
            taken[leaf] = row + 1
            leaves.setdefault(root, []).append(Port(boxes[leaf].key, 40.0 + 20 * row))
    return [
        Net(f"n{root}", Port(boxes[root].key, 15.0), tuple(found)) for root, found in leaves.items()
    ]


def segments(layout: Layout) -> Iterator[tuple[str, Point, Point]]:
    for net, lines in layout.lines.items():
        for line in lines:
            yield from ((net, one, other) for one, other in pairwise(line))


def crosses(place: Place, one: Point, other: Point) -> bool:
    """Whether a piece of line is inside of a box, and not only at its edge."""
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    across = left < place.right - 0.2 and right > place.x + 0.2
    return across and top < place.bottom - 0.2 and bottom > place.y + 0.2


WIDTHS = st.sampled_from([360.0, 800.0, 1400.0])


@given(graphs(), WIDTHS)
@settings(max_examples=150, deadline=None)
def test_boxes_stand_apart_and_inside_of_the_picture(
    graph: tuple[list[Box], list[Net]], width: float
) -> None:
    boxes, nets = graph
    made = laid_out(boxes, nets, width=width)
    assert made.places.keys() == {each.key for each in boxes}
    for one, other in combinations(made.places.values(), 2):
        assert (
            one.right + LEAST_APART <= other.x
            or other.right + LEAST_APART <= one.x
            or one.bottom + LEAST_APART <= other.y
            or other.bottom + LEAST_APART <= one.y
        ), (one, other)
    for each in made.places.values():
        assert each.x >= 0
        assert each.y >= 0
        assert each.right <= made.width
        assert each.bottom <= made.height


@given(graphs(), WIDTHS)
@settings(max_examples=150, deadline=None)
def test_lines_lead_from_port_to_port_through_no_box(
    graph: tuple[list[Box], list[Net]], width: float
) -> None:
    boxes, nets = graph
    made = laid_out(boxes, nets, width=width)
    for net in nets:
        assert len(made.lines[net.key]) == len(net.leaves)
        for line, leaf in zip(made.lines[net.key], net.leaves, strict=True):
            assert touches(made.places[net.root.box], net.root, line[0])
            assert touches(made.places[leaf.box], leaf, line[-1])
    for net_key, one, other in segments(made):
        assert one[0] == other[0] or one[1] == other[1], f"{net_key} runs aslant"
        for x, y in (one, other):
            assert 0 <= x <= made.width
            assert 0 <= y <= made.height
        for key, place in made.places.items():
            assert not crosses(place, one, other), f"{net_key} runs through {key}"


def touches(place: Place, port: Port, point: Point) -> bool:
    beside = abs(point[0] - place.x) < 0.15 or abs(point[0] - place.right) < 0.15
    return beside and abs(point[1] - place.y - port.y) < 0.15


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_lines_of_different_nets_do_not_run_up_and_down_on_each_other(
    graph: tuple[list[Box], list[Net]],
) -> None:
    boxes, nets = graph
    upright = [each for each in segments(laid_out(boxes, nets)) if each[1][0] == each[2][0]]
    for (net, a, b), (other, c, d) in combinations(upright, 2):
        if net != other and abs(a[0] - c[0]) < 1:
            assert max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1])


@given(graphs())
@settings(max_examples=30, deadline=None)
def test_the_same_gives_the_same(graph: tuple[list[Box], list[Net]]) -> None:
    assert laid_out(*graph) == laid_out(*graph)


def test_nothing_makes_an_empty_picture() -> None:
    made = laid_out([], [])
    assert made.places == {}
    assert made.width > 0
    assert made.height > 0


def test_what_refers_stands_to_the_right_of_what_it_refers_to() -> None:
    boxes = [Box(name, 150, 100) for name in ("items", "orders", "users")]
    chain = [
        Net("users", Port("users", 15), (Port("orders", 40),)),
        Net("orders", Port("orders", 15), (Port("items", 40),)),
    ]
    places = laid_out(boxes, chain).places
    assert places["users"].right < places["orders"].x
    assert places["orders"].right < places["items"].x


def test_on_a_phone_there_is_one_column() -> None:
    boxes = [Box(f"b{n}", 220, 100) for n in range(6)]
    nets = nets_of(boxes, [(0, n) for n in range(1, 6)])
    made = laid_out(boxes, nets, width=360)
    assert len({each.x for each in made.places.values()}) == 1
    assert made.width < 360


def test_lines_to_the_same_table_share_their_way() -> None:
    """All of them leave through one point, and lead up and down on one track."""
    boxes = [Box(f"b{n}", 150, 100) for n in range(5)]
    made = laid_out(boxes, nets_of(boxes, [(0, n) for n in range(1, 5)]))
    lines = made.lines["n0"]
    assert len({line[0] for line in lines}) <= 2, "one on each side"


@pytest.mark.parametrize("count", [70, 100])
def test_a_hundred_tables_take_about_a_second_at_most(count: int) -> None:
    random = Random(count)
    boxes = [Box(f"b{n}", 180, 60 + 20 * random.randrange(6)) for n in range(count)]
    pairs = [(random.randrange(max(0, n - 12), n), n) for n in range(1, count)]
    pairs += [(0, n) for n in range(1, count, 4)]
    nets = nets_of(boxes, pairs)
    started = time.process_time()
    made = laid_out(boxes, nets)
    assert time.process_time() - started < 1.5
    assert len(made.places) == count
