"""Renaming followed through the catalogue: whatever names a thing names it by its new name."""

from dataclasses import replace
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue, renamed
from bot.judge.catalogue.schema import Index, Table
from bot.judge.replay.inherited import rename_below
from bot.judge.replay.partition_indexes import key_names
from bot.sql import actions as act
from bot.sql.values import Constraint, Expression


def rename(catalogue: Catalogue, action: act.Rename) -> None:
    if action.kind == "COLUMN":
        _rename_column(catalogue, action)
    elif action.kind == "CONSTRAINT":
        table = catalogue.tables.get(action.relation)
        if table:
            changed = renamed(table.constraints, action.old, action.new)
            if action.new in changed:
                changed[action.new] = replace(changed[action.new], name=action.new)
            catalogue.put(table, constraints=changed)
            _rename_index_of(catalogue, table.name, action)
            rename_below(catalogue, table.name, action.old, action.new)
    elif action.kind == "SCHEMA":
        _rename_schema(catalogue, action.old, action.new)
    elif action.kind == "DOMAIN CONSTRAINT":
        return
    else:
        rename_object(catalogue, action.old, action.new)


def _rename_index_of(catalogue: Catalogue, table: str, action: act.Rename) -> None:
    """The index of a constraint bears its name."""
    schema = table.partition(".")[0]
    index = catalogue.indexes.get(f"{schema}.{action.old}")
    if index and index.constraint == action.old:
        rename_object(catalogue, index.name, f"{schema}.{action.new}")


def _holders(catalogue: Catalogue) -> tuple[dict[str, Any], ...]:
    """The maps in which relations, types and functions stand under their names."""
    return (
        catalogue.tables,
        catalogue.indexes,
        catalogue.views,
        catalogue.enums,
        catalogue.domains,
        catalogue.sequences,
        catalogue.functions,
    )


def _rename_schema(catalogue: Catalogue, old: str, new: str) -> None:
    inside = [name for held in _holders(catalogue) for name in held if name.startswith(f"{old}.")]
    for name in inside:
        rename_object(catalogue, name, f"{new}.{name.partition('.')[2]}")


def _rename_column(catalogue: Catalogue, action: act.Rename) -> None:
    for heir in catalogue.below(action.relation):
        _rename_column_of(catalogue, replace(action, relation=heir))
    _rename_column_of(catalogue, action)


def _rename_column_of(catalogue: Catalogue, action: act.Rename) -> None:
    table = catalogue.tables.get(action.relation)
    if table is None or action.old not in table.columns:
        return
    columns = {
        name: replace(each, computed_from=swapped(each.computed_from, action.old, action.new))
        for name, each in renamed(table.columns, action.old, action.new).items()
    }
    columns[action.new] = replace(columns[action.new], name=action.new)
    constraints = {
        name: _with_column_renamed(each, action.old, action.new)
        for name, each in table.constraints.items()
    }
    catalogue.put(table, columns=columns, constraints=constraints)
    for index in catalogue.indexes_of(table.name):
        catalogue.indexes[index.name] = _with_key_renamed(index, action.old, action.new)
    for sequence in catalogue.owned_sequences(table.name, action.old):
        catalogue.sequences[sequence.name] = replace(sequence, column=action.new)
    for child, key in list(catalogue.references_to(table.name)):
        other = catalogue.tables[child]
        pointed = replace(key, referenced=swapped(key.referenced, action.old, action.new))
        catalogue.put(other, constraints={**other.constraints, key.name: pointed})
    for view in list(catalogue.views.values()):
        if table.name in view.reads and action.old in view.columns:
            # The old name stays: it may be another table's, and a view keeps calling it so.
            names = (*view.columns, action.new)
            catalogue.views[view.name] = replace(view, columns=names)


def _with_key_renamed(index: Index, old: str, new: str) -> Index:
    columns = tuple(
        replace(
            each,
            name=new if each.name == old else each.name,
            expression=_renamed_in(each.expression, old, new),
        )
        for each in index.columns
    )
    return replace(
        index,
        columns=columns,
        where=_renamed_in(index.where, old, new),
        includes=swapped(index.includes, old, new),
        called=index.called or key_names(index),
    )


def _with_column_renamed(constraint: Constraint, old: str, new: str) -> Constraint:
    return replace(
        constraint,
        columns=swapped(constraint.columns, old, new),
        expression=_renamed_in(constraint.expression, old, new),
    )


def _renamed_in(expression: Expression | None, old: str, new: str) -> Expression | None:
    if expression is None:
        return None
    return replace(
        expression,
        columns=swapped(expression.columns, old, new),
        proves=swapped(expression.proves, old, new),
    )


def swapped(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def rename_object(catalogue: Catalogue, old: str, new: str) -> None:
    """Follow a relation or type to its new name, in everything that names it."""
    index = catalogue.indexes.get(old)
    if index and index.constraint:
        _rename_constraint_of(catalogue, index, new.partition(".")[2])
    for values in _holders(catalogue):
        if old in values:
            values[new] = replace(values.pop(old), name=new)
    for below in list(catalogue.indexes.values()) if index else ():
        if below.parent == old:
            catalogue.indexes[below.name] = replace(below, parent=new)
    for sequence in catalogue.owned_sequences(old):
        catalogue.sequences[sequence.name] = replace(sequence, table=new)
    for key, members in list(catalogue.members.items()):
        if old in members:
            catalogue.members[key] = swapped(members, old, new)
    for (table, name), trigger in list(catalogue.triggers.items()):
        if table == old:
            del catalogue.triggers[table, name]
            catalogue.triggers[new, name] = replace(trigger, table=new)
    for index in catalogue.indexes_of(old):
        catalogue.indexes[index.name] = replace(index, table=new)
    for view in list(catalogue.views.values()):
        if old in view.reads:
            catalogue.views[view.name] = replace(view, reads=swapped(view.reads, old, new))
    for each in [each for each in catalogue.tables.values() if old in each.named]:
        _rename_in_table(catalogue, each, old, new)


def _rename_constraint_of(catalogue: Catalogue, index: Index, new: str) -> None:
    """The constraint of an index bears its name."""
    table = catalogue.tables.get(index.table)
    old = index.constraint or ""
    catalogue.indexes[index.name] = replace(index, constraint=new)
    if table and old in table.constraints:
        changed = renamed(table.constraints, old, new)
        changed[new] = replace(changed[new], name=new)
        catalogue.put(table, constraints=changed)


def _rename_in_table(catalogue: Catalogue, table: Table, old: str, new: str) -> None:
    if table.partition_of == old:
        catalogue.put(table, partition_of=new)
    if old in table.inherits:
        catalogue.put(catalogue.tables[table.name], inherits=swapped(table.inherits, old, new))
    if old in table.known.references:
        constraints = {
            name: replace(each, references=new) if each.references == old else each
            for name, each in table.constraints.items()
        }
        catalogue.put(catalogue.tables[table.name], constraints=constraints)
    if old in [each.type.name for each in table.columns.values()]:
        columns = {
            name: replace(each, type=replace(each.type, name=new))
            if each.type.name == old
            else each
            for name, each in table.columns.items()
        }
        catalogue.put(catalogue.tables[table.name], columns=columns)
