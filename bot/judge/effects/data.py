"""What queries, changes of data, locks and code lock, rewrite and lose."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from bot.core.migrations.effects import LockMode
from bot.judge.effects.collector import Collector
from bot.judge.effects.rows import deleted, draws, draws_if_rows, inserted, updated
from bot.sql import actions as act
from bot.sql.parse import parse
from bot.sql.read import actions_of

AS, RS, RE = LockMode.ACCESS_SHARE, LockMode.ROW_SHARE, LockMode.ROW_EXCLUSIVE
SUE, AE = LockMode.SHARE_UPDATE_EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE
_ALONE = {
    "CREATE DATABASE", "DROP DATABASE", "CREATE TABLESPACE", "DROP TABLESPACE", "ALTER SYSTEM",
    "CREATE SUBSCRIPTION", "DROP SUBSCRIPTION", "COMMIT PREPARED", "ROLLBACK PREPARED",
}  # fmt: skip


def truncate(found: Collector, action: act.Truncate) -> None:
    waiting, seen = list(action.tables), set(action.tables)
    while waiting:
        table = waiting.pop()
        if table in action.only:
            found.lock(table, AE)
        elif table not in action.tables:
            found.lock_partitions(table, AE)
        else:
            found.lock_tree(table, AE)
        found.lose(table)
        for sequence in found.catalogue.owned_sequences(table) if action.restarts else ():
            found.lock(sequence.name, AE)
        for child, _ in found.catalogue.references_to(table) if action.cascade else ():
            if child not in seen:
                seen.add(child)
                waiting.append(child)


def insert(found: Collector, action: act.Insert) -> None:
    found.lock(action.table, RE)
    for source in found.catalogue.sources_of(action.table):
        found.lock(source, RE)
    _reads(found, action.reads, action.locked)
    draws(found, action.strings)
    inserted(found, action)


def change(found: Collector, action: act.Update | act.Delete) -> None:
    if action.only:
        found.lock(action.table, RE)
    else:
        found.read(action.table, RE)
    if isinstance(action, act.Delete):
        found.lose(action.table)
        deleted(found, action.table)
    else:
        updated(found, action.table, action.sets)
    _reads(found, action.reads, action.locked)


def merge(found: Collector, action: act.Merge) -> None:
    deleted(found, action.table)
    if action.deletes:
        found.lose(action.table)
    columns = found.catalogue.tables.get(action.table)
    updated(found, action.table, tuple(columns.columns) if columns else ())
    found.read(action.table, RE)
    _reads(found, action.reads, ())


def query(found: Collector, action: act.Query) -> None:
    if {"nextval", "setval"} & set(action.functions):
        # setval is not called for the NULL that the maximum of no rows is.
        sure = action.valued or not action.reads
        certain = action.strings if sure else ()
        draws(found, certain)
        draws_if_rows(found, action.strings)
    _reads(found, action.reads, action.locked, only=action.only)


def _reads(
    found: Collector, reads: Iterable[str], locked: Iterable[str], *, only: Collection[str] = ()
) -> None:
    for relation in reads:
        if relation in only:
            found.lock(relation, AS)
        else:
            found.read(relation)
    for relation in locked:
        found.read(relation, RS)


def copy(found: Collector, action: act.Copy) -> None:
    if action.table:
        found.lock(action.table, RE if action.into else AS)


def lock_table(found: Collector, action: act.LockTable) -> None:
    for table in action.tables:
        if table in action.only:
            found.lock(table, LockMode(action.mode))
        else:
            found.read(table, LockMode(action.mode))


def vacuum(found: Collector, action: act.Vacuum) -> None:
    moves = action.full or action.cluster
    found.transactional = action.analyze or (action.cluster and bool(action.tables))
    found.understood = bool(action.tables)
    for table in action.tables:
        found.lock(table, AE if moves else SUE)
        if moves:
            found.rewrite(table)
        elif action.analyze:
            _analyze_below(found, table)


def _analyze_below(found: Collector, table: str) -> None:
    for partition in found.catalogue.partitions_of(table):
        found.lock(partition, SUE)
    for heir in found.catalogue.heirs_of(table):
        found.lock(heir, SUE if found.postgres >= 18 else AS)


def create_function(found: Collector, action: act.CreateFunction) -> None:
    """The body of a function of SQL is looked at when it is created, and locks what it names."""
    if action.language != "sql":
        return
    for statement in parse(action.body).statements:
        for inner in actions_of(statement):
            for read in getattr(inner, "reads", ()):
                found.lock(read, AS)
                for source in found.catalogue.sources_of(read):
                    found.lock(source, AS)
            if isinstance(inner, act.Insert | act.Update | act.Delete):
                found.lock(inner.table, RE)


def unread(found: Collector, action: act.Unread) -> None:
    found.understood = False


def other(found: Collector, action: act.Other) -> None:
    found.transactional = action.kind not in _ALONE


DATA_EFFECTS: dict[type[act.Action], Callable[[Collector, Any], None]] = {
    act.Copy: copy,
    act.CreateFunction: create_function,
    act.Delete: change,
    act.Insert: insert,
    act.LockTable: lock_table,
    act.Merge: merge,
    act.Other: other,
    act.Query: query,
    act.Truncate: truncate,
    act.Unread: unread,
    act.Update: change,
    act.Vacuum: vacuum,
}
