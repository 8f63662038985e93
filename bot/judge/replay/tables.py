"""How tables, partitions and options of tables change the catalogue."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.catalogue.schema import Sequence, Table
from bot.judge.replay import row_security
from bot.judge.replay.chosen_names import object_name
from bot.judge.replay.inherited import handed_down
from bot.judge.replay.partition_indexes import bring_to_partition
from bot.sql import actions as act
from bot.sql.names import bare
from bot.sql.values import Column, Constraint, ConstraintKind, Expression, Volatility


def create_table(catalogue: Catalogue, action: act.CreateTable, born: int) -> None:
    if action.if_not_exists and catalogue.born(action.table) is not None:
        return
    columns = _columns(catalogue, action)
    inline = [constraint for each in action.columns for constraint in each.constraints]
    keys = [each for each in action.constraints if each.kind is ConstraintKind.PRIMARY_KEY]
    for name in (name for key in keys for name in key.columns):
        if name in columns:
            columns[name] = replace(columns[name], not_null=True)
    catalogue.tables[action.table] = Table(
        name=action.table,
        born=born,
        columns=columns,
        temporary=action.temporary,
        partitioned=action.partitioned,
        partition_of=action.partition_of,
        default_partition=action.default_partition,
        partition_key=action.partition_key,
        inherits=action.inherits,
        unlogged=action.unlogged,
        foreign=action.foreign,
    )
    for parent in action.inherits:
        _inherited(catalogue, parent)
    for parent in (action.partition_of or "", *action.inherits):
        table = catalogue.tables[action.table]
        given = handed_down(catalogue.tables.get(parent), table)
        catalogue.put(table, constraints={**table.constraints, **given})
    for constraint in (*inline, *action.constraints):
        catalogue.add_constraint(action.table, constraint)
    if action.partition_of:
        bring_to_partition(catalogue, action.partition_of, action.table)
    for column in action.columns:
        own_sequence(catalogue, action.table, column, born)


def _columns(catalogue: Catalogue, action: act.CreateTable) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for parent in (action.partition_of or "", *action.inherits):
        columns.update(_drawing_above(catalogue, parent))
    for source in action.like:
        found = catalogue.tables.get(source)
        columns.update(found.columns if found else {})
    columns.update(_selected(catalogue, action))
    columns.update((each.name, each) for each in action.columns)
    return columns


def _drawing_above(catalogue: Catalogue, parent: str) -> Iterator[tuple[str, Column]]:
    """A parent's columns as those below it have them: a serial draws from the parent's sequence."""
    found = catalogue.tables.get(parent)
    for name, column in found.columns.items() if found else ():
        if column.type.serial:
            owned = tuple(each.name for each in catalogue.owned_sequences(parent, name))
            default = Expression(Volatility.VOLATILE, functions=("nextval",), strings=owned)
            column = replace(column, type=replace(column.type, serial=False), default=default)
        yield name, column


def _selected(catalogue: Catalogue, action: act.CreateTable) -> Iterator[tuple[str, Column]]:
    """The columns of CREATE TABLE AS that are others': their type, and nothing else of them."""
    sources = [found for found in map(catalogue.tables.get, action.reads) if found]
    for name, source in action.selected:
        for table in sources:
            for column in table.columns.values() if source == "*" else ():
                yield column.name, _bare(column, column.name)
            if source in table.columns:
                yield name, _bare(table.columns[source], name)


def _bare(column: Column, name: str) -> Column:
    kind = replace(column.type, serial=False)
    return Column(name, kind, collation=column.collation)


def own_sequence(catalogue: Catalogue, table: str, column: Column, born: int) -> None:
    """A column that numbers itself brings a sequence along."""
    if column.numbers_itself:
        schema = table.partition(".")[0]
        name = f"{schema}.{object_name(bare(table), column.name, 'seq', ())}"
        number = 0
        while catalogue.born(name) is not None:
            number += 1
            name = f"{schema}.{object_name(bare(table), column.name, f'seq{number}', ())}"
        catalogue.sequences[name] = Sequence(name, born, table, column.name, column.identity)


def _inherited(catalogue: Catalogue, parent: str) -> None:
    found = catalogue.tables.get(parent)
    if found and not found.inherited:
        catalogue.put(found, inherited=True)


def _attach(catalogue: Catalogue, action: act.AttachPartition, born: int) -> None:
    table = catalogue.tables.get(action.partition)
    if table:
        catalogue.put(table, partition_of=action.table, default_partition=action.default)
        bring_to_partition(catalogue, action.table, action.partition)
        found = catalogue.tables[action.partition]
        given = handed_down(catalogue.tables.get(action.table), found)
        catalogue.put(found, constraints={**given, **found.constraints})


def _detach(catalogue: Catalogue, action: act.DetachPartition, born: int) -> None:
    table = catalogue.tables.get(action.partition)
    if table:
        catalogue.put(table, partition_of=None, default_partition=False)
        for index in catalogue.indexes_of(action.partition):
            catalogue.indexes[index.name] = replace(index, parent=None)
        parent = catalogue.tables.get(action.table)
        if action.concurrently and parent:
            catalogue.add_constraint(action.partition, _bounds_left(table, parent))


def _bounds_left(partition: Table, parent: Table) -> Constraint:
    """The CHECK that DETACH … CONCURRENTLY leaves: the bounds, without a name given to it."""
    key = tuple(each for each in parent.partition_key if each in partition.columns)
    said = Expression(columns=key, proves=key)
    return Constraint(ConstraintKind.CHECK, expression=said, bounds=True)


_COLUMN_OPTIONS: dict[str, dict[str, Any]] = {
    "AT_AddIdentity": {"identity": True, "not_null": True},
    "AT_DropIdentity": {"identity": False},
    "AT_DropExpression": {"generated": "", "computed_from": ()},
}
_TABLE_OPTIONS = {"AT_SetLogged": {"unlogged": False}, "AT_SetUnLogged": {"unlogged": True}}


def _table_option(catalogue: Catalogue, action: act.TableOption, born: int) -> None:
    row_security.table_option(catalogue, action, born)
    table = catalogue.tables.get(action.table)
    if table is None:
        return
    _heirs(catalogue, table, action)
    changes = _COLUMN_OPTIONS.get(action.command, {})
    column = table.columns.get(action.name)
    if column and changes:
        changed = replace(column, **changes)
        catalogue.put(table, columns={**table.columns, action.name: changed})
        _sequence_of(catalogue, action, changed, born)
    if action.command in _TABLE_OPTIONS:
        catalogue.put(table, **_TABLE_OPTIONS[action.command])


def _sequence_of(catalogue: Catalogue, action: act.TableOption, column: Column, born: int) -> None:
    if action.command == "AT_AddIdentity":
        own_sequence(catalogue, action.table, column, born)
    elif action.command == "AT_DropIdentity":
        for each in catalogue.owned_sequences(action.table, action.name):
            if each.identity:
                del catalogue.sequences[each.name]


def _heirs(catalogue: Catalogue, table: Table, action: act.TableOption) -> None:
    if action.command == "AT_AddInherit":
        catalogue.put(table, inherits=(*table.inherits, action.name))
        _inherited(catalogue, action.name)
    elif action.command == "AT_DropInherit":
        left = tuple(each for each in table.inherits if each != action.name)
        catalogue.put(table, inherits=left)


TABLE_STEPS: dict[type[act.Action], Callable[[Catalogue, Any, int], None]] = {
    act.AttachPartition: _attach,
    act.CreateTable: create_table,
    act.DetachPartition: _detach,
    act.TableOption: _table_option,
}
