"""Things to do, each after those that have to be done before it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from heapq import heapify, heappop, heappush
from typing import Any, TypeVar

Node = TypeVar("Node")


def in_order(
    nodes: Collection[Node],
    before: Iterable[tuple[Node, Node]],
    rank: Callable[[Node], Any],
) -> list[Node]:
    """Every node once. Of `(a, b)` in `before`, a comes first; otherwise what ranks lower.

    Where they go round in a circle it is cut at the lowest: what cannot be done says so when it is
    tried.
    """
    waits: dict[Node, set[Node]] = {node: set() for node in nodes}
    then: dict[Node, set[Node]] = defaultdict(set)
    for first, second in before:
        if first != second and first in waits and second in waits:
            waits[second].add(first)
            then[first].add(second)
    free = [(rank(node), node) for node, left in waits.items() if not left]
    heapify(free)
    found: list[Node] = []
    done: set[Node] = set()
    while len(found) < len(waits):
        if not free:
            free = [min((rank(node), node) for node in waits if node not in done)]
        _, node = heappop(free)
        if node in done:
            continue
        done.add(node)
        found.append(node)
        for each in then[node]:
            waits[each].discard(node)
            if not waits[each] and each not in done:
                heappush(free, (rank(each), each))
    return found
