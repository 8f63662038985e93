"""Queries, data changes, the session and roles, read into actions."""

from collections.abc import Iterator
from typing import Any

from bot.sql import actions as act
from bot.sql.dml import always_true
from bot.sql.expressions import (
    expression_of,
    nodes,
    qualified,
    relation_name,
    relations_of,
    strings_of,
)
from bot.sql.read_definitions import Fields, settings_of

_SECRET_OPTIONS = {"password", "passwd"}
_VERBS = {
    "ROLLBACK_TO": "ROLLBACK TO SAVEPOINT",
    "RELEASE": "RELEASE SAVEPOINT",
    "PREPARE": "PREPARE TRANSACTION",
    "COMMIT_PREPARED": "COMMIT PREPARED",
    "ROLLBACK_PREPARED": "ROLLBACK PREPARED",
    "START": "BEGIN",
}


def strings_in(tree: Any) -> tuple[str, ...]:
    return tuple(
        fields["sval"].get("sval", "")
        for node, fields in nodes(tree)
        if node == "A_Const" and "sval" in fields
    )


def _bounded(fields: Fields) -> bool:
    where = fields.get("whereClause")
    return where is not None and not always_true(where)


def inner_changes(fields: Fields) -> Iterator[act.Action]:
    """INSERT, UPDATE and DELETE inside a WITH."""
    for node, inner in nodes(fields.get("withClause")):
        if node in _CHANGES:
            yield from _CHANGES[node](inner)


def update(fields: Fields) -> Iterator[act.Action]:
    where = fields.get("whereClause")
    yield act.Update(
        table=relation_name(fields["relation"]),
        bounded=_bounded(fields),
        where=expression_of(where) if where else None,
        sets=tuple(each["ResTarget"].get("name", "") for each in fields["targetList"]),
        strings=strings_in(fields),
        reads=relations_of(fields),
    )
    yield from inner_changes(fields)


def delete(fields: Fields) -> Iterator[act.Action]:
    table = relation_name(fields["relation"])
    yield act.Delete(table, _bounded(fields), relations_of(fields))
    yield from inner_changes(fields)


def insert(fields: Fields) -> Iterator[act.Action]:
    yield act.Insert(
        table=relation_name(fields["relation"]),
        columns=tuple(each["ResTarget"]["name"] for each in fields.get("cols", ())),
        strings=strings_in(fields.get("selectStmt")),
        reads=relations_of([fields.get("selectStmt"), fields.get("withClause")]),
    )
    yield from inner_changes(fields)


def query(fields: Fields) -> Iterator[act.Action]:
    if "intoClause" in fields:
        table = relation_name(fields["intoClause"]["rel"])
        yield act.CreateTable(table, reads=relations_of(fields))
        return
    calls = [each for node, each in nodes(fields) if node == "FuncCall"]
    yield act.Query(
        reads=relations_of(fields),
        functions=tuple(strings_of(each["funcname"])[-1] for each in calls),
        strings=strings_in(fields),
        locking="lockingClause" in fields,
    )
    yield from inner_changes(fields)


def merge(fields: Fields) -> Iterator[act.Action]:
    yield act.Merge(relation_name(fields["relation"]), relations_of(fields))
    yield from inner_changes(fields)


_CHANGES = {"InsertStmt": insert, "UpdateStmt": update, "DeleteStmt": delete}


def copy(fields: Fields) -> Iterator[act.Action]:
    relation = fields.get("relation")
    yield act.Copy(
        table=relation_name(relation) if relation else "",
        program=fields.get("is_program", False),
        file="filename" in fields,
        into=fields.get("is_from", False),
    )


def truncate(fields: Fields) -> Iterator[act.Action]:
    yield act.Truncate(
        tuple(relation_name(each["RangeVar"]) for each in fields["relations"]),
        fields.get("behavior") == "DROP_CASCADE",
    )


def transaction(fields: Fields) -> Iterator[act.Action]:
    bare = fields["kind"].removeprefix("TRANS_STMT_")
    yield act.Transaction(_VERBS.get(bare, bare))


def set_variable(fields: Fields) -> Iterator[act.Action]:
    values = fields.get("args", ())
    value = expression_of(values[0]).constant if len(values) == 1 else None
    yield act.SetVariable(
        name=fields.get("name", "all"),
        value=value,
        local=fields.get("is_local", False),
        reset="RESET" in fields["kind"],
    )


def lock_table(fields: Fields) -> Iterator[act.Action]:
    tables = tuple(relation_name(each["RangeVar"]) for each in fields["relations"])
    yield act.LockTable(tables, fields["mode"])


def vacuum(fields: Fields) -> Iterator[act.Action]:
    relations = (each["VacuumRelation"].get("relation") for each in fields.get("rels", ()))
    settings = settings_of(fields.get("options"))
    options = {name for name, value in settings if value not in ("false", "off", "0")}
    yield act.Vacuum(
        tables=tuple(relation_name(each) for each in relations if each),
        full="full" in options,
        analyze=not fields.get("is_vacuumcmd", False),
    )


def cluster(fields: Fields) -> Iterator[act.Action]:
    relation = fields.get("relation")
    yield act.Vacuum((relation_name(relation),) if relation else (), cluster=True)


def call(fields: Fields) -> Iterator[act.Action]:
    yield act.Call(qualified(strings_of(fields["funccall"]["funcname"])))


def role(fields: Fields) -> Iterator[act.Action]:
    options = [each["DefElem"] for each in fields.get("options", ())]
    secret = any(
        each["defname"].lower() in _SECRET_OPTIONS and "String" in each.get("arg", {})
        for each in options
    )
    name = fields.get("role") or fields.get("servername") or ""
    if isinstance(name, dict):
        name = name.get("rolename", "")
    yield act.Role(str(name), secret)
