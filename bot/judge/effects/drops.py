"""What drops lock and lose, with all that CASCADE reaches."""

from collections.abc import Callable
from typing import Any

from bot.core.migrations.effects import LockMode
from bot.judge.catalogue.schema import Table
from bot.judge.effects.collector import Collector
from bot.judge.replay.births import key_of
from bot.sql import actions as act

AE, SUE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE
_TABLES = ("TABLE", "FOREIGN TABLE")
_VIEWS = ("VIEW", "MATERIALIZED VIEW")
_FUNCTIONS = ("FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE")
_TYPES = ("TYPE", "DOMAIN")


def drop(found: Collector, action: act.DropObjects) -> None:
    if action.concurrently:
        found.transactional = False
    if action.kind in ("TRIGGER", "RULE", "POLICY"):
        _drop_part(found, action)
        return
    for name in action.names:
        if action.kind in _TABLES:
            if not found.absent(name, if_exists=action.if_exists):
                drop_table(found, name, cascade=action.cascade)
        elif action.kind == "INDEX":
            _drop_index(found, name, action)
        elif action.kind == "SCHEMA":
            _drop_schema(found, name)
        elif action.kind in _VIEWS:
            if not found.absent(name, if_exists=action.if_exists):
                _drop_view(found, name, cascade=action.cascade)
        elif action.kind == "SEQUENCE":
            _drop_sequence(found, name, action)
        elif action.kind in _TYPES:
            _drop_type(found, name, action)
        elif action.kind in _FUNCTIONS:
            _drop_function(found, name, cascade=action.cascade)
        elif action.kind == "STATISTICS":
            for table in found.catalogue.members.get(key_of(action.kind, name), ()):
                found.lock(table, SUE)


def _drop_part(found: Collector, action: act.DropObjects) -> None:
    """A trigger, rule or policy: its table is locked if it is there."""
    table = found.catalogue.tables.get(action.relation)
    (name,) = action.names
    known = {
        "TRIGGER": (action.relation, name) in found.catalogue.triggers,
        "POLICY": bool(table and name in table.policies),
        "RULE": table is None or name in table.rules,
    }.get(action.kind, True)
    if known or not action.if_exists:
        found.lock_tree(action.relation, AE) if action.kind == "TRIGGER" else found.lock(
            action.relation, AE
        )


def _drop_index(found: Collector, name: str, action: act.DropObjects) -> None:
    index = found.catalogue.indexes.get(name)
    if index is None and action.if_exists:
        return
    mode = SUE if action.concurrently else AE
    found.lock(name, mode)
    if index:
        found.lock_partitions(index.table, mode)


def drop_table(found: Collector, name: str, *, cascade: bool) -> None:
    """AE on the table, on both ends of its foreign keys, and on the parent of a partition."""
    found.miss(name)
    found.lock(name, AE)
    heirs = found.catalogue.heirs_of(name) if cascade else ()
    for each in (name, *found.catalogue.partitions_of(name), *heirs):
        found.lock(each, AE)
        found.lose(each)
        if each != name:
            found.miss(each)
        table = found.catalogue.tables.get(each)
        if table:
            _leave(found, table, cascade=cascade)


def _leave(found: Collector, table: Table, *, cascade: bool) -> None:
    """What stands around a table that is dropped."""
    found.lock(table.partition_of, AE)
    found.lock(found.catalogue.default_partition_of(table.partition_of or ""), AE)
    above = found.catalogue.tables.get(table.partition_of or "")
    for constraint in table.foreign_keys():
        if above is None or constraint.name not in above.constraints:
            found.lock_partitions(constraint.references, AE)
    for sequence in found.catalogue.owned_sequences(table.name):
        found.lock(sequence.name, AE)
    if cascade:
        for name in (table.name, *found.catalogue.ancestors_of(table.name)):
            for child, _ in found.catalogue.references_to(name):
                found.lock_partitions(child, AE)
                found.lock_partitions(name, AE)
        for view in found.catalogue.views_on(table.name):
            _gone(found, view)


def _gone(found: Collector, relation: str) -> None:
    found.lock(relation, AE)
    found.miss(relation)


def column_goes(found: Collector, table: str, column: str, *, cascade: bool) -> None:
    """What a column takes along: keys at their other ends, its sequence, views with CASCADE."""
    found.lose(f"{table}.{column}")
    found.miss(f"{table}.{column}")
    known = found.catalogue.tables.get(table)
    for constraint in known.foreign_keys() if known else ():
        if column in constraint.columns:
            found.lock_partitions(constraint.references, AE)
    for sequence in found.catalogue.owned_sequences(table, column):
        found.lock(sequence.name, AE)
    if cascade:
        _cascade(found, table, column)


def _cascade(found: Collector, table: str, column: str) -> None:
    for child, constraint in found.catalogue.references_to(table):
        if column in constraint.referenced:
            found.lock_partitions(child, AE)
    known = found.catalogue.tables.get(table)
    for each in known.columns.values() if known else ():
        if column in each.computed_from:
            found.lose(f"{table}.{each.name}")
            found.miss(f"{table}.{each.name}")
    keyed = column in found.catalogue.primary_key_of(table)
    for view in found.catalogue.views.values():
        if table in view.reads and (column in view.columns or (keyed and "*" in view.columns)):
            for name in (view.name, *found.catalogue.views_on(view.name)):
                _gone(found, name)


def _drop_view(found: Collector, name: str, *, cascade: bool) -> None:
    _gone(found, name)
    for view in found.catalogue.views_on(name) if cascade else ():
        _gone(found, view)


def _drop_schema(found: Collector, schema: str) -> None:
    within = f"{schema}."
    for table in found.catalogue.tables:
        if table.startswith(within):
            drop_table(found, table, cascade=True)
    for view in found.catalogue.views:
        if view.startswith(within):
            _drop_view(found, view, cascade=True)
    for sequence in found.catalogue.sequences:
        if sequence.startswith(within):
            found.lock(sequence, AE)
    for name in (*found.catalogue.enums, *found.catalogue.domains, *found.catalogue.functions):
        if name.startswith(within):
            found.miss(name)


def _drop_sequence(found: Collector, name: str, action: act.DropObjects) -> None:
    if found.absent(name, if_exists=action.if_exists):
        return
    found.lock(name, AE)
    sequence = found.catalogue.sequences.get(name)
    if action.cascade and sequence and sequence.table:
        found.lock_tree(sequence.table, AE)
    for table in found.catalogue.tables.values() if action.cascade else ():
        for column in table.columns.values():
            strings = column.default.strings if column.default else ()
            if name in found.sequences_in(strings):
                found.lock(table.name, AE)


def _drop_type(found: Collector, name: str, action: act.DropObjects) -> None:
    known = name in found.catalogue.enums or name in found.catalogue.domains
    if known or not action.if_exists:
        found.miss(name)
    for table, column in found.catalogue.columns_of_type(name) if action.cascade else ():
        found.lock(table, AE)
        column_goes(found, table, column.name, cascade=True)


def _drop_function(found: Collector, name: str, *, cascade: bool) -> None:
    function = found.catalogue.functions.get(name)
    if function and not function.overloaded:
        found.miss(name)
    if not cascade:
        return
    for trigger in found.catalogue.triggers.values():
        if trigger.function == name:
            found.lock_tree(trigger.table, AE)
    called = name.partition(".")[2]
    for table in found.catalogue.tables.values():
        if any(called in functions for functions in _functions_used(found, table)):
            found.lock(table.name, AE)


def _functions_used(found: Collector, table: Table) -> list[tuple[str, ...]]:
    defaults = (each.default for each in table.columns.values() if each.default)
    checks = (each.expression for each in table.constraints.values() if each.expression)
    indexed = (
        each for index in found.catalogue.indexes_of(table.name) for each in index.expressions()
    )
    return [each.functions for each in (*defaults, *checks, *indexed)]


DROP_EFFECTS: dict[type[act.Action], Callable[[Collector, Any], None]] = {
    act.DropObjects: drop,
}
