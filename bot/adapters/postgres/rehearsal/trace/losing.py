"""What a statement took away: what is gone, and names that older code would look for in vain."""

from collections.abc import Iterator

from bot.adapters.postgres.rehearsal.trace.evidence import Evidence
from bot.adapters.postgres.rehearsal.trace.snapshots import WITH_COLUMNS, Snapshot


def lost(seen: Evidence) -> Iterator[str]:
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


def missed(seen: Evidence) -> Iterator[str]:
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
