"""What CREATE TABLE, partitions and options of tables lock, rewrite and scan."""

from collections.abc import Callable
from typing import Any

from bot.core.migrations.effects import LockMode
from bot.judge.effects.collector import Collector
from bot.judge.effects.columns import lock_table, names_sequence
from bot.judge.replay.inherited import has_same_key
from bot.sql import actions as act
from bot.sql.values import ConstraintKind

AE, SRE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_ROW_EXCLUSIVE
AS, SUE = LockMode.ACCESS_SHARE, LockMode.SHARE_UPDATE_EXCLUSIVE
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
_OPTIONS_OF_A_VIEW = {"AT_SetRelOptions", "AT_ResetRelOptions", "AT_ReplaceRelOptions"}
# What one table is told does not concern those that inherit from it.
_OF_ONE_TABLE = {
    "AT_ChangeOwner", "AT_EnableRowSecurity", "AT_DisableRowSecurity", "AT_ForceRowSecurity",
    "AT_NoForceRowSecurity", "AT_ReplicaIdentity", "AT_AddInherit", "AT_DropInherit",
    "AT_SetLogged", "AT_SetUnLogged", "AT_SetTableSpace", "AT_SetAccessMethod", "AT_ClusterOn",
    "AT_DropCluster", "AT_SetRelOptions", "AT_ResetRelOptions", "AT_ReplaceRelOptions",
    "AT_EnableRule", "AT_DisableRule", "AT_AddOf", "AT_DropOf",
}  # fmt: skip
_SEQUENCE_MODES = {"AT_SetIdentity": SRE, "AT_DropIdentity": AE}


def table_option(found: Collector, action: act.TableOption) -> None:
    if action.composite:
        return
    mode = _mode(found, action)
    if action.command in _OF_ONE_TABLE or _has_no_triggers(found, action):
        found.lock(action.table, mode)
    else:
        lock_table(found, action, mode)
    if _rewrites(found, action):
        found.rewrite(action.table)
    for sequence in found.catalogue.owned_sequences(action.table, action.name):
        if sequence.identity and action.command in _SEQUENCE_MODES:
            found.lock(sequence.name, _SEQUENCE_MODES[action.command])
    if action.command == "AT_AddInherit":
        found.lock(action.name, SUE)
    elif action.command == "AT_DropInherit":
        found.lock(action.name, AS)


def _has_no_triggers(found: Collector, action: act.TableOption) -> bool:
    """Whether there is nothing to switch on or off in the partitions."""
    switches = action.command.startswith(_TRIGGER_OPTIONS)
    return switches and all(table != action.table for table, _ in found.catalogue.triggers)


def _mode(found: Collector, action: act.TableOption) -> LockMode:
    plain_view = found.catalogue.views.get(action.table)
    if plain_view and not plain_view.materialized and action.command in _OPTIONS_OF_A_VIEW:
        return AE
    if action.command in _WEAK_OPTIONS:
        return SUE
    return SRE if action.command.startswith(_TRIGGER_OPTIONS) else AE


def _rewrites(found: Collector, action: act.TableOption) -> bool:
    table = found.catalogue.tables.get(action.table)
    if action.command in ("AT_SetLogged", "AT_SetUnLogged"):
        return table is None or table.unlogged is (action.command == "AT_SetLogged")
    if action.command == "AT_SetTableSpace":
        return action.name != "pg_default"
    if action.command == "AT_SetAccessMethod":
        return action.name != "heap"
    column = found.catalogue.column(action.table, action.name)
    return action.command == "AT_SetExpression" and (column is None or column.generated == "stored")


def create_table(found: Collector, action: act.CreateTable) -> None:
    if action.if_not_exists and found.knows(action.table):
        return
    for read in action.reads:
        found.read(read)
    for source in action.like:
        found.lock(source, AS)
    for parent in action.inherits:
        found.lock(parent, SUE)
        _shares_sequences(found, parent)
    inline = (each for column in action.columns for each in column.constraints)
    for constraint in (*inline, *action.constraints):
        if constraint.references and constraint.references != action.table:
            found.lock_partitions(constraint.references, SRE)
    for column in action.columns:
        names_sequence(found, column.default)
    if action.partition_of:
        found.lock(action.partition_of, AE)
        _shares_sequences(found, action.partition_of)
        _share_keys(found, action.partition_of, referenced=SRE, referencing=SRE)
        _default_partition(found, action.partition_of)


def _shares_sequences(found: Collector, parent: str) -> None:
    """What draws numbers above draws them from the same sequence below."""
    for sequence in found.catalogue.owned_sequences(parent):
        if found.postgres >= 18 and not sequence.identity:
            found.lock(sequence.name, AS)


def _default_partition(found: Collector, parent: str) -> None:
    default = found.catalogue.default_partition_of(parent)
    if default:
        found.lock(default, AE)
        _scan_for_bounds(found, default, parent)


def _scan_for_bounds(found: Collector, table: str, parent: str) -> None:
    """Every row is checked against the bounds, unless valid CHECKs say the same of it."""
    found.scan(table)
    above = found.catalogue.tables.get(parent)
    key = set(above.partition_key) if above else set()
    about = _checked(found, table)
    for name in found.stored(table):
        checked = about | _checked(found, name)
        if checked and (checked & key or not key):
            found.spare(name)


def _checked(found: Collector, table: str) -> set[str]:
    """The columns that valid CHECKs of a table are about."""
    return {
        name
        for each in found.catalogue.constraints_of(table).values()
        if each.kind is ConstraintKind.CHECK and each.validated and each.enforced
        for name in (each.expression.columns if each.expression else ())
    }


def _share_keys(
    found: Collector, parent: str, *, referenced: LockMode, referencing: LockMode
) -> None:
    """A partition takes part in the foreign keys of all above it, in both directions."""
    for table in (parent, *found.catalogue.ancestors_of(parent)):
        for constraint in found.catalogue.foreign_keys_of(table):
            found.lock_partitions(constraint.references, referenced)
        for child, _ in found.catalogue.references_to(table):
            found.lock_partitions(child, referencing)


def _merge_keys(found: Collector, action: act.AttachPartition) -> None:
    """Where the partition has the same foreign key, its own is taken apart for the parent's."""
    partition = found.catalogue.tables.get(action.partition)
    for constraint in found.catalogue.foreign_keys_of(action.table) if partition else ():
        if partition and has_same_key(partition, constraint):
            found.lock_partitions(constraint.references, AE)


def attach(found: Collector, action: act.AttachPartition) -> None:
    found.lock(action.table, SUE if found.postgres >= 12 else AE)
    found.lock_tree(action.partition, AE)
    if action.partition in found.catalogue.indexes:
        return
    # The first partition takes every row, if it is the default one.
    if not action.default or found.catalogue.partitions_of(action.table):
        _scan_for_bounds(found, action.partition, action.table)
    _share_keys(found, action.table, referenced=SRE, referencing=SRE)
    _merge_keys(found, action)
    _default_partition(found, action.table)


def detach(found: Collector, action: act.DetachPartition) -> None:
    if action.concurrently:
        found.transactional = False
        found.lock(action.table, SUE)
        found.lock(action.partition, AE)
        return
    found.lock(action.table, AE)
    found.lock_tree(action.partition, AE)
    for ancestor in found.catalogue.ancestors_of(action.table):
        found.lock(ancestor, AS)
    _share_keys(found, action.table, referenced=SRE, referencing=AE)
    found.lock(found.catalogue.default_partition_of(action.table), AE)


TABLE_EFFECTS: dict[type[act.Action], Callable[[Collector, Any], None]] = {
    act.AttachPartition: attach,
    act.CreateTable: create_table,
    act.DetachPartition: detach,
    act.TableOption: table_option,
}
