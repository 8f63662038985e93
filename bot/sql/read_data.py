"""Queries, data changes, the session and roles, read into actions."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bot.sql import actions as act
from bot.sql.dml import always_true
from bot.sql.expressions import (
    expression_of,
    nodes,
    qualified,
    reads_of,
    relation_name,
    relations_of,
    selected_of,
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
    """INSERT, UPDATE, DELETE and MERGE inside a WITH."""
    for node, inner in nodes(fields.get("withClause")):
        if node in _CHANGES:
            yield from _CHANGES[node](inner)


def update(fields: Fields) -> Iterator[act.Action]:
    where = fields.get("whereClause")
    found = reads_of(fields)
    yield act.Update(
        table=relation_name(fields["relation"]),
        bounded=_bounded(fields),
        where=expression_of(where) if where else None,
        sets=tuple(each["ResTarget"].get("name", "") for each in fields["targetList"]),
        strings=strings_in(fields),
        reads=found.named,
        locked=found.locked,
        only=not fields["relation"].get("inh", False),
    )
    yield from inner_changes(fields)


def delete(fields: Fields) -> Iterator[act.Action]:
    table = relation_name(fields["relation"])
    only = not fields["relation"].get("inh", False)
    found = reads_of(fields)
    yield act.Delete(table, _bounded(fields), found.named, found.locked, only)
    yield from inner_changes(fields)


def insert(fields: Fields) -> Iterator[act.Action]:
    found = reads_of([fields.get("selectStmt"), fields.get("withClause")])
    rows = [each["List"]["items"] for each in _select(fields).get("valuesLists", ())]
    yield act.Insert(
        table=relation_name(fields["relation"]),
        columns=tuple(each["ResTarget"]["name"] for each in fields.get("cols", ())),
        strings=strings_in(fields.get("selectStmt")),
        reads=found.named,
        rows="selectStmt" not in fields or "valuesLists" in _select(fields),
        filled=tuple(_places(rows, lambda value: not _nothing(value))),
        locked=found.locked,
        defaulted=tuple(_places(rows, lambda value: "SetToDefault" in value)),
        width=max(map(len, rows)) if rows else None if "selectStmt" in fields else 0,
        conflict=_conflict(fields.get("onConflictClause")),
    )
    yield from inner_changes(fields)
    yield from inner_changes(_select(fields))


def _conflict(clause: Fields | None) -> tuple[str, ...] | None:
    if clause is None:
        return None
    return tuple(each["ResTarget"]["name"] for each in clause.get("targetList", ()))


def _select(fields: Fields) -> Fields:
    found: Fields = fields.get("selectStmt", {}).get("SelectStmt", {})
    return found


def _places(rows: Sequence[Sequence[Any]], asked: Callable[[Any], bool]) -> Iterator[int]:
    """The places of VALUES where some row has what is asked for."""
    for place in range(max(map(len, rows), default=0)):
        if any(place < len(each) and asked(each[place]) for each in rows):
            yield place


def _nothing(value: Any) -> bool:
    return "SetToDefault" in value or bool(value.get("A_Const", {}).get("isnull"))


def query(fields: Fields) -> Iterator[act.Action]:
    if "intoClause" in fields:
        table = relation_name(fields["intoClause"]["rel"])
        yield act.CreateTable(table, reads=relations_of(fields), selected=selected_of(fields))
        yield from inner_changes(fields)
        return
    calls = [each for node, each in nodes(fields) if node == "FuncCall"]
    valued = any(node in ("CoalesceExpr", "MinMaxExpr", "CaseExpr") for node, _ in nodes(fields))
    found = reads_of({"SelectStmt": fields})
    yield act.Query(
        reads=found.named,
        functions=tuple(strings_of(each["funcname"])[-1] for each in calls),
        strings=strings_in(fields),
        locked=found.locked,
        only=found.only,
        valued=valued,
    )
    yield from inner_changes(fields)


def merge(fields: Fields) -> Iterator[act.Action]:
    when = [each["MergeWhenClause"] for each in fields.get("mergeWhenClauses", ())]
    deletes = any(each.get("commandType") == "CMD_DELETE" for each in when)
    yield act.Merge(relation_name(fields["relation"]), relations_of(fields), deletes)
    yield from inner_changes(fields)


_CHANGES = {
    "InsertStmt": insert,
    "UpdateStmt": update,
    "DeleteStmt": delete,
    "MergeStmt": merge,
}


def copy(fields: Fields) -> Iterator[act.Action]:
    relation = fields.get("relation")
    yield act.Copy(
        table=relation_name(relation) if relation else "",
        program=fields.get("is_program", False),
        file="filename" in fields,
        into=fields.get("is_from", False),
    )
    for node, inner in (fields.get("query") or {}).items():
        reader = _CHANGES.get(node, inner_changes)
        yield from reader(inner)


def truncate(fields: Fields) -> Iterator[act.Action]:
    yield act.Truncate(
        tuple(relation_name(each["RangeVar"]) for each in fields["relations"]),
        fields.get("behavior") == "DROP_CASCADE",
        fields.get("restart_seqs", False),
        _alone(fields["relations"]),
    )


def _alone(relations: Any) -> tuple[str, ...]:
    """Those written with ONLY."""
    found = (each["RangeVar"] for each in relations)
    return tuple(relation_name(each) for each in found if not each.get("inh", False))


def created_from(fields: Fields) -> Iterator[act.Action]:
    """What the query of CREATE TABLE AS changes besides; the table is another's matter."""
    for inner in (fields.get("query") or {}).values():
        yield from inner_changes(inner)


def explains_by_running(fields: Fields) -> bool:
    """EXPLAIN ANALYZE."""
    written = fields.get("options")
    options = dict(settings_of(written if isinstance(written, list) else ()))
    return options.get("analyze", "off") not in ("false", "off", "0")


def explain(fields: Fields) -> Iterator[act.Action]:
    """EXPLAIN, PREPARE, DECLARE: the query is planned; only EXPLAIN ANALYZE runs it."""
    inner = fields["query"]
    node, tree = next(iter(inner.items()))
    reader = {**_CHANGES, "SelectStmt": query, "CreateTableAsStmt": created_from}.get(node)
    if explains_by_running(fields) and reader:
        yield from reader(tree)
    else:
        changed = (relation_name(tree["relation"]),) if node in _CHANGES else ()
        found = reads_of(inner)
        named = tuple(name for name in found.named if name not in changed)
        yield act.Query(named, locked=found.locked, only=found.only)
        if changed:
            yield act.LockTable(changed, 3)


def transaction(fields: Fields) -> Iterator[act.Action]:
    bare = fields["kind"].removeprefix("TRANS_STMT_")
    yield act.Transaction(_VERBS.get(bare, bare), fields.get("savepoint_name", ""))


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
    yield act.LockTable(tables, fields["mode"], _alone(fields["relations"]))


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
