"""What commands on indexes, views, types, data and the server lock, scan and lose."""

from collections.abc import Callable
from typing import Any

from bot.core.effects import LockMode
from bot.judge.collector import Collector
from bot.sql import actions as act

AS, RS, RE = LockMode.ACCESS_SHARE, LockMode.ROW_SHARE, LockMode.ROW_EXCLUSIVE
SUE, S, SRE = (
    LockMode.SHARE_UPDATE_EXCLUSIVE,
    LockMode.SHARE,
    LockMode.SHARE_ROW_EXCLUSIVE,
)
E, AE = LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE

_RELATIONS = {"TABLE", "VIEW", "MATERIALIZED VIEW", "INDEX", "SEQUENCE", "FOREIGN TABLE"}
_PARTS = {"COLUMN", "CONSTRAINT", "TRIGGER", "RULE", "POLICY"}


def create_index(found: Collector, action: act.CreateIndex) -> None:
    found.transactional = not action.concurrently
    mode = SUE if action.concurrently else S
    if action.only:
        found.lock(action.table, mode)
        return
    found.lock_tree(action.table, mode)
    if not (action.if_not_exists and action.name in found.catalogue.indexes):
        found.scan(action.table)


def reindex(found: Collector, action: act.Reindex) -> None:
    whole = action.kind in ("SCHEMA", "DATABASE", "SYSTEM")
    found.transactional = not (action.concurrently or whole)
    if whole:
        found.understood = False
        return
    index = found.catalogue.indexes.get(action.name)
    table = action.name if action.kind == "TABLE" else index.table if index else None
    found.lock(table, SUE if action.concurrently else S)
    if action.kind == "INDEX":
        found.lock(action.name, SUE if action.concurrently else AE)
    if table:
        found.scan(table)


def drop(found: Collector, action: act.DropObjects) -> None:
    if action.concurrently:
        found.transactional = False
    if action.kind in ("TRIGGER", "RULE", "POLICY"):
        found.lock(action.relation, AE)
    for name in action.names:
        if action.kind in ("TABLE", "FOREIGN TABLE"):
            drop_table(found, name, cascade=action.cascade)
        elif action.kind == "INDEX":
            index = found.catalogue.indexes.get(name)
            for each in (name, index.table if index else None):
                found.lock(each, SUE if action.concurrently else AE)
        elif action.kind == "SCHEMA":
            _drop_schema(found, name)
        elif action.kind in _RELATIONS:
            found.lock(name, AE)
            _views(found, name, cascade=action.cascade)
        elif action.cascade and action.kind in ("TYPE", "DOMAIN"):
            _drop_type(found, name)
        elif action.cascade and action.kind in ("FUNCTION", "ROUTINE"):
            _drop_triggers_of(found, name)


def drop_table(found: Collector, name: str, *, cascade: bool) -> None:
    """AE on the table, on both ends of its foreign keys, and on the parent of a partition."""
    found.lock_tree(name, AE)
    found.lose(name)
    table = found.catalogue.tables.get(name)
    if table:
        found.lock(table.partition_of, AE)
        found.lock(found.catalogue.default_partition_of(table.partition_of or ""), AE)
        for constraint in table.foreign_keys():
            found.lock(constraint.references, AE)
    if cascade:
        for child, _ in found.catalogue.references_to(name):
            found.lock(child, AE)
        _views(found, name, cascade=True)


def _views(found: Collector, name: str, *, cascade: bool) -> None:
    for view in found.catalogue.views_on(name) if cascade else ():
        found.lock(view, AE)


def _drop_schema(found: Collector, schema: str) -> None:
    for table in found.catalogue.tables:
        if table.startswith(f"{schema}."):
            drop_table(found, table, cascade=True)


def _drop_triggers_of(found: Collector, function: str) -> None:
    for trigger in found.catalogue.triggers.values():
        if trigger.function == function:
            found.lock(trigger.table, AE)


def _drop_type(found: Collector, name: str) -> None:
    for table, column in found.catalogue.columns_of_type(name):
        found.lock(table, AE)
        found.lose(f"{table}.{column.name}")


def rename(found: Collector, action: act.Rename) -> None:
    if action.relation:
        found.lock(action.relation, AE)
    elif action.kind == "INDEX":
        found.lock(action.old, SUE if found.postgres >= 12 else AE)
    elif action.kind in _RELATIONS:
        found.lock(action.old, AE)


def set_schema(found: Collector, action: act.SetSchema) -> None:
    if action.kind in _RELATIONS:
        found.lock(action.name, AE)


def create_view(found: Collector, action: act.CreateView) -> None:
    for read in action.reads:
        found.lock(read, AS)
    if action.replace and action.name in found.catalogue.views:
        found.lock(action.name, AE)


def refresh_view(found: Collector, action: act.RefreshView) -> None:
    found.lock(action.name, E if action.concurrently else AE)
    view = found.catalogue.views.get(action.name)
    for read in view.reads if view and action.with_data else ():
        found.lock(read, AS)
    if not action.concurrently:
        found.rewrite(action.name)


def alter_sequence(found: Collector, action: act.AlterSequence) -> None:
    found.lock(action.name, SRE)


def create_trigger(found: Collector, action: act.CreateTrigger) -> None:
    found.lock(action.table, SRE)


def create_policy(found: Collector, action: act.CreatePolicy) -> None:
    found.lock(action.table, AE)


def comment_on(found: Collector, action: act.CommentOn) -> None:
    if action.kind in _RELATIONS | {"COLUMN"}:
        found.lock(action.name, SUE)
    elif action.kind in _PARTS:
        found.lock(action.name, AS)


def add_value(found: Collector, action: act.AddEnumValue) -> None:
    found.transactional = found.postgres >= 12


def alter_domain(found: Collector, action: act.AlterDomain) -> None:
    checking = {"ADD CONSTRAINT", "VALIDATE CONSTRAINT", "SET NOT NULL"}
    if action.command in checking and action.validated:
        for table, _ in found.catalogue.columns_of_type(action.name):
            found.lock(table, S)
            found.scan(table)


def truncate(found: Collector, action: act.Truncate) -> None:
    waiting, seen = list(action.tables), set(action.tables)
    while waiting:
        table = waiting.pop()
        found.lock_tree(table, AE)
        found.lose(table)
        for child, _ in found.catalogue.references_to(table) if action.cascade else ():
            if child not in seen:
                seen.add(child)
                waiting.append(child)


def change(found: Collector, action: act.Update | act.Insert | act.Merge) -> None:
    found.lock(action.table, RE)
    for read in action.reads:
        found.lock(read, AS)


def delete(found: Collector, action: act.Delete) -> None:
    found.lock(action.table, RE)
    found.lose(action.table)
    for read in action.reads:
        found.lock(read, AS)


def query(found: Collector, action: act.Query) -> None:
    if {"nextval", "setval"} & set(action.functions):
        for sequence in found.sequences_in(action.strings):
            found.lock(sequence, RE)
    for read in action.reads:
        found.lock(read, RS if action.locking else AS)


def copy(found: Collector, action: act.Copy) -> None:
    if action.table:
        found.lock(action.table, RE if action.into else AS)


def lock_table(found: Collector, action: act.LockTable) -> None:
    for table in action.tables:
        found.lock_tree(table, LockMode(action.mode))


def vacuum(found: Collector, action: act.Vacuum) -> None:
    moves = action.full or action.cluster
    found.transactional = action.analyze or (action.cluster and bool(action.tables))
    found.understood = bool(action.tables)
    for table in action.tables:
        found.lock(table, AE if moves else SUE)
        if moves:
            found.rewrite(table)


def grant(found: Collector, action: act.Grant) -> None:
    for relation in action.relations if found.postgres >= 18 else ():
        found.lock(relation, AS)


def run_block(found: Collector, action: act.RunBlock) -> None:
    found.understood = False


def call(found: Collector, action: act.Call | act.Unread) -> None:
    found.understood = False


_ALONE = {
    "CREATE DATABASE", "DROP DATABASE", "CREATE TABLESPACE", "DROP TABLESPACE", "ALTER SYSTEM",
    "CREATE SUBSCRIPTION", "DROP SUBSCRIPTION", "COMMIT PREPARED", "ROLLBACK PREPARED",
}  # fmt: skip


def other(found: Collector, action: act.Other) -> None:
    found.transactional = action.kind not in _ALONE


OBJECT_EFFECTS: dict[type[act.Action], Callable[[Collector, Any], None]] = {
    act.AddEnumValue: add_value,
    act.AlterDomain: alter_domain,
    act.AlterSequence: alter_sequence,
    act.Call: call,
    act.Unread: call,
    act.CommentOn: comment_on,
    act.Copy: copy,
    act.CreateIndex: create_index,
    act.CreatePolicy: create_policy,
    act.CreateTrigger: create_trigger,
    act.CreateView: create_view,
    act.Delete: delete,
    act.DropObjects: drop,
    act.Grant: grant,
    act.Insert: change,
    act.LockTable: lock_table,
    act.Merge: change,
    act.Other: other,
    act.Query: query,
    act.RefreshView: refresh_view,
    act.Reindex: reindex,
    act.Rename: rename,
    act.RunBlock: run_block,
    act.SetSchema: set_schema,
    act.Truncate: truncate,
    act.Update: change,
    act.Vacuum: vacuum,
}
