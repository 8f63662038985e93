"""What commands on indexes, views, names and other objects lock, scan and rebuild."""

from collections.abc import Callable
from typing import Any

from bot.core.migrations.effects import LockMode
from bot.judge.effects.collector import Collector
from bot.judge.replay.births import key_of
from bot.sql import actions as act
from bot.sql.values import ConstraintKind

AS, SUE, S = LockMode.ACCESS_SHARE, LockMode.SHARE_UPDATE_EXCLUSIVE, LockMode.SHARE
RE, SRE = LockMode.ROW_EXCLUSIVE, LockMode.SHARE_ROW_EXCLUSIVE
E, AE = LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE

_SEEN = {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"}
_RELATIONS = {*_SEEN, "INDEX", "SEQUENCE"}
_NAMED_BY_QUERIES = {"TYPE", "DOMAIN", "FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE"}
_PARTS = {"CONSTRAINT", "TRIGGER", "RULE", "POLICY"}


def create_index(found: Collector, action: act.CreateIndex) -> None:
    found.transactional = not action.concurrently
    mode = SUE if action.concurrently else S
    table = found.catalogue.tables.get(action.table)
    if action.only or not (table and table.partitioned):
        found.lock(action.table, mode)
    else:
        found.lock_tree(action.table, mode)
    there = action.if_not_exists and action.name in found.catalogue.indexes
    if not there and not (action.only and table and table.partitioned):
        found.scan(action.table, only=not (table and table.partitioned))


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
        found.rebuild(action.name)
    if table:
        known = found.catalogue.tables.get(table)
        found.scan(table, only=not (known and known.partitioned))
    for each in found.catalogue.indexes_of(action.name):
        found.rebuild(each.name)


def rename(found: Collector, action: act.Rename) -> None:
    if action.if_exists and not found.knows(action.relation or action.old):
        return
    if action.kind in ("ATTRIBUTE", "SCHEMA"):
        _rename_schema(found, action)
        return
    if action.relation:
        tree = action.kind in ("COLUMN", "TRIGGER") or _is_check(found, action)
        (found.lock_tree if tree else found.lock)(action.relation, AE)
        if action.kind == "COLUMN":
            for table in (action.relation, *found.catalogue.below(action.relation)):
                found.miss(f"{table}.{action.old}")
    elif action.old in found.catalogue.indexes or action.kind == "INDEX":
        found.lock(action.old, SUE if found.postgres >= 12 and action.kind == "INDEX" else AE)
    elif action.kind in _RELATIONS:
        found.lock(action.old, AE)
    if action.kind in _SEEN | _NAMED_BY_QUERIES and action.old not in found.catalogue.indexes:
        found.miss(action.old)


def _is_check(found: Collector, action: act.Rename) -> bool:
    """A CHECK has one name in the whole tree."""
    constraint = found.catalogue.constraint(action.relation, action.old)
    return constraint is not None and constraint.kind is ConstraintKind.CHECK


def _rename_schema(found: Collector, action: act.Rename) -> None:
    holders = (
        found.catalogue.tables,
        found.catalogue.views,
        found.catalogue.enums,
        found.catalogue.domains,
        found.catalogue.functions,
    )
    for name in (name for values in holders for name in values):
        if action.kind == "SCHEMA" and name.startswith(f"{action.old}."):
            found.miss(name)


def set_schema(found: Collector, action: act.SetSchema) -> None:
    if action.kind in _RELATIONS:
        found.lock(action.name, AE)
        for sequence in found.catalogue.owned_sequences(action.name):
            found.lock(sequence.name, AE)
    if action.kind in _SEEN | _NAMED_BY_QUERIES:
        found.miss(action.name)


def rename_value(found: Collector, action: act.RenameEnumValue) -> None:
    found.miss(f"{action.name}.{action.old}")


def create_view(found: Collector, action: act.CreateView) -> None:
    for read in action.reads:
        if action.materialized and action.with_data:
            found.read(read)
        elif read != action.name:
            found.lock(read, AS)
    if action.replace and action.name in found.catalogue.views:
        found.lock(action.name, AE)


def refresh_view(found: Collector, action: act.RefreshView) -> None:
    found.lock(action.name, E if action.concurrently else AE)
    view = found.catalogue.views.get(action.name)
    for read in view.reads if view and action.with_data else ():
        found.read(read)
    if not action.concurrently:
        found.rewrite(action.name)


def create_sequence(found: Collector, action: act.CreateSequence) -> None:
    there = action.if_not_exists and found.knows(action.name)
    if not there:
        _owner(found, action.owner)


def alter_sequence(found: Collector, action: act.AlterSequence) -> None:
    if not found.absent(action.name, if_exists=action.if_exists):
        found.lock(action.name, SRE)
        _owner(found, dict(action.settings).get("owned_by", ""))


def _owner(found: Collector, column: str) -> None:
    if column not in ("", "none"):
        table = column.rpartition(".")[0]
        found.lock(table if "." in table else f"public.{table}", AS)


def create_trigger(found: Collector, action: act.CreateTrigger) -> None:
    table = found.catalogue.tables.get(action.table)
    if table and table.partitioned:
        found.lock_tree(action.table, SRE)
    else:
        found.lock(action.table, SRE)
    for read in action.reads:
        found.lock(read, AS)


def create_policy(found: Collector, action: act.CreatePolicy) -> None:
    found.lock(action.table, AE)
    for read in action.reads:
        found.lock(read, AS)
    for changed in action.changes:
        found.lock(changed, RE)


def comment_on(found: Collector, action: act.CommentOn) -> None:
    composite = key_of("TYPE", action.name) in found.catalogue.births
    if action.kind in _RELATIONS or (action.kind == "COLUMN" and not composite):
        found.lock(action.name, SUE)
    elif action.kind in _PARTS and action.name not in found.catalogue.domains:
        found.lock(action.name, AS)


def create_object(found: Collector, action: act.CreateObject) -> None:
    for table in action.relations:
        found.lock(table, SUE)


def alter_publication(found: Collector, action: act.AlterPublication) -> None:
    before = found.catalogue.members.get(key_of("PUBLICATION", action.name), ())
    for table in (*action.relations, *(before if action.change == "SET" else ())):
        found.lock(table, SUE)


def add_value(found: Collector, action: act.AddEnumValue) -> None:
    found.transactional = found.postgres >= 12


def alter_domain(found: Collector, action: act.AlterDomain) -> None:
    checking = {"ADD CONSTRAINT", "VALIDATE CONSTRAINT", "SET NOT NULL"}
    if action.command in checking and action.validated:
        for table, _ in found.catalogue.columns_of_type(action.name):
            found.lock(table, S)
            found.scan(table)


def grant(found: Collector, action: act.Grant) -> None:
    for relation in action.relations if found.postgres >= 18 else ():
        found.lock(relation, AS)


OBJECT_EFFECTS: dict[type[act.Action], Callable[[Collector, Any], None]] = {
    act.AddEnumValue: add_value,
    act.AlterDomain: alter_domain,
    act.AlterPublication: alter_publication,
    act.AlterSequence: alter_sequence,
    act.CommentOn: comment_on,
    act.CreateIndex: create_index,
    act.CreateObject: create_object,
    act.CreatePolicy: create_policy,
    act.CreateSequence: create_sequence,
    act.CreateTrigger: create_trigger,
    act.CreateView: create_view,
    act.Grant: grant,
    act.RefreshView: refresh_view,
    act.Reindex: reindex,
    act.Rename: rename,
    act.RenameEnumValue: rename_value,
    act.SetSchema: set_schema,
}
