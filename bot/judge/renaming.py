"""Renaming followed through the catalogue: whatever names a thing names it by its new name."""

from dataclasses import replace
from typing import Any

from bot.judge.catalogue import Catalogue, renamed
from bot.judge.schema import Table
from bot.sql import actions as act
from bot.sql.values import Constraint


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
    else:
        rename_object(catalogue, action.old, action.new)


def _rename_column(catalogue: Catalogue, action: act.Rename) -> None:
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
        changed = tuple(
            replace(each, name=action.new) if each.name == action.old else each
            for each in index.columns
        )
        catalogue.indexes[index.name] = replace(index, columns=changed)
    for view in list(catalogue.views.values()):
        if table.name in view.reads and action.old in view.columns:
            # The old name stays: it may be another table's, and a view keeps calling it so.
            names = (*view.columns, action.new)
            catalogue.views[view.name] = replace(view, columns=names)


def _with_column_renamed(constraint: Constraint, old: str, new: str) -> Constraint:
    expression = constraint.expression
    if expression:
        expression = replace(
            expression,
            columns=swapped(expression.columns, old, new),
            proves=swapped(expression.proves, old, new),
        )
    columns = swapped(constraint.columns, old, new)
    return replace(constraint, columns=columns, expression=expression)


def swapped(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def rename_object(catalogue: Catalogue, old: str, new: str) -> None:
    """Follow a relation or type to its new name, in everything that names it."""
    holders: tuple[dict[str, Any], ...] = (
        catalogue.tables,
        catalogue.indexes,
        catalogue.views,
        catalogue.enums,
        catalogue.domains,
    )
    for values in holders:
        if old in values:
            values[new] = replace(values.pop(old), name=new)
    if old in catalogue.sequences:
        catalogue.sequences[new] = catalogue.sequences.pop(old)
    for (table, name), trigger in list(catalogue.triggers.items()):
        if table == old:
            del catalogue.triggers[table, name]
            catalogue.triggers[new, name] = replace(trigger, table=new)
    for index in catalogue.indexes_of(old):
        catalogue.indexes[index.name] = replace(index, table=new)
    for view in list(catalogue.views.values()):
        if old in view.reads:
            catalogue.views[view.name] = replace(view, reads=swapped(view.reads, old, new))
    for each in list(catalogue.tables.values()):
        _rename_in_table(catalogue, each, old, new)


def _rename_in_table(catalogue: Catalogue, table: Table, old: str, new: str) -> None:
    if table.partition_of == old:
        catalogue.put(table, partition_of=new)
    if old in [each.references for each in table.constraints.values()]:
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
