"""What the commands of CREATE TABLE and ALTER TABLE lock, rewrite, scan and lose."""

from collections.abc import Callable
from typing import Any

from bot.core.effects import LockMode
from bot.judge.collector import Collector
from bot.judge.type_change import type_change
from bot.sql import actions as act
from bot.sql.values import Column, Constraint, ConstraintKind, Volatility

_WEAK_OPTIONS = {
    "AT_SetStatistics", "AT_ClusterOn", "AT_DropCluster", "AT_SetRelOptions",
    "AT_ResetRelOptions", "AT_ReplaceRelOptions", "AT_SetOptions", "AT_ResetOptions",
}  # fmt: skip
_TRIGGER_OPTIONS = (
    "AT_EnableTrig",
    "AT_EnableAlwaysTrig",
    "AT_EnableReplicaTrig",
    "AT_DisableTrig",
)
_REWRITING_OPTIONS = {"AT_SetLogged", "AT_SetUnLogged", "AT_SetTableSpace", "AT_SetAccessMethod"}


def add_column(found: Collector, action: act.AddColumn) -> None:
    found.lock_tree(action.table, LockMode.ACCESS_EXCLUSIVE)
    column = action.column
    if action.if_not_exists and found.catalogue.column(action.table, column.name):
        return
    if column_rewrites(found, column):
        found.rewrite(action.table)
        for sequence in found.sequences_in(column.default.strings if column.default else ()):
            found.lock(sequence, LockMode.ROW_EXCLUSIVE)
    elif column.not_null and (column.default is None or column.default.constant == "null"):
        found.scan(action.table)
    for constraint in column.constraints:
        if constraint.kind is ConstraintKind.FOREIGN_KEY:
            found.lock(constraint.references, LockMode.SHARE_ROW_EXCLUSIVE)
            if column.default and column.default.constant != "null":
                found.scan(action.table)
        elif constraint.enforced:
            found.scan(action.table)


def column_rewrites(found: Collector, column: Column) -> bool:
    """Whether adding the column makes PostgreSQL write every row anew."""
    domain = found.catalogue.domains.get(column.type.name)
    if column.numbers_itself or column.generated == "stored" or (domain and domain.constrained):
        return True
    if column.default is None or column.default.constant == "null":
        return False
    return found.postgres < 11 or column.default.volatility is Volatility.VOLATILE


def drop_column(found: Collector, action: act.DropColumn) -> None:
    found.lock_tree(action.table, LockMode.ACCESS_EXCLUSIVE)
    found.lose(f"{action.table}.{action.name}")
    table = found.catalogue.tables.get(action.table)
    for constraint in table.foreign_keys() if table else ():
        if action.name in constraint.columns:
            found.lock(constraint.references, LockMode.ACCESS_EXCLUSIVE)
    if action.cascade:
        for child, constraint in found.catalogue.references_to(action.table):
            if action.name in constraint.referenced:
                found.lock(child, LockMode.ACCESS_EXCLUSIVE)


def alter_type(found: Collector, action: act.AlterColumnType) -> None:
    found.lock_tree(action.table, LockMode.ACCESS_EXCLUSIVE)
    change = type_change(
        found.catalogue.column(action.table, action.name),
        action.type,
        using=action.using,
        collation=action.collation,
        catalogue=found.catalogue,
        postgres=found.postgres,
    )
    if change.rewrites:
        found.rewrite(action.table)
    indexes = found.catalogue.indexes_of(action.table)
    indexed = any(each.name == action.name for index in indexes for each in index.columns)
    if change.rebuilds_indexes and indexed:
        found.scan(action.table)
    _recheck(found, action)


def _recheck(found: Collector, action: act.AlterColumnType) -> None:
    """Constraints on the column are checked again, at both ends of a foreign key."""
    table = found.catalogue.tables.get(action.table)
    for each in table.constraints.values() if table else ():
        expression = each.expression
        if each.kind is ConstraintKind.CHECK and expression and action.name in expression.columns:
            found.scan(action.table)
        elif each.kind is ConstraintKind.FOREIGN_KEY and action.name in each.columns:
            found.lock(each.references, LockMode.ACCESS_EXCLUSIVE)
            found.scan(action.table)
    for child, constraint in found.catalogue.references_to(action.table):
        if action.name in constraint.referenced:
            found.lock(child, LockMode.ACCESS_EXCLUSIVE)
            found.scan(child)


def set_not_null(found: Collector, action: act.SetNotNull) -> None:
    found.lock_tree(action.table, LockMode.ACCESS_EXCLUSIVE)
    if scans_for_not_null(found, action.table, action.name):
        found.scan(action.table)


def scans_for_not_null(found: Collector, table: str, name: str) -> bool:
    column = found.catalogue.column(table, name)
    if column and column.not_null:
        return False
    return found.postgres < 12 or not found.catalogue.proved_not_null(table, name)


def add_constraint(found: Collector, action: act.AddConstraint) -> None:
    constraint = action.constraint
    if constraint.kind is ConstraintKind.FOREIGN_KEY:
        found.lock_tree(action.table, LockMode.SHARE_ROW_EXCLUSIVE)
        found.lock(constraint.references, LockMode.SHARE_ROW_EXCLUSIVE)
    else:
        found.lock_tree(action.table, LockMode.ACCESS_EXCLUSIVE)
    if constraint_scans(found, action.table, constraint):
        found.scan(action.table)


def constraint_scans(found: Collector, table: str, constraint: Constraint) -> bool:
    if not constraint.validated or (not constraint.enforced and constraint.kind in (
        ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY,
    )):  # fmt: skip
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
    found.lock_tree(action.table, LockMode.SHARE_UPDATE_EXCLUSIVE)
    constraint = found.catalogue.constraint(action.table, action.name)
    if constraint is None or not constraint.validated:
        found.scan(action.table)
    if constraint and not constraint.validated:
        found.lock(constraint.references, LockMode.ROW_SHARE)


def drop_constraint(found: Collector, action: act.DropConstraint) -> None:
    found.lock_tree(action.table, LockMode.ACCESS_EXCLUSIVE)
    constraint = found.catalogue.constraint(action.table, action.name)
    if constraint:
        found.lock(constraint.references, LockMode.ACCESS_EXCLUSIVE)
    if action.cascade and constraint and constraint.kind in _KEYS:
        for child, _ in found.catalogue.references_to(action.table):
            found.lock(child, LockMode.ACCESS_EXCLUSIVE)


_KEYS = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)


def attach(found: Collector, action: act.AttachPartition) -> None:
    strong = LockMode.ACCESS_EXCLUSIVE
    found.lock(action.table, LockMode.SHARE_UPDATE_EXCLUSIVE if found.postgres >= 12 else strong)
    found.lock(action.partition, strong)
    if action.partition in found.catalogue.indexes:
        return
    found.scan(action.partition)
    default = found.catalogue.default_partition_of(action.table)
    if default:
        found.lock(default, strong)
        found.scan(default)


def detach(found: Collector, action: act.DetachPartition) -> None:
    if action.concurrently:
        found.transactional = False
        found.lock(action.table, LockMode.SHARE_UPDATE_EXCLUSIVE)
        found.lock(action.partition, LockMode.ACCESS_EXCLUSIVE)
        return
    for name in (action.table, action.partition):
        found.lock(name, LockMode.ACCESS_EXCLUSIVE)
    found.lock(found.catalogue.default_partition_of(action.table), LockMode.ACCESS_EXCLUSIVE)


def table_option(found: Collector, action: act.TableOption) -> None:
    if action.command in _WEAK_OPTIONS:
        found.lock_tree(action.table, LockMode.SHARE_UPDATE_EXCLUSIVE)
    elif action.command.startswith(_TRIGGER_OPTIONS):
        found.lock_tree(action.table, LockMode.SHARE_ROW_EXCLUSIVE)
    else:
        found.lock_tree(action.table, LockMode.ACCESS_EXCLUSIVE)
    if action.command in _REWRITING_OPTIONS:
        found.rewrite(action.table)
    column = found.catalogue.column(action.table, action.name)
    if action.command == "AT_SetExpression" and (column is None or column.generated == "stored"):
        found.rewrite(action.table)


def create_table(found: Collector, action: act.CreateTable) -> None:
    for read in (*action.reads, *action.like):
        found.lock(read, LockMode.ACCESS_SHARE)
    for parent in action.inherits:
        found.lock(parent, LockMode.SHARE_UPDATE_EXCLUSIVE)
    inline = (each for column in action.columns for each in column.constraints)
    for constraint in (*inline, *action.constraints):
        if constraint.references and constraint.references != action.table:
            found.lock(constraint.references, LockMode.SHARE_ROW_EXCLUSIVE)
    if action.partition_of:
        found.lock(action.partition_of, LockMode.ACCESS_EXCLUSIVE)
        default = found.catalogue.default_partition_of(action.partition_of)
        if default:
            found.lock(default, LockMode.ACCESS_EXCLUSIVE)
            found.scan(default)


def whole_table(found: Collector, action: act.TableAction) -> None:
    found.lock_tree(action.table, LockMode.ACCESS_EXCLUSIVE)


TABLE_EFFECTS: dict[type[act.Action], Callable[[Collector, Any], None]] = {
    act.AddColumn: add_column,
    act.AddConstraint: add_constraint,
    act.AlterColumnType: alter_type,
    act.AlterConstraint: whole_table,
    act.AttachPartition: attach,
    act.CreateTable: create_table,
    act.DetachPartition: detach,
    act.DropColumn: drop_column,
    act.DropConstraint: drop_constraint,
    act.DropDefault: whole_table,
    act.DropNotNull: whole_table,
    act.SetDefault: whole_table,
    act.SetNotNull: set_not_null,
    act.TableOption: table_option,
    act.ValidateConstraint: validate,
}
