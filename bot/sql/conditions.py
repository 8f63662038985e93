"""The conditions of a body that ask for things of the schema, as in IF NOT EXISTS (SELECT …).

Such a condition can be looked up in the replayed history. All that a query of the server's tables
asks must be understood; whatever else a condition says is not known before it runs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union

from bot.sql.expressions import nodes, strings_of
from bot.sql.parse import parse

Tree = Mapping[str, Any]


@dataclass(frozen=True)
class Presence:
    """That something of this kind and name is there, on a table where one is named.

    `kind` is a word of SQL, or RELATION for whatever a query can name. Names are bare, `schema`
    is empty where the condition leaves it open.
    """

    kind: str
    name: str
    table: str = ""
    schema: str = ""


@dataclass(frozen=True)
class Logic:
    """`operator` is AND, OR or NOT; a part is None if it is not understood."""

    operator: str
    parts: tuple["Condition | None", ...]


Condition = Union[Presence, Logic, bool]  # noqa: UP007

# Which column of the server's tables names what.
_NAMING = {
    "conname": "CONSTRAINT", "constraint_name": "CONSTRAINT",
    "attname": "COLUMN", "column_name": "COLUMN",
    "tgname": "TRIGGER", "trigger_name": "TRIGGER",
    "polname": "POLICY", "policyname": "POLICY",
    "enumlabel": "VALUE",
    "indexname": "RELATION", "viewname": "RELATION", "matviewname": "RELATION",
    "sequencename": "RELATION", "sequence_name": "RELATION",
    "extname": "EXTENSION", "schema_name": "SCHEMA",
    "proname": "FUNCTION", "routine_name": "FUNCTION",
}  # fmt: skip
# Those that name the table beside it, or are asked for themselves if nothing else is.
_TABLES = {
    "conrelid": "", "attrelid": "", "tgrelid": "", "polrelid": "", "enumtypid": "TYPE",
    "event_object_table": "", "table_name": "RELATION", "tablename": "RELATION",
    "relname": "RELATION", "typname": "TYPE", "nspname": "SCHEMA",
}  # fmt: skip
_SCHEMAS = {
    "table_schema", "schemaname", "nspname", "constraint_schema", "trigger_schema",
    "relnamespace", "connamespace", "typnamespace", "sequence_schema", "routine_schema",
    "pronamespace", "event_object_schema",
}  # fmt: skip
_SAYING_LITTLE = {
    "contype", "constraint_type", "relkind", "attisdropped", "attnum", "typtype", "table_type",
    "tgisinternal", "table_catalog", "constraint_catalog",
}  # fmt: skip
_JOINING = "joining"


def conditions_of(text: str) -> Condition | None:
    """What must be there, or must not, for the condition to hold; None if it is not understood."""
    statements = parse(f"SELECT {text}").statements
    targets: list[Tree] = statements[0].tree.get("targetList", []) if statements else []
    if len(statements) != 1 or len(targets) != 1 or "fromClause" in statements[0].tree:
        return None
    try:
        return _condition(targets[0]["ResTarget"].get("val", {}))
    except (AttributeError, IndexError, KeyError, TypeError):
        return None


def _condition(tree: Tree) -> Condition | None:
    junction = tree.get("BoolExpr")
    if junction:
        operator = junction["boolop"].removesuffix("_EXPR")
        return Logic(operator, tuple(_condition(each) for each in junction["args"]))
    if tree.get("SubLink", {}).get("subLinkType") == "EXISTS_SUBLINK":
        return _asked(tree["SubLink"]["subselect"].get("SelectStmt", {}))
    if "NullTest" in tree:
        found = _registered(tree["NullTest"]["arg"])
        absent = tree["NullTest"]["nulltesttype"] == "IS_NULL"
        return Logic("NOT", (found,)) if absent and found else found
    if "boolval" in tree.get("A_Const", {}):
        return bool(tree["A_Const"]["boolval"].get("boolval"))
    return _counted(tree.get("A_Expr", {}))


def _registered(tree: Tree) -> Presence | None:
    """to_regclass('name')."""
    while "TypeCast" in tree:
        tree = tree["TypeCast"]["arg"]
    call = tree.get("FuncCall", {})
    kind = _REGISTERED.get(strings_of(call.get("funcname"))[-1:])
    name = _text(call["args"][0]) if kind and len(call["args"]) == 1 else None
    if not kind or name is None:
        return None
    schema, bare = _folded(name)
    return Presence(kind, bare, schema=schema)


_REGISTERED: Mapping[tuple[str, ...], str] = {("to_regclass",): "RELATION", ("to_regtype",): "TYPE"}


def _counted(comparison: Tree) -> Condition | None:
    """(SELECT count(*) FROM …) = 0, > 0, <> 0."""
    query = comparison.get("lexpr", {}).get("SubLink", {})
    if query.get("subLinkType") != "EXPR_SUBLINK" or comparison.get("kind") != "AEXPR_OP":
        return None
    select = query["subselect"]["SelectStmt"]
    counting = [
        strings_of(fields["funcname"])[-1]
        for node, fields in nodes(select["targetList"])
        if node == "FuncCall"
    ]
    zero = comparison["rexpr"].get("A_Const", {}).get("ival", {"ival": 1}).get("ival", 0) == 0
    operator = strings_of(comparison["name"])[-1]
    if counting != ["count"] or not zero or operator not in ("=", ">", "<>"):
        return None
    found = _asked(select)
    return Logic("NOT", (found,)) if operator == "=" and found else found


def _asked(select: Tree) -> Presence | None:
    """The presence that a query of the server's tables is about; all it asks must be known."""
    sources = [fields for node, fields in nodes(select.get("fromClause")) if node == "RangeVar"]
    if not sources or not all(_of_the_server(each) for each in sources):
        return None
    if "groupClause" in select or "havingClause" in select or "larg" in select:
        return None
    said: dict[str, str] = {}
    schema = ""
    for each in _parts(select.get("whereClause", {})):
        column, value = _compared(each)
        if column in _SCHEMAS and not (column == "nspname" and len(sources) == 1):
            schema = value or ""
        elif column in _NAMING or column in _TABLES:
            if value is None or column in said:
                return None
            said[column] = value
        elif column not in _SAYING_LITTLE and column != _JOINING:
            return None
    return _presence(said, schema)


def _presence(said: Mapping[str, str], schema: str) -> Presence | None:
    named = [column for column in said if column in _NAMING]
    tables = [column for column in said if column in _TABLES]
    if len(named) == 1 and len(tables) <= 1:
        table = said[tables[0]] if tables else ""
        if tables and tables[0].endswith(("relid", "typid")):
            schema, table = _folded(table)
        return Presence(_NAMING[named[0]], said[named[0]], table, schema)
    if not named and len(tables) == 1 and _TABLES[tables[0]]:
        return Presence(_TABLES[tables[0]], said[tables[0]], schema=schema)
    return None


def _of_the_server(source: Tree) -> bool:
    own = ("pg_catalog", "information_schema")
    return source.get("schemaname", "") in own or source["relname"].startswith("pg_")


def _parts(tree: Tree) -> Iterator[Tree]:
    junction = tree.get("BoolExpr", {})
    if junction.get("boolop") == "AND_EXPR":
        for each in junction["args"]:
            yield from _parts(each)
    elif tree:
        yield tree


def _compared(tree: Tree) -> tuple[str, str | None]:
    """A column and the text it is compared with, as in `conname = 'x'`; a flag by itself."""
    junction = tree.get("BoolExpr", {})
    if junction.get("boolop") == "NOT_EXPR" and "ColumnRef" in junction["args"][0]:
        tree = junction["args"][0]
    comparison = tree.get("A_Expr", {})
    name = _column(comparison.get("lexpr", tree))
    equal = comparison.get("kind") == "AEXPR_OP" and strings_of(comparison["name"]) == ("=",)
    if equal and name and _column(comparison["rexpr"]):
        return _JOINING, None
    return name, _text(comparison["rexpr"]) if equal else None


def _column(tree: Tree) -> str:
    """The last name of a column, cast or not."""
    while "TypeCast" in tree:
        tree = tree["TypeCast"]["arg"]
    return (strings_of(tree.get("ColumnRef", {}).get("fields"))[-1:] or ("",))[0]


def _text(tree: Tree) -> str | None:
    """A constant's text, through a cast."""
    while "TypeCast" in tree:
        tree = tree["TypeCast"]["arg"]
    text: str | None = tree.get("A_Const", {}).get("sval", {}).get("sval")
    return text


def _folded(name: str) -> tuple[str, str]:
    """Schema and bare name, from how an author writes a relation in a text."""
    parts = [
        each.strip('"') if each.startswith('"') else each.lower() for each in name.split(".")[-2:]
    ]
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
