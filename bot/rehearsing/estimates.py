"""How long statements may take at a target's size, carried over from what a rehearsal measured.

What was only the catalogue's takes as long there as here, and has no estimate. A scan grows with
the bytes of the heap, a rewrite with those of heap and indexes, the build of an index with the
rows, as sorting does, and a change of rows with how many they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.findings.review import JudgedStatement
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import LEAST_TIMES, MOST_TIMES, Estimate, Measured, MeasuredLock
from bot.core.rehearsals.sizes import RelationSize, Sizes

# Of less than that, most of what was measured is not the table's: it would grow into nonsense.
LEAST_BYTES = 1_000_000
# A change of fewer rows than that looks for particular ones, and does not grow with the table.
LEAST_SHARE = 0.01

Pair = tuple[JudgedStatement, Measured]


@dataclass(frozen=True)
class _Work:
    """What a statement did to relations, of which both sizes are known."""

    relation: str
    unit: str
    here: int
    there: int
    heap_here: int
    heap_there: int
    sorts: bool = False


def estimates_of(
    statements: Sequence[Pair], sizes: Iterable[RelationSize], target: Sizes
) -> tuple[Estimate, ...]:
    """For the statements of one file, in order; nothing for those that cannot be carried over.

    `sizes` are those of the rehearsal's tables when it began.
    """
    sizes_here = {each.relation: each for each in sizes}
    found: list[Estimate] = []
    for transaction in _transactions(statements):
        estimates = [_estimate(pair, sizes_here, target) for pair in transaction]
        spans = [
            each.most_ms if each else measured.duration_ms
            for each, (_, measured) in zip(estimates, transaction, strict=True)
        ]
        for place, each in enumerate(estimates):
            if each is not None:
                found.append(_held(each, place, transaction, spans))
    return tuple(found)


def _transactions(statements: Sequence[Pair]) -> Iterator[list[Pair]]:
    """What is committed together: up to a statement that ends or begins one, or wants none."""
    together: list[Pair] = []
    for pair in statements:
        judged, measured = pair
        if not measured.transactional or judged.statement.node == "TransactionStmt":
            if together:
                yield together
            together = []
            yield [pair]
        else:
            together.append(pair)
    if together:
        yield together


def _estimate(pair: Pair, sizes_here: Mapping[str, RelationSize], target: Sizes) -> Estimate | None:
    judged, measured = pair
    work = _work(measured, sizes_here, target)
    if work is None or work.here <= 0:
        return None
    if (work.here if work.unit == "bytes" else work.heap_here) < LEAST_BYTES:
        return None
    bare = Estimate(
        statement=judged.statement.index,
        relation=work.relation,
        unit=work.unit,
        measured_ms=measured.duration_ms,
        measured_units=work.here,
        target=target.target,
        target_units=work.there,
        least_ms=0.0,
        most_ms=0.0,
        sorts=work.sorts,
        read_bytes=work.heap_there,
    )
    likely = bare.measured_ms * bare.growth
    return replace(bare, least_ms=LEAST_TIMES * likely, most_ms=MOST_TIMES * likely + bare.read_ms)


def _work(
    measured: Measured, sizes_here: Mapping[str, RelationSize], target: Sizes
) -> _Work | None:
    """The kind of work that takes longest; the others go along with it."""
    if measured.rewrites:
        names = _outermost({*measured.rewrites, *measured.scans}, sizes_here)
        whole = frozenset(measured.rewrites)
        return _in_bytes(names, whole, sizes_here, target)
    if measured.rebuilds or measured.indexes:
        names = _outermost(measured.scans or _locked(measured), sizes_here)
        return _in_rows(names, sizes_here, target)
    if measured.scans or measured.scans_of_one:
        unsure = {name for each in measured.scans_of_one for name in each}
        names = _outermost({*measured.scans, *unsure}, sizes_here)
        return _in_bytes(names, frozenset(), sizes_here, target)
    return _of_changes(measured, sizes_here, target)


def _locked(measured: Measured) -> set[str]:
    """Whose indexes they may be."""
    return {
        each.relation
        for each in measured.locks
        if each.mode >= LockMode.SHARE_UPDATE_EXCLUSIVE and not each.index and not each.new
    }


def _outermost(names: Iterable[str], sizes_here: Mapping[str, RelationSize]) -> tuple[str, ...]:
    """Without partitions whose table is among them: it is the sum of its partitions."""
    chosen = set(names)

    def inside(name: str) -> bool:
        size, seen = sizes_here.get(name), {name}
        while size is not None and size.partition_of and size.partition_of not in seen:
            seen.add(size.partition_of)
            if size.partition_of in chosen:
                return True
            size = sizes_here.get(size.partition_of)
        return False

    return tuple(sorted(each for each in chosen if not inside(each)))


def _both(
    names: Sequence[str], sizes_here: Mapping[str, RelationSize], target: Sizes
) -> list[tuple[RelationSize, RelationSize]] | None:
    """The sizes here and there, the greatest there first; None if one is not known."""
    found = []
    for name in names:
        here, there = sizes_here.get(name), target.of(name)
        if here is None or there is None:
            return None
        found.append((here, there))
    return sorted(found, key=lambda pair: (-pair[1].bytes, pair[0].relation)) or None


def _in_bytes(
    names: Sequence[str],
    rewritten: frozenset[str],
    sizes_here: Mapping[str, RelationSize],
    target: Sizes,
) -> _Work | None:
    both = _both(names, sizes_here, target)
    if both is None:
        return None
    with_indexes = [here.relation in rewritten for here, _ in both]
    return _Work(
        relation=both[0][0].relation,
        unit="bytes",
        here=sum(_moved(each[0], all_) for each, all_ in zip(both, with_indexes, strict=True)),
        there=sum(_moved(each[1], all_) for each, all_ in zip(both, with_indexes, strict=True)),
        heap_here=sum(here.heap for here, _ in both),
        heap_there=sum(there.heap for _, there in both),
    )


def _moved(size: RelationSize, with_indexes: bool) -> int:
    return size.heap + (size.indexes if with_indexes else 0)


def _in_rows(
    names: Sequence[str], sizes_here: Mapping[str, RelationSize], target: Sizes
) -> _Work | None:
    """In bytes where the server does not know the rows."""
    both = _both(names, sizes_here, target)
    if both is None:
        return None
    if any(size.rows is None for pair in both for size in pair):
        return _in_bytes(names, frozenset(), sizes_here, target)
    return _Work(
        relation=both[0][0].relation,
        unit="rows",
        here=sum(here.rows or 0 for here, _ in both),
        there=sum(there.rows or 0 for _, there in both),
        heap_here=sum(here.heap for here, _ in both),
        heap_there=sum(there.heap for _, there in both),
        sorts=True,
    )


def _of_changes(
    measured: Measured, sizes_here: Mapping[str, RelationSize], target: Sizes
) -> _Work | None:
    """Of the table with most of them. Rows that are only added do not come from it."""
    changes = {each.relation: each.updated + each.deleted for each in measured.rows}
    name = max(sorted(changes), key=lambda each: changes[each], default="")
    both = _both([name], sizes_here, target)
    if both is None:
        return None
    (here, there), changed = both[0], changes[name]
    if not here.rows or there.rows is None or changed < here.rows * LEAST_SHARE:
        return None
    return _Work(
        relation=name,
        unit="rows",
        here=changed,
        there=round(changed / here.rows * there.rows),
        heap_here=here.heap,
        heap_there=there.heap,
    )


def _held(
    estimate: Estimate, place: int, transaction: Sequence[Pair], spans: Sequence[float]
) -> Estimate:
    """With the strongest lock that its transaction has by then: on its own table, if that blocks
    anybody, else on another."""
    taken = [
        (lock, taker)
        for taker, (_, measured) in enumerate(transaction[: place + 1])
        for lock in measured.locks
        if not lock.new and not lock.index
    ]
    own = [each for each in taken if each[0].relation == estimate.relation]
    strongest = max(own, key=_strength, default=None)
    if strongest is None or not strongest[0].mode.blocks:
        strongest = max(taken, key=_strength, default=None)
    if strongest is None:
        return estimate
    lock, taker = strongest
    return replace(
        estimate,
        lock=lock.mode,
        held_ms=sum(spans[taker:]),
        locked="" if lock.relation == estimate.relation else lock.relation,
    )


def _strength(taken: tuple[MeasuredLock, int]) -> tuple[int, int]:
    """Of two that are as strong, the one that was taken first."""
    return taken[0].mode, -taken[1]
