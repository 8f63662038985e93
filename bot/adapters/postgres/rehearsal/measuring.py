"""What one statement did, from what was there before it and what is there after it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.adapters.postgres.rehearsal.hearing import Heard
from bot.adapters.postgres.rehearsal.observing import Counters, Reading
from bot.adapters.postgres.rehearsal.snapshots import WITH_COLUMNS, Constraint, Snapshot
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
    before, `held` all that it has, `emptied` the relations that are left without a page. `silent`
    says that counters have to tell what was read, `sampled` that locks may have been overlooked."""

    before: Reading
    after: Reading
    heard: Heard = field(default_factory=Heard)
    taken: Mapping[int, LockMode] = field(default_factory=dict)
    held: Mapping[int, LockMode] = field(default_factory=dict)
    emptied: Collection[int] = ()
    silent: bool = False
    sampled: bool = False


def renewed(before: Snapshot, after: Snapshot) -> dict[int, int]:
    """Relations with another file than before, and what they are now: by identity, or by name
    where the server makes one anew to change it."""
    changed = {
        oid: each
        for oid, each in before.relations.items()
        if each.kind in _FILLED + _INDEXES and after.relations.get(oid) is not each
    }
    names: dict[str, int] = {}
    if any(oid not in after.relations for oid in changed):
        names = {after.name(oid): oid for oid in after.of_kind(_FILLED + _INDEXES)}
    found = {}
    for oid, each in changed.items():
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
) -> Measured:
    """`old` are the relations that were there before all that is rehearsed."""
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
        loses=tuple(sorted(_lost(before, after))),
        misses=tuple(sorted(set(_missed(before, after)))),
        wal_bytes=wal_bytes,
        temporary_bytes=seen.heard.temporary_bytes,
        sampled=seen.sampled,
    )


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
    fresh = {after.name(oid) for oid in after.of_kind(_INDEXES) if oid not in before.relations}
    if fresh:
        fresh -= {before.name(oid) for oid in before.of_kind(_INDEXES)}
    yield from fresh


def _scans(seen: Evidence) -> Iterator[set[str]]:
    """Sets of tables of which one was read: messages name neither schema nor partition."""
    before = seen.before.snapshot
    tables = {
        oid
        for oid in before.of_kind(_FILLED)
        if (oid in seen.held or seen.sampled) and oid not in seen.emptied
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


def _lost(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Tables and columns that are gone, whatever they are called now."""
    for oid in before.of_kind("rp"):
        if oid not in after.relations:
            yield before.name(oid)
        elif after.columns.get(oid) is not before.columns.get(oid):
            kept = after.columns.get(oid, {})
            columns = before.columns.get(oid, {}).items()
            yield from (f"{before.name(oid)}.{name}" for n, name in columns if n not in kept)


def _missed(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Names that are there no longer; of a relation that is gone, its own name alone."""
    gone = _changed_names(before, after) - _relation_names(after)
    yield from gone
    moved = before.schemas != after.schemas
    for oid, columns in before.columns.items():
        same = after.columns.get(oid) is columns and _same(before, after, oid)
        table = before.name(oid)
        if (moved or not same) and table not in gone:
            yield from _missed_columns(table, columns.values(), after)
    yield from _missed_others(before, after)


def _same(before: Snapshot, after: Snapshot, oid: int) -> bool:
    return after.relations.get(oid) is before.relations.get(oid)


def _changed_names(before: Snapshot, after: Snapshot) -> set[str]:
    moved = before.schemas != after.schemas
    return {
        before.name(oid)
        for oid in before.of_kind(WITH_COLUMNS)
        if moved or not _same(before, after, oid)
    }


def _relation_names(snapshot: Snapshot) -> set[str]:
    return {snapshot.name(oid) for oid in snapshot.of_kind(WITH_COLUMNS)}


def _missed_columns(table: str, columns: Iterable[str], after: Snapshot) -> Iterator[str]:
    """Another relation may have the name by now, and columns of the same names."""
    kept: set[str] = set()
    for oid in after.of_kind(WITH_COLUMNS):
        if after.name(oid) == table:
            kept |= set(after.columns.get(oid, {}).values())
    yield from (f"{table}.{name}" for name in columns if name not in kept)


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
