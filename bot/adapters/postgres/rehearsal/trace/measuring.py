"""What one statement did, from what was there before it and what is there after it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.adapters.postgres.rehearsal.trace.hearing import Heard
from bot.adapters.postgres.rehearsal.trace.observing import Counters, Reading
from bot.adapters.postgres.rehearsal.trace.snapshots import WITH_COLUMNS, Constraint, Snapshot
from bot.core.effects import LockMode
from bot.core.rehearsal import Measured, MeasuredLock, TouchedRows

_FILLED = "rm"
_INDEXES = "iI"
# What the server reads without a word about it: tables with a column of the domain, and the default
# partition where another one is made. That it was read is counted, but so is what queries read.
_SILENT = re.compile(r"\bdomain\b|\bpartition\s+of\b", re.IGNORECASE)
# A table that is emptied gets a new file, and nothing is written to it.
_EMPTIES = re.compile("truncate", re.IGNORECASE)


def may_empty(sql: str) -> bool:
    return bool(_EMPTIES.search(sql))


def reads_silently(sql: str) -> bool:
    return bool(_SILENT.search(sql))


@dataclass(frozen=True)
class Evidence:
    """All that was seen of one statement. `taken` are locks that its transaction did not have
    before, `had` those that it did, `held` all that it has, `emptied` the relations that are left
    without a page. `silent` says that counters have to tell what was read, `sampled` that locks may
    have been overlooked."""

    before: Reading
    after: Reading
    heard: Heard = field(default_factory=Heard)
    taken: Mapping[int, LockMode] = field(default_factory=dict)
    held: Mapping[int, LockMode] = field(default_factory=dict)
    had: Mapping[int, LockMode] = field(default_factory=dict)
    emptied: Collection[int] = ()
    silent: bool = False
    sampled: bool = False

    @cached_property
    def changed(self) -> frozenset[int]:
        """Relations that were there before and are not as they were, or not there."""
        return changed(self.before.snapshot, self.after.snapshot)

    @cached_property
    def changed_columns(self) -> frozenset[int]:
        before, after = self.before.snapshot.columns, self.after.snapshot.columns
        if before is after:
            return frozenset()
        return frozenset(oid for oid, each in before.items() if after.get(oid) is not each)


def changed(before: Snapshot, after: Snapshot) -> frozenset[int]:
    if before.schemas != after.schemas:
        return frozenset(before.relations)
    if before.relations is after.relations:
        return frozenset()
    now = after.relations.get
    return frozenset(oid for oid, each in before.relations.items() if now(oid) is not each)


def renewed(before: Snapshot, after: Snapshot) -> dict[int, int]:
    """Relations with another file than before, and what they are now: by identity, or by name
    where the server makes one anew to change it."""
    kinds = _FILLED + _INDEXES
    different = {
        oid: before.relations[oid]
        for oid in changed(before, after)
        if before.relations[oid].kind in kinds
    }
    names: dict[str, int] = {}
    if any(oid not in after.relations for oid in different):
        names = {after.name(oid): oid for oid in after.of_kind(kinds)}
    found = {}
    for oid, each in different.items():
        now = oid if oid in after.relations else names.get(before.name(oid))
        if now is not None and after.relations[now].file != each.file:
            found[oid] = now
    return found


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
    rewrites = {before.name(oid) for oid in files if before.relations[oid].kind in _FILLED}
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
            sorted(before.name(oid) for oid in files if before.relations[oid].kind in _INDEXES)
        ),
        indexes=tuple(sorted(_new_indexes(before, after))),
        validated=tuple(sorted(_validated(seen, sure | rewrites))),
        rows=tuple(sorted(_rows(seen))),
        loses=tuple(sorted(_lost(seen))),
        misses=tuple(sorted(set(_missed(seen)))),
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
                before.name(oid), mode, new=oid not in old, index=found.kind in _INDEXES
            )


def _new_indexes(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Less those that the server made anew in place of one of the same name."""
    added = after.relations.keys() - before.relations.keys()
    fresh = {after.name(oid) for oid in added if after.relations[oid].kind in _INDEXES}
    if fresh:
        fresh -= {before.name(oid) for oid in before.of_kind(_INDEXES)}
    yield from fresh


def _scans(seen: Evidence) -> Iterator[set[str]]:
    """Sets of tables of which one was read: messages name neither schema nor partition."""
    before = seen.before.snapshot
    there = before.relations if seen.sampled else seen.held.keys() & before.relations.keys()
    tables = {
        oid for oid in there if before.relations[oid].kind in _FILLED and oid not in seen.emptied
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
        yield from ({before.name(oid)} for oid in strong if _delta(seen, oid).scans > 0)


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


def _delta(seen: Evidence, oid: int) -> Counters:
    now = seen.after.counters.get(oid, Counters())
    was = seen.before.counters.get(oid, Counters())
    return Counters(*(new - old for new, old in zip(now, was, strict=True)))


def _rows(seen: Evidence) -> Iterator[TouchedRows]:
    for oid in seen.after.counters:
        snapshot = seen.before.snapshot
        if oid not in snapshot.relations:
            snapshot = seen.after.snapshot
        _, inserted, updated, deleted = _delta(seen, oid)
        if oid in snapshot.relations and (inserted or updated or deleted):
            yield TouchedRows(
                snapshot.name(oid),
                inserted=max(0, inserted),
                updated=max(0, updated),
                deleted=max(0, deleted),
            )


def _lost(seen: Evidence) -> Iterator[str]:
    """Tables and columns that are gone, whatever they are called now."""
    before, after = seen.before.snapshot, seen.after.snapshot
    for oid in seen.changed | seen.changed_columns:
        if before.relations[oid].kind not in "rp":
            continue
        if oid not in after.relations:
            yield before.name(oid)
        else:
            kept = after.columns.get(oid, {})
            columns = before.columns.get(oid, {}).items()
            yield from (f"{before.name(oid)}.{name}" for n, name in columns if n not in kept)


def _missed(seen: Evidence) -> Iterator[str]:
    """Names that are there no longer; of a relation that is gone, its own name alone."""
    before, after = seen.before.snapshot, seen.after.snapshot
    gone = {
        before.name(oid)
        for oid in seen.changed
        if before.relations[oid].kind in WITH_COLUMNS
        and (oid not in after.relations or after.name(oid) != before.name(oid))
    }
    if gone:
        gone -= {after.name(oid) for oid in after.of_kind(WITH_COLUMNS)}
    yield from gone
    for oid in seen.changed | seen.changed_columns:
        table = before.name(oid)
        if oid in before.columns and table not in gone:
            yield from _missed_columns(oid, before, after)
    yield from _missed_others(before, after)


def _missed_columns(oid: int, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Another relation may have the name by now, and columns of the same names."""
    table = before.name(oid)
    same = oid if oid in after.relations and after.name(oid) == table else None
    if same is None:
        same = next(other for other in after.of_kind(WITH_COLUMNS) if after.name(other) == table)
    kept = set(after.columns.get(same, {}).values())
    yield from (f"{table}.{name}" for name in before.columns[oid].values() if name not in kept)


def _missed_others(before: Snapshot, after: Snapshot) -> Iterator[str]:
    same = (
        before.functions is after.functions
        and before.types is after.types
        and before.labels is after.labels
        and before.schemas == after.schemas
        and before.relations is after.relations
    )
    if same:
        return
    others = _other_names(before) - _other_names(after)
    yield from (name for name in others if name.rpartition(".")[0] not in others)


def _other_names(snapshot: Snapshot) -> set[str]:
    """Functions and types, and the values of enums."""
    schemas = snapshot.schemas
    names = {f"{schemas[each.schema]}.{each.name}" for each in snapshot.functions.values()}
    types = {oid: f"{schemas[each.schema]}.{each.name}" for oid, each in snapshot.types.items()}
    names.update(types.values())
    names.update(snapshot.name(oid) for oid in snapshot.of_kind("c"))
    for each in snapshot.labels.values():
        if each.type in types:
            names.add(f"{types[each.type]}.{each.text}")
    return names
