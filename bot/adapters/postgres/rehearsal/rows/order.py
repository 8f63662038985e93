"""Which table comes first, so that parents are there before children; and how much of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.adapters.postgres.rehearsal.rows.tables import Index, Reference, Table
from bot.core.rehearsals.sizes import RelationSize, Sizes

# Enough to be rewritten and looked through, and made in a moment.
LEAST_ROWS = 300
# Where nobody knows how big a table is.
MOST_ROWS, MOST_BYTES = 50_000, 10_000_000
HEADER = 28


@dataclass(frozen=True)
class Turn:
    """A table whose turn it is; `broken` are the foreign keys whose parent comes later."""

    table: Table
    broken: frozenset[str] = frozenset()


def in_order(tables: Sequence[Table]) -> tuple[Turn, ...]:
    """Parents first. A circle is opened at a foreign key that may be NULL, else anywhere."""
    roots = {each.oid: each.oid for each in tables}
    roots |= {part.oid: each.oid for each in tables for part in each.partitions}
    left = {each.oid: each for each in tables}
    turns: list[Turn] = []
    while left:
        turn = _next(left, roots)
        turns.append(turn)
        del left[turn.table.oid]
    return tuple(turns)


def is_own(reference: Reference, table: Table) -> bool:
    return reference.parent == table.oid


def may_be_null(reference: Reference, table: Table) -> bool:
    return any(not table.by_name[each].not_null for each in reference.columns)


def _next(left: Mapping[int, Table], roots: Mapping[int, int]) -> Turn:
    waiting = {
        oid: [
            each
            for each in table.references
            if not is_own(each, table) and roots.get(each.parent) in left
        ]
        for oid, table in left.items()
    }
    for oid, references in waiting.items():
        if not references:
            return Turn(left[oid])
    for oid, references in waiting.items():
        if all(may_be_null(each, left[oid]) for each in references):
            return Turn(left[oid], frozenset(each.name for each in references))
    oid = _in_a_circle({oid: roots[each[0].parent] for oid, each in waiting.items()})
    return Turn(left[oid], frozenset(each.name for each in waiting[oid]))


def _in_a_circle(parents: Mapping[int, int]) -> int:
    """Each has a parent here, so that whoever goes from one to the next comes back."""
    seen, oid = set[int](), next(iter(parents))
    while oid not in seen:
        seen.add(oid)
        oid = parents[oid]
    return oid


@dataclass(frozen=True)
class Share:
    """What a table gets: so many bytes at most, and so many rows, if the target says how many.

    `row_bytes` is about how many bytes a row takes in the target's heap.
    """

    bytes: int
    rows: int | None = None
    row_bytes: float | None = None

    def rows_of(self, row_bytes: float) -> int:
        """How many there can be if one takes so many bytes, with its part of the indexes."""
        possible = int(self.bytes / row_bytes)
        if self.rows is not None:
            return min(self.rows, max(LEAST_ROWS, possible))
        return min(MOST_ROWS, max(LEAST_ROWS, possible))


def shares(tables: Sequence[Table], budget: int, sizes: Sizes | None) -> dict[int, Share]:
    """By oid. Those that the target does not know get the least; nothing exceeds the target."""
    if sizes is None:
        each_one = min(MOST_BYTES, budget // max(1, len(tables)))
        return {each.oid: Share(each_one) for each in tables}
    known = {each.oid: sizes.of(each.relation) for each in tables}
    total = sum(each.bytes for each in known.values() if each is not None)
    scale = min(1.0, budget / max(1, total))
    return {oid: _scaled(size, scale) for oid, size in known.items()}


def _scaled(size: RelationSize | None, scale: float) -> Share:
    if size is None:
        return Share(0)
    given = int(size.bytes * scale)
    if size.rows is None:
        return Share(given)
    rows = min(size.rows, max(LEAST_ROWS, round(size.rows * scale)))
    # A table of ours may be less dense than theirs, but not by much.
    return Share(int(given * 1.5), rows, size.heap / size.rows if size.rows else None)


def row_bytes(table: Table, widths: Mapping[str, int]) -> float:
    """About how many bytes a row takes, with its part of the indexes."""
    heap = HEADER + sum(widths.values())
    return heap + sum(_entry_bytes(each, widths) for each in table.indexes)


def _entry_bytes(index: Index, widths: Mapping[str, int]) -> float:
    held = sum(widths.get(each, 8) if each is not None else 16 for each in index.columns)
    if index.method == "brin":
        return 0.1
    # Pages that were split are half empty; an inverted index has an entry for each piece.
    return held * 8 if index.method == "gin" else (held + 16) * 1.4
