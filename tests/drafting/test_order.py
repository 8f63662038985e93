"""Things to do, in an order that works and is always the same."""

from hypothesis import given
from hypothesis import strategies as st

from bot.drafting.order import in_order

NODES = st.integers(0, 12)
EDGES = st.lists(st.tuples(NODES, NODES), max_size=30)


@given(st.sets(NODES), EDGES)
def test_each_comes_once_and_always_in_the_same_place(
    nodes: set[int], edges: list[tuple[int, int]]
) -> None:
    found = in_order(nodes, edges, lambda node: node)
    assert sorted(found) == sorted(nodes)
    assert found == in_order(nodes, list(reversed(edges)), lambda node: node)


@given(st.sets(NODES), EDGES)
def test_what_has_to_be_first_is_first(nodes: set[int], edges: list[tuple[int, int]]) -> None:
    forward = [(min(pair), max(pair)) for pair in edges]
    found = in_order(nodes, forward, lambda node: -node)
    for first, second in forward:
        if first != second and {first, second} <= nodes:
            assert found.index(first) < found.index(second)


def test_what_nothing_decides_is_by_rank() -> None:
    assert in_order([3, 1, 2], [], lambda node: node) == [1, 2, 3]


def test_a_circle_is_cut_at_the_lowest() -> None:
    assert in_order("abc", [("a", "b"), ("b", "a"), ("b", "c")], lambda node: node) == [
        "a",
        "b",
        "c",
    ]
