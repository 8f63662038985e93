"""What commands on columns lock, rewrite, scan, rebuild and lose."""

from collections.abc import Callable
from typing import Any

from bot.core.migrations.effects import LockMode
from bot.judge.effects.collector import Collector
from bot.judge.effects.drops import column_goes
from bot.judge.effects.type_change import compared_as, type_change
from bot.judge.volatility import volatility_of
from bot.sql import actions as act
from bot.sql.values import Column, Constraint, ConstraintKind, Expression, Volatility

AE = LockMode.ACCESS_EXCLUSIVE


def lock_table(found: Collector, action: act.TableAction, mode: LockMode = AE) -> None:
    """The table of a command, with those below it unless it says ONLY."""
    if action.only:
        found.lock(action.table, mode)
    else:
        found.lock_tree(action.table, mode)


def whole_table(found: Collector, action: act.TableAction) -> None:
    lock_table(found, action)


def add_column(found: Collector, action: act.AddColumn) -> None:
    lock_table(found, action)
    column = action.column
    if action.if_not_exists and found.catalogue.column(action.table, column.name):
        return
    if column_rewrites(found, column):
        found.rewrite(action.table, only=action.only)
        for sequence in found.sequences_in(column.default.strings if column.default else ()):
            found.lock(sequence, LockMode.ROW_EXCLUSIVE)
    elif column.not_null and (column.default is None or column.default.constant == "null"):
        # The server looks at every row only to say that it has no value, if there is a row at all.
        found.scan(action.table, only=action.only)
    names_sequence(found, column.default)
    for constraint in column.constraints:
        if constraint.kind is ConstraintKind.FOREIGN_KEY:
            found.lock_partitions(constraint.references, LockMode.SHARE_ROW_EXCLUSIVE)
            if column.default and constraint.enforced:
                found.scan(action.table, only=action.only)
        elif constraint.enforced:
            found.scan(action.table, only=action.only)


def names_sequence(found: Collector, default: Expression | None) -> None:
    """From 18 on a default that names a sequence locks it for reading."""
    if default and found.postgres >= 18 and "nextval" in default.functions:
        for sequence in found.sequences_in(default.strings):
            found.lock(sequence, LockMode.ACCESS_SHARE)


def column_rewrites(found: Collector, column: Column) -> bool:
    """Whether adding the column makes PostgreSQL write every row anew."""
    domain = found.catalogue.domains.get(column.type.name)
    if column.numbers_itself or column.generated == "stored" or (domain and domain.constrained):
        return True
    if column.default is None or column.default.constant == "null":
        return False
    return (
        found.postgres < 11 or volatility_of(column.default, found.catalogue) is Volatility.VOLATILE
    )


def drop_column(found: Collector, action: act.DropColumn) -> None:
    lock_table(found, action)
    if action.if_exists and not found.catalogue.column(action.table, action.name):
        return
    for heir in found.catalogue.heirs_of(action.table) if action.only else ():
        if action.table in found.catalogue.tables[heir].inherits:
            found.lock(heir, AE)
    for table in (action.table, *(() if action.only else found.catalogue.below(action.table))):
        column_goes(found, table, action.name, cascade=action.cascade)
    for each in found.actions:
        if isinstance(each, act.AddColumn) and each.column.name == action.name:
            found.still_there(f"{action.table}.{action.name}")


def set_default(found: Collector, action: act.SetDefault) -> None:
    lock_table(found, action)
    names_sequence(found, action.default)


def drop_not_null(found: Collector, action: act.DropNotNull) -> None:
    column = found.catalogue.column(action.table, action.name)
    if found.postgres >= 18 and column and not column.not_null:
        found.lock(action.table, AE)
    else:
        lock_table(found, action)


def alter_type(found: Collector, action: act.AlterColumnType) -> None:
    lock_table(found, action)
    column = found.catalogue.column(action.table, action.name)
    change = type_change(
        column,
        action.type,
        using=action.using,
        collation=action.collation,
        catalogue=found.catalogue,
        postgres=found.postgres,
    )
    if change.rewrites:
        found.rewrite(action.table, only=action.only)
    else:
        _rebuild(found, action, all_of_them=change.rebuilds_indexes)
    _recheck(found, action)
    for sequence in found.catalogue.owned_sequences(action.table, action.name):
        if sequence.identity:
            found.lock(sequence.name, LockMode.SHARE_ROW_EXCLUSIVE)
        elif found.postgres >= 18 and column and column.default is None:
            found.lock(sequence.name, LockMode.ACCESS_SHARE)


def _rebuild(found: Collector, action: act.AlterColumnType, *, all_of_them: bool) -> None:
    """Indexes on the column: what one works out is never trusted to stay the same."""
    for table in (action.table, *(() if action.only else found.catalogue.below(action.table))):
        partitioned = found.catalogue.tables.get(table)
        for index in found.catalogue.indexes_of(table):
            keyed = any(each.name == action.name for each in index.columns)
            derived = bool(index.expressions()) and index.uses(action.name)
            anew = index.parent is not None and index.uses(action.name)
            if partitioned and partitioned.partitioned:
                continue
            if (keyed and all_of_them) or derived or anew:
                found.scan(table)
                found.rebuild(index.name)


def _recheck(found: Collector, action: act.AlterColumnType) -> None:
    """Constraints on the column are checked again, at both ends of a foreign key."""
    table = found.catalogue.tables.get(action.table)
    for each in table.constraints.values() if table else ():
        expression = each.expression
        if each.kind is ConstraintKind.CHECK and expression and action.name in expression.columns:
            found.scan(action.table, only=action.only)
        elif each.kind is ConstraintKind.FOREIGN_KEY and action.name in each.columns:
            found.lock_partitions(each.references, AE)
            if _compares_otherwise(found, action, each):
                found.scan(action.table, only=action.only)
    for child, constraint in found.catalogue.references_to(action.table):
        if action.name in constraint.referenced:
            found.lock_partitions(child, AE)
            if _compares_otherwise(found, action, constraint):
                found.scan(child)


def _compares_otherwise(
    found: Collector, action: act.AlterColumnType, constraint: Constraint
) -> bool:
    """Whether the key's values are compared by another operator than before."""
    if not (constraint.validated and constraint.enforced):
        return False
    column = found.catalogue.column(action.table, action.name)
    if column is None:
        return True
    old = compared_as(column.type, found.catalogue)
    return old != compared_as(action.type, found.catalogue)


def set_not_null(found: Collector, action: act.SetNotNull) -> None:
    column = found.catalogue.column(action.table, action.name)
    table = found.catalogue.tables.get(action.table)
    partitioned = table is not None and table.partitioned
    if column and column.not_null and (partitioned or found.postgres >= 18):
        found.lock(action.table, AE)
        return
    lock_table(found, action)
    for name in found.stored(action.table, only=action.only):
        if scans_for_not_null(found, name, action.name):
            found.scan(name, only=True)


def scans_for_not_null(found: Collector, table: str, name: str) -> bool:
    column = found.catalogue.column(table, name)
    if column and column.not_null:
        return False
    gone = {
        each.name
        for each in found.actions
        if isinstance(each, act.DropConstraint) and each.table == table
    }
    return found.postgres < 12 or not found.catalogue.proved_not_null(table, name, without=gone)


COLUMN_EFFECTS: dict[type[act.Action], Callable[[Collector, Any], None]] = {
    act.AddColumn: add_column,
    act.AlterColumnType: alter_type,
    act.DropColumn: drop_column,
    act.DropDefault: whole_table,
    act.DropNotNull: drop_not_null,
    act.SetDefault: set_default,
    act.SetNotNull: set_not_null,
}
