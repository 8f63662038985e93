"""The conditions of a block that ask for things of the schema, as in IF NOT EXISTS (SELECT …)."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sql import actions as act
from bot.sql.expressions import nodes, qualified, strings_of
from bot.sql.parse import parse

Tree = Mapping[str, Any]

# Which column of the server's tables names what, and which one the table that it belongs to.
_NAMING = {
    "conname": ("CONSTRAINT", "conrelid"),
    "constraint_name": ("CONSTRAINT", "table_name"),
    "column_name": ("COLUMN", "table_name"),
    "attname": ("COLUMN", "attrelid"),
    "tgname": ("TRIGGER", "tgrelid"),
    "trigger_name": ("TRIGGER", "event_object_table"),
    "policyname": ("POLICY", "tablename"),
    "indexname": ("RELATION", ""),
    "typname": ("TYPE", ""),
    "relname": ("RELATION", ""),
    "tablename": ("RELATION", ""),
    "table_name": ("RELATION", ""),
}
_SAYING_LITTLE = {
    "table_schema", "schemaname", "nspname", "constraint_schema", "contype", "constraint_type",
    "relkind", "attisdropped", "attnum", "typtype", "trigger_schema", "table_type",
}  # fmt: skip


def conditions_of(text: str, *, wanted: bool) -> tuple[act.Presence | None, ...]:
    """What must be there, or must not, for the condition to hold; None for what is not known."""
    statements = parse(f"SELECT {text}").statements
    targets: list[Tree] = statements[0].tree.get("targetList", []) if statements else []
    if len(statements) != 1 or len(targets) != 1:
        return (None,)
    found = tuple(_conditions(targets[0]["ResTarget"].get("val", {}), wanted))
    return found if wanted or len(found) == 1 else (None,)


def _conditions(tree: Tree, wanted: bool) -> Iterator[act.Presence | None]:
    junction = tree.get("BoolExpr", {})
    if junction.get("boolop") == "NOT_EXPR":
        inside = tuple(_conditions(junction["args"][0], not wanted))
        yield from inside if len(inside) == 1 else (None,)
    elif junction.get("boolop") == "AND_EXPR":
        for each in junction["args"]:
            yield from _conditions(each, wanted)
    elif tree.get("SubLink", {}).get("subLinkType") == "EXISTS_SUBLINK":
        yield _asked(tree["SubLink"]["subselect"].get("SelectStmt", {}), wanted)
    elif "NullTest" in tree:
        absent = tree["NullTest"]["nulltesttype"] == "IS_NULL"
        yield _relation(tree["NullTest"]["arg"], wanted != absent)
    else:
        yield None


def _relation(tree: Tree, wanted: bool) -> act.Presence | None:
    name = _text(tree) if "FuncCall" in tree else None
    return act.Presence("RELATION", _bare(name), wanted=wanted) if name else None


def _asked(select: Tree, wanted: bool) -> act.Presence | None:
    """The presence that a query of the server's tables is about; all it asks must be known."""
    sources = [fields for node, fields in nodes(select.get("fromClause")) if node == "RangeVar"]
    if not sources or not all(_of_the_server(each) for each in sources):
        return None
    said: dict[str, str] = {}
    for each in _parts(select.get("whereClause", {})):
        column, value = _compared(each)
        if column in _NAMING or column in _TABLES:
            if value is None or column in said:
                return None
            said[column] = value
        elif column not in _SAYING_LITTLE:
            return None
    return _presence(said, wanted)


_TABLES = {table for _, table in _NAMING.values() if table}


def _presence(said: Mapping[str, str], wanted: bool) -> act.Presence | None:
    for column, (kind, beside) in _NAMING.items():
        if column in said and set(said) <= {column, beside}:
            name = said[column]
            table = qualified((_bare(said[beside]),)) if beside in said else ""
            return act.Presence(kind, name, table, wanted)
    return None


def _of_the_server(source: Tree) -> bool:
    return source.get("schemaname", "") in ("pg_catalog", "information_schema") or source[
        "relname"
    ].startswith("pg_")


def _parts(tree: Tree) -> Iterator[Tree]:
    junction = tree.get("BoolExpr", {})
    if junction.get("boolop") == "AND_EXPR":
        for each in junction["args"]:
            yield from _parts(each)
    elif junction.get("boolop") == "NOT_EXPR":
        yield from _parts(junction["args"][0])
    elif tree:
        yield tree


def _compared(tree: Tree) -> tuple[str, str | None]:
    """A column and the text it is compared with; the last name of a bare column."""
    comparison = tree.get("A_Expr", {})
    left = comparison.get("lexpr", tree)
    column = left.get("ColumnRef", {}).get("fields", ())
    name = strings_of(column)[-1:] if column else ()
    equal = comparison.get("kind") == "AEXPR_OP" and strings_of(comparison["name"]) == ("=",)
    return (name[0] if name else ""), _text(comparison["rexpr"]) if equal else None


def _text(tree: Tree) -> str | None:
    """A constant's text, through a cast or to_regclass."""
    if "TypeCast" in tree:
        return _text(tree["TypeCast"]["arg"])
    call = tree.get("FuncCall", {})
    if call and strings_of(call["funcname"])[-1] == "to_regclass" and len(call["args"]) == 1:
        return _text(call["args"][0])
    text: str | None = tree.get("A_Const", {}).get("sval", {}).get("sval")
    return text


def _bare(name: str) -> str:
    """A relation's own name, as the catalogue stores it, from how an author writes it."""
    last = name.rpartition(".")[2]
    return last.strip('"')
