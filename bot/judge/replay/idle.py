"""Actions that find their work done: what they create is there, what they drop is not."""

from collections.abc import Callable
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.replay.births import key_of
from bot.sql import actions as act


def idle(catalogue: Catalogue, action: act.Action) -> bool:
    """Whether the action finds its work done: what it creates is there, what it drops is not."""
    found = _IDLE.get(type(action))
    return found is not None and found(catalogue, action)


def fails(action: act.Action) -> bool:
    """Whether an action that finds its work done is an error: it does not say IF [NOT] EXISTS."""
    return not any(getattr(action, each, False) for each in _FORGIVING)


def _drops_nothing(catalogue: Catalogue, action: act.DropObjects) -> bool:
    relations = ("TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE")
    if action.kind == "INDEX":
        return all(name not in catalogue.indexes for name in action.names)
    known = (catalogue.born(name) is not None for name in action.names)
    return action.kind in relations and not any(known)


def _renames_nothing(catalogue: Catalogue, action: act.Rename) -> bool:
    table = catalogue.tables.get(action.relation)
    if action.kind == "COLUMN" and table:
        return action.old not in table.columns
    if action.kind == "CONSTRAINT" and table:
        return action.old not in table.constraints
    return action.kind == "TABLE" and catalogue.born(action.old) is None


def _has_column(catalogue: Catalogue, action: act.AddColumn) -> bool:
    return catalogue.column(action.table, action.column.name) is not None


def _lacks_column(catalogue: Catalogue, action: act.DropColumn) -> bool:
    table = catalogue.tables.get(action.table)
    return table is not None and action.name not in table.columns


def _has_constraint(catalogue: Catalogue, action: act.AddConstraint) -> bool:
    return catalogue.constraint(action.table, action.constraint.name) is not None


def _lacks_constraint(catalogue: Catalogue, action: act.DropConstraint) -> bool:
    table = catalogue.tables.get(action.table)
    return table is not None and action.name not in table.constraints


def _has_value(catalogue: Catalogue, action: act.AddEnumValue) -> bool:
    enum = catalogue.enums.get(action.name)
    return enum is not None and action.value in enum.values


def _has_type(catalogue: Catalogue, action: act.CreateEnum | act.CreateDomain) -> bool:
    return key_of("TYPE", action.name) in catalogue.births


_IDLE: dict[type[act.Action], Callable[[Catalogue, Any], bool]] = {
    act.AddColumn: _has_column,
    act.AddConstraint: _has_constraint,
    act.AddEnumValue: _has_value,
    act.CreateDomain: _has_type,
    act.CreateEnum: _has_type,
    act.CreateIndex: lambda catalogue, action: action.name in catalogue.indexes,
    act.CreateTable: lambda catalogue, action: catalogue.born(action.table) is not None,
    act.CreateTrigger: lambda catalogue, action: (action.table, action.name) in catalogue.triggers,
    act.DropColumn: _lacks_column,
    act.DropConstraint: _lacks_constraint,
    act.DropObjects: _drops_nothing,
    act.Rename: _renames_nothing,
}
_FORGIVING = ("if_exists", "if_not_exists", "if_table_exists", "replace")
