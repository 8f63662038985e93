"""What commands on constraints lock, scan, rebuild and lose."""

from collections.abc import Callable
from typing import Any

from bot.core.migrations.effects import LockMode
from bot.judge.effects.collector import Collector
from bot.judge.effects.columns import lock_table, scans_for_not_null
from bot.sql import actions as act
from bot.sql.values import Constraint, ConstraintKind

AE, SRE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_ROW_EXCLUSIVE
_KEYS = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)
_INDEXED = (*_KEYS, ConstraintKind.EXCLUDE)
_INHERITED = (ConstraintKind.CHECK, ConstraintKind.NOT_NULL)
_MAY_BE_OFF = (ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY)


def add_constraint(found: Collector, action: act.AddConstraint) -> None:
    constraint = action.constraint
    if constraint.kind is ConstraintKind.FOREIGN_KEY:
        if found.postgres >= 18:
            lock_table(found, action, SRE)
        else:
            found.lock_partitions(action.table, SRE)
        found.lock_partitions(constraint.references, SRE)
    else:
        _lock_for(found, action)
    if constraint_scans(found, action.table, constraint):
        found.scan(action.table, only=action.only or not _reaches_heirs(found, action))
    if constraint.kind is ConstraintKind.PRIMARY_KEY:
        _forbids_null_below(found, action)


def _forbids_null_below(found: Collector, action: act.AddConstraint) -> None:
    """A primary key's NOT NULL is handed down to heirs and partitions."""
    columns = (found.catalogue.column(action.table, name) for name in action.constraint.columns)
    if found.postgres < 18 and any(each is None or not each.not_null for each in columns):
        found.lock_tree(action.table, AE)
    for heir in found.catalogue.heirs_of(action.table):
        if any(scans_for_not_null(found, heir, name) for name in action.constraint.columns):
            found.scan(heir, only=True)


def _lock_for(found: Collector, action: act.AddConstraint) -> None:
    table = found.catalogue.tables.get(action.table)
    indexed = action.constraint.kind in _INDEXED
    if indexed and found.postgres < 18 and table:
        found.lock(action.table, AE)
        for partition in found.catalogue.partitions_of(action.table):
            found.lock(partition, LockMode.SHARE)
    elif action.constraint.no_inherit and found.postgres < 18:
        found.lock(action.table, AE)
    else:
        lock_table(found, action)


def _reaches_heirs(found: Collector, action: act.AddConstraint) -> bool:
    """An index is of one table, and only partitions get one of their own."""
    table = found.catalogue.tables.get(action.table)
    if action.constraint.kind in (*_INDEXED, ConstraintKind.FOREIGN_KEY):
        return bool(table and table.partitioned)
    return not action.constraint.no_inherit


def constraint_scans(found: Collector, table: str, constraint: Constraint) -> bool:
    if not constraint.validated or (not constraint.enforced and constraint.kind in _MAY_BE_OFF):
        return False
    if constraint.kind is ConstraintKind.NOT_NULL:
        return any(scans_for_not_null(found, table, each) for each in constraint.columns)
    if constraint.using_index is None:
        return True
    return constraint.kind is ConstraintKind.PRIMARY_KEY and any(
        scans_for_not_null(found, table, each)
        for each in indexed_columns(found, table, constraint.using_index)
    )


def indexed_columns(found: Collector, table: str, index: str) -> tuple[str, ...]:
    known = found.catalogue.indexes.get(f"{table.partition('.')[0]}.{index}")
    return tuple(each.name for each in known.columns if each.name) if known else ()


def validate(found: Collector, action: act.ValidateConstraint) -> None:
    constraint = found.catalogue.constraint(action.table, action.name)
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE
    if constraint and constraint.validated:
        found.lock(action.table, mode)
        return
    if constraint and constraint.kind is ConstraintKind.FOREIGN_KEY:
        table = found.catalogue.tables.get(action.table)
        found.lock_partitions(action.table, mode)
        found.scan(action.table, only=not (table and table.partitioned))
    else:
        lock_table(found, action, mode)
        found.scan(action.table, only=action.only)
    if constraint:
        found.lock_partitions(constraint.references, LockMode.ROW_SHARE)


def alter_constraint(found: Collector, action: act.AlterConstraint) -> None:
    lock_table(found, action)
    constraint = found.catalogue.constraint(action.table, action.name)
    if constraint and action.enforced is not None:
        found.lock_partitions(constraint.references, AE)
    if action.enforced and constraint and not constraint.enforced:
        found.scan(action.table)


def drop_constraint(found: Collector, action: act.DropConstraint) -> None:
    constraint = found.catalogue.constraint(action.table, action.name)
    if constraint is None or constraint.kind in _INHERITED:
        lock_table(found, action)
    else:
        found.lock_partitions(action.table, AE)
    if constraint:
        found.lock_partitions(constraint.references, AE)
    if action.cascade and constraint and constraint.kind in _KEYS:
        for child, key in found.catalogue.references_to(action.table):
            if set(key.referenced or constraint.columns) == set(constraint.columns):
                found.lock_partitions(child, AE)


CONSTRAINT_EFFECTS: dict[type[act.Action], Callable[[Collector, Any], None]] = {
    act.AddConstraint: add_constraint,
    act.AlterConstraint: alter_constraint,
    act.DropConstraint: drop_constraint,
    act.ValidateConstraint: validate,
}
