"""How drops change the catalogue, with all that CASCADE takes along."""

from collections.abc import Callable
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue, without
from bot.judge.replay.births import key_of
from bot.judge.replay.columns import change_column, drop_column, drop_view
from bot.judge.replay.partition_indexes import drop_below
from bot.judge.replay.row_security import drop_policy, drop_rule
from bot.sql import actions as act


def _drop(catalogue: Catalogue, action: act.DropObjects, born: int) -> None:
    for name in action.names:
        if action.kind in ("TABLE", "FOREIGN TABLE"):
            _drop_table(catalogue, name, cascade=action.cascade)
        elif action.kind == "SCHEMA":
            _drop_schema(catalogue, name)
        elif action.kind == "TRIGGER":
            catalogue.triggers.pop((action.relation, name), None)
        elif action.kind == "POLICY":
            drop_policy(catalogue, action.relation, name)
        elif action.kind == "RULE":
            drop_rule(catalogue, action.relation, name)
        elif action.kind in ("VIEW", "MATERIALIZED VIEW"):
            drop_view(catalogue, name)
        elif action.kind in ("TYPE", "DOMAIN"):
            _drop_type(catalogue, name, cascade=action.cascade)
        elif action.kind in ("FUNCTION", "PROCEDURE", "ROUTINE"):
            _drop_function(catalogue, name, cascade=action.cascade)
        elif action.kind == "INDEX":
            drop_below(catalogue, name)
        elif action.kind == "SEQUENCE":
            _drop_sequence(catalogue, name, cascade=action.cascade)
        catalogue.members.pop(key_of(action.kind, name), None)


def _drop_schema(catalogue: Catalogue, schema: str) -> None:
    within = f"{schema}."
    for table in [each for each in catalogue.tables if each.startswith(within)]:
        _drop_table(catalogue, table, cascade=True)
    for view in [each for each in catalogue.views if each.startswith(within)]:
        drop_view(catalogue, view)
    holders: tuple[dict[str, Any], ...] = (
        catalogue.enums,
        catalogue.domains,
        catalogue.sequences,
        catalogue.functions,
    )
    for values in holders:
        for name in [each for each in values if each.startswith(within)]:
            del values[name]


def _drop_sequence(catalogue: Catalogue, name: str, *, cascade: bool) -> None:
    """With CASCADE the defaults that draw from it go too."""
    sequence = catalogue.sequences.pop(name, None)
    if sequence and sequence.table and cascade:
        change_column(catalogue, act.DropDefault(sequence.table, sequence.column), 0)
    for table in list(catalogue.tables.values()) if cascade else ():
        for column in table.columns.values():
            if column.default and {name, name.partition(".")[2]} & {*column.default.strings}:
                change_column(catalogue, act.DropDefault(table.name, column.name), 0)


def _drop_table(catalogue: Catalogue, name: str, *, cascade: bool) -> None:
    heirs = catalogue.heirs_of(name) if cascade else ()
    for each in (*catalogue.partitions_of(name), *heirs, name):
        _forget(catalogue, each, cascade=cascade)


def _forget(catalogue: Catalogue, name: str, *, cascade: bool) -> None:
    catalogue.tables.pop(name, None)
    catalogue.strangers.pop(name, None)
    for owner, trigger in list(catalogue.triggers):
        if owner == name:
            del catalogue.triggers[owner, trigger]
    for index in catalogue.indexes_of(name):
        del catalogue.indexes[index.name]
    for sequence in catalogue.owned_sequences(name):
        del catalogue.sequences[sequence.name]
    for child, constraint in list(catalogue.references_to(name)):
        table = catalogue.tables[child]
        catalogue.put(table, constraints=without(table.constraints, [constraint.name]))
    for view in catalogue.views_on(name) if cascade else ():
        drop_view(catalogue, view)


def _drop_type(catalogue: Catalogue, name: str, *, cascade: bool) -> None:
    for table, column in list(catalogue.columns_of_type(name)) if cascade else ():
        drop_column(catalogue, table, column.name)
    catalogue.enums.pop(name, None)
    catalogue.domains.pop(name, None)


def _drop_function(catalogue: Catalogue, name: str, *, cascade: bool) -> None:
    function = catalogue.functions.get(name)
    if function and not function.overloaded:
        del catalogue.functions[name]
    for key, trigger in list(catalogue.triggers.items()) if cascade else ():
        if trigger.function == name:
            del catalogue.triggers[key]


DROP_STEPS: dict[type[act.Action], Callable[[Catalogue, Any, int], None]] = {
    act.DropObjects: _drop,
}
