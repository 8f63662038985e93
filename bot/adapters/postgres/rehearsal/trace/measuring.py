"""What one statement did, from what was there before it and what is there after it."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.adapters.postgres.rehearsal.trace.evidence import FILLED, INDEXES, Evidence, renewed
from bot.adapters.postgres.rehearsal.trace.losing import lost, missed
from bot.adapters.postgres.rehearsal.trace.snapshots import Constraint, Snapshot
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import Measured, MeasuredLock, TouchedRows


def measured(
    seen: Evidence,
    *,
    old: Collection[int],
    duration_ms: float,
    wal_bytes: int,
    predicted: Collection[str] = (),
) -> Measured:
    """`old` are the relations that were there before all that is rehearsed, `predicted` those that
    are expected to be locked."""
    before, after = seen.before.snapshot, seen.after.snapshot
    files = {oid for oid in renewed(before, after) if oid not in seen.emptied}
    rewrites = {before.name(oid) for oid in files if before.relations[oid].kind in FILLED}
    scans = {frozenset(each) for each in _scans(seen)}
    # What is rewritten is read in full anyway, and so one of such a set was.
    unsure = {each for each in scans if len(each) > 1 and not each & rewrites}
    sure = {name for each in scans if len(each) == 1 for name in each} - rewrites
    return Measured(
        duration_ms=duration_ms,
        transactional=not seen.sampled,
        locks=tuple(sorted(_locks(before, seen.taken, old))),
        rewrites=tuple(sorted(rewrites)),
        scans=tuple(sorted(sure)),
        scans_of_one=tuple(sorted(tuple(sorted(each)) for each in unsure if not each & sure)),
        rebuilds=tuple(
            sorted(before.name(oid) for oid in files if before.relations[oid].kind in INDEXES)
        ),
        indexes=tuple(sorted(_new_indexes(before, after))),
        validated=tuple(sorted(_validated(seen, sure | rewrites))),
        rows=tuple(sorted(_rows(seen))),
        loses=tuple(sorted(lost(seen))),
        misses=tuple(sorted(set(missed(seen)))),
        wal_bytes=wal_bytes,
        temporary_bytes=seen.heard.temporary_bytes,
        sampled=seen.sampled,
        had=tuple(sorted(_had(before, seen.had, predicted))) if predicted else (),
    )


def _had(
    before: Snapshot, had: Mapping[int, LockMode], predicted: Collection[str]
) -> Iterator[tuple[str, LockMode]]:
    for oid, mode in had.items():
        if oid in before.relations and (name := before.name(oid)) in predicted:
            yield name, mode


def _locks(
    before: Snapshot, taken: Mapping[int, LockMode], old: Collection[int]
) -> Iterator[MeasuredLock]:
    for oid, mode in taken.items():
        found = before.relations.get(oid)
        if found and found.kind != "c":
            yield MeasuredLock(
                before.name(oid),
                mode,
                new=oid not in old,
                index=found.kind in INDEXES,
                partitioned=found.kind == "p",
            )


def _new_indexes(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Less those that the server made anew in place of one of the same name."""
    added = after.relations.keys() - before.relations.keys()
    fresh = {after.name(oid) for oid in added if after.relations[oid].kind in INDEXES}
    if fresh:
        fresh -= {before.name(oid) for oid in before.of_kind(INDEXES)}
    yield from fresh


def _scans(seen: Evidence) -> Iterator[set[str]]:
    """Sets of tables of which one was read: messages name neither schema nor partition."""
    before = seen.before.snapshot
    there = before.relations if seen.sampled else seen.held.keys() & before.relations.keys()
    tables = {
        oid for oid in there if before.relations[oid].kind in FILLED and oid not in seen.emptied
    }
    for bare in seen.heard.tables:
        named = {before.name(oid) for oid in tables if before.relations[oid].name == bare}
        if named:
            yield named
    for tables_of_key in _foreign_keys(seen):
        named = {before.name(oid) for oid in tables_of_key if oid in tables}
        if named:
            yield named
    if seen.silent:
        strong = (oid for oid in tables if seen.held.get(oid, 0) >= LockMode.SHARE)
        yield from ({before.name(oid)} for oid in strong if seen.delta(oid).scans > 0)


def _foreign_keys(seen: Evidence) -> Iterator[set[int]]:
    """The tables of each foreign key that was looked through: partitions have one of its name."""
    if not seen.heard.foreign_keys:
        return
    fresh = list(_newly_valid(seen))
    every = [*seen.before.snapshot.constraints.values(), *fresh]
    for name in seen.heard.foreign_keys:
        named = _tables_of_key(fresh, name)
        yield named or _tables_of_key(every, name)


def _tables_of_key(constraints: Iterable[Constraint], name: str) -> set[int]:
    return {each.relation for each in constraints if each.kind == "f" and each.name == name}


def _newly_valid(seen: Evidence) -> Iterator[Constraint]:
    before, after = seen.before.snapshot, seen.after.snapshot
    if before.constraints is after.constraints:
        return
    for oid, each in after.constraints.items():
        known = before.constraints.get(oid)
        if known is not each and each.valid and not (known and known.valid):
            yield each


def _validated(seen: Evidence, read: Collection[str]) -> Iterator[str]:
    """Constraints that are valid now, were not before, and whose table was read meanwhile."""
    before = seen.before.snapshot
    for each in _newly_valid(seen):
        if each.relation not in before.relations:
            continue
        table = before.name(each.relation)
        heard = each.kind == "f" and each.name in seen.heard.foreign_keys
        if heard or (each.kind != "f" and table in read):
            yield f"{table}.{each.name}"


def _rows(seen: Evidence) -> Iterator[TouchedRows]:
    for oid in seen.after.counters:
        snapshot = seen.before.snapshot
        if oid not in snapshot.relations:
            snapshot = seen.after.snapshot
        _, inserted, updated, deleted = seen.delta(oid)
        if oid in snapshot.relations and (inserted or updated or deleted):
            yield TouchedRows(
                snapshot.name(oid),
                inserted=max(0, inserted),
                updated=max(0, updated),
                deleted=max(0, deleted),
            )
