"""A script that makes one schema out of another, from the difference of their snapshots."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum

from bot.core.schemas.draft import Draft, DraftedStatement, Renamed
from bot.core.schemas.schema import Snapshot
from bot.drafting.changes import Changes, changes_between
from bot.drafting.implied import carrier, created_with, dropped_with
from bot.drafting.item import Key
from bot.drafting.kinds.columns import filled_later
from bot.drafting.kinds.registry import KINDS, NOT_NULL, RANKS, kind_of
from bot.drafting.layout import laid_out
from bot.drafting.order import in_order
from bot.drafting.renaming import renamed
from bot.drafting.steps import Step, Undrafted


class Verb(IntEnum):
    DROP = 0
    MAKE = 1


Node = tuple[Verb, Key]


def draft(current: Snapshot, wanted: Snapshot, *, renames: Sequence[Renamed] = ()) -> Draft:
    """What to run on `current` so that it becomes `wanted`.

    `renames` are what is known to be the same under another name: rows stay where they are. Both
    snapshots have to have their links; the order of columns does not count.
    """
    if current == wanted:
        return Draft()
    first, current = renamed(current, wanted, renames)
    before, after = laid_out(current), laid_out(wanted)
    changes = changes_between(before, after)
    steps = [*first, *_steps(changes)]
    return Draft(
        statements=tuple(each for each in steps if isinstance(each, DraftedStatement)),
        left=tuple(each.why for each in steps if isinstance(each, Undrafted)),
    )


def _steps(changes: Changes) -> Iterator[Step]:
    nodes = dict(_nodes(changes))
    carried = dict(_carried(changes, nodes))
    edges = (
        (carried.get(first, first), carried.get(second, second))
        for first, second in _edges(changes, nodes)
        # The parts of partitions, and of the whole, go with their tables in any order.
        if not (carried.keys() >= {first, second} and _parts_of_one(first, second))
    )
    for node in in_order(nodes.keys(), edges, _rank):
        yield from nodes[node]


def _rank(node: Node) -> tuple[int, int, str]:
    verb, (kind, identity) = node
    rank = RANKS.get(kind, len(RANKS))
    return verb, -rank if verb is Verb.DROP else rank, identity


def _nodes(changes: Changes) -> Iterator[tuple[Node, Sequence[Step]]]:
    around = changes.around
    for key in around.gone:
        item = around.current.items[key]
        implied = dropped_with(item, around)
        yield (Verb.DROP, key), () if implied else tuple(kind_of(item).drop(item, around))
    for key in around.made:
        item = around.wanted.items[key]
        implied = created_with(item, around)
        yield (Verb.MAKE, key), () if implied else tuple(kind_of(item).create(item, around))
        if item.kind == "column" and not implied and filled_later(item, around):
            yield (
                (Verb.MAKE, (NOT_NULL, item.identity)),
                tuple(KINDS[NOT_NULL].create(item, around)),
            )
    for key, alteration in changes.altered.items():
        yield (Verb.MAKE, key), alteration.steps


def _parts_of_one(first: Node, second: Node) -> bool:
    kinds = {first[1][0], second[1][0]}
    return kinds <= {"index", "constraint"}


def _carried(changes: Changes, nodes: Mapping[Node, Sequence[Step]]) -> Iterator[tuple[Node, Node]]:
    """What has no statement of its own, to what has it done in passing."""
    around = changes.around
    for (verb, key), steps in nodes.items():
        dropped = verb is Verb.DROP
        if steps or not (dropped or key[0] in ("column", "default")) or key in changes.altered:
            continue
        items = (around.current if dropped else around.wanted).items
        if key in items:
            found = carrier(items[key], around, around.gone if dropped else around.made)
            if found is not None:
                yield (verb, key), (verb, found)


def _edges(changes: Changes, nodes: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
    current, wanted = changes.around.current, changes.around.wanted
    for verb, key in nodes:
        mine = (verb, key)
        if verb is Verb.DROP:
            yield mine, (Verb.MAKE, key)
            for each in current.needed_by.get(key, ()):
                yield (Verb.DROP, each), mine
                if each not in changes.around.gone:
                    yield (Verb.MAKE, each), mine
            continue
        item = wanted.items.get(key)
        for each in item.needs if item else ():
            yield (Verb.MAKE, each), mine
        if key in changes.altered:
            yield from _around_altered(key, changes)
            yield from _after_above(key, changes)


def _after_above(key: Key, changes: Changes) -> Iterator[tuple[Node, Node]]:
    """A column is changed once the one above it is gone, which had a say in it."""
    for each in changes.around.current.above(key) & changes.around.gone:
        yield (Verb.DROP, each), (Verb.MAKE, key)


def _around_altered(key: Key, changes: Changes) -> Iterator[tuple[Node, Node]]:
    """What stood on it and does no more is changed first."""
    current, wanted = changes.around.current, changes.around.wanted
    for each in changes.altered[key].disturbs:
        for user in current.needed_by.get(each, ()):
            yield (Verb.DROP, user), (Verb.MAKE, key)
            after = wanted.items.get(user)
            if after is not None and each not in after.needs:
                yield (Verb.MAKE, user), (Verb.MAKE, key)
