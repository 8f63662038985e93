"""Expressions of PostgreSQL's tree, read without recursion: they may be of any depth."""

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from bot.sql.values import Expression, Type, Volatility


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Functions that give one answer for all rows of a statement, so that ADD COLUMN … DEFAULT works
# it out once. Whatever is in neither set is taken for volatile, as PostgreSQL does by default.
STABLE = _words(
    """
    now transaction_timestamp statement_timestamp current_setting current_schema current_schemas
    to_char to_date to_timestamp to_number age txid_current pg_current_xact_id current_database
    inet_client_addr inet_server_addr pg_backend_pid version to_tsvector to_json to_jsonb
    json_build_object jsonb_build_object json_build_array jsonb_build_array row_to_json timezone
    date_trunc
    """
)
IMMUTABLE = _words(
    """
    lower upper concat_ws md5 sha256 length char_length abs round floor ceil ceiling trunc mod
    power sqrt coalesce nullif greatest least substring substr replace trim btrim ltrim rtrim
    lpad rpad repeat left right position strpos split_part make_date make_interval make_time
    make_timestamp array_append array_cat array_prepend array_length cardinality array_fill
    string_to_array array_to_string decode encode jsonb_set jsonb_extract_path hashtext int4
    int8 float8 numeric text initcap reverse translate ascii chr sign date_part extract
    json_extract_path jsonb_array_length jsonb_typeof json_typeof regexp_replace interval date
    int4range int8range numrange tsrange tstzrange daterange
    """
) | {"concat"}
_SERIALS = {
    "serial": "int4",
    "serial4": "int4",
    "bigserial": "int8",
    "serial8": "int8",
    "smallserial": "int2",
    "serial2": "int2",
}
BUILT_IN = _words(
    """
    bool bytea char bpchar name int2 int4 int8 float4 float8 numeric money text varchar json
    jsonb xml uuid oid date time timetz timestamp timestamptz interval bit varbit inet cidr
    macaddr macaddr8 point line lseg box path polygon circle tsvector tsquery int4range
    int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange
    tsmultirange tstzmultirange datemultirange regclass regproc regtype regrole regnamespace
    pg_lsn txid_snapshot pg_snapshot jsonpath void record trigger event_trigger anyelement
    anyarray cstring internal unknown
    """
)


Node = tuple[str, Mapping[str, Any]]


def nodes(tree: Any) -> Iterator[Node]:
    """Every node of a tree with its name, the tree's own fields included, outer before inner."""
    if isinstance(tree, list):
        return chain.from_iterable(map(nodes, tree))
    if isinstance(tree, dict) and len(tree) == 1:
        ((key, value),) = tree.items()
        if key < "a" and isinstance(value, dict):
            return chain([(key, value)], _within(value))
    return iter(_within(tree))


# The trees that were walked last. What reads a statement and the rules about it all ask for the
# same few, and a statement may have half a million nodes.
_walked: deque[tuple[Any, list[Node]]] = deque(maxlen=6)
_WORTH_KEEPING = 4


def _within(tree: Any) -> list[Node]:
    for known, found in _walked:
        if known is tree:
            return found
    found = _walk(tree)
    if len(found) >= _WORTH_KEEPING:
        _walked.append((tree, found))
    return found


def _walk(tree: Any) -> list[Node]:
    found: list[Node] = []
    stack: list[tuple[str, Any]] = [("list", tree)]
    while stack:
        item = stack.pop()
        key, value = item
        if type(value) is dict:
            if key < "a":
                found.append(item)
            for inner in reversed(value.items()):
                if type(inner[1]) in _INNER:
                    stack.append(inner)
        elif type(value) is list:
            stack.extend([("list", each) for each in reversed(value)])
    return found


_INNER = {dict, list}


def strings_of(items: Any) -> tuple[str, ...]:
    """A list of String nodes as Python strings."""
    return tuple([item["String"]["sval"] for item in items or () if "String" in item])


def expression_of(tree: Any) -> Expression:
    functions: list[str] = []
    columns: list[str] = []
    strings: list[str] = []
    casts: list[str] = []
    keywords: list[str] = []
    volatility = Volatility.IMMUTABLE
    for node, fields in nodes(tree):
        if node == "FuncCall":
            name = strings_of(fields.get("funcname"))[-1]
            functions.append(name)
            volatility = max(volatility, function_volatility(name))
        elif node == "SQLValueFunction":
            keywords.append(str(fields.get("op", "")).removeprefix("SVFOP_").removesuffix("_N"))
            volatility = max(volatility, Volatility.STABLE)
        elif node == "ColumnRef":
            columns.extend(strings_of(fields.get("fields"))[-1:])
        elif node == "A_Const" and "sval" in fields:
            strings.append(fields["sval"].get("sval", ""))
        elif node == "TypeCast":
            casts.append(type_of(fields["typeName"]).name)
    return Expression(
        volatility=volatility,
        functions=tuple(functions),
        columns=tuple(columns),
        strings=tuple(strings),
        casts=tuple(casts),
        proves=tuple(_proves(tree)),
        constant=_constant(tree),
        only_casts=_only_casts(tree),
        keywords=tuple(keywords),
    )


def _only_casts(tree: Any) -> bool:
    node, fields = next(iter(tree.items()))
    while node == "TypeCast":
        node, fields = next(iter(fields["arg"].items()))
    return bool(node == "ColumnRef")


def function_volatility(function: str) -> Volatility:
    """Of a function that PostgreSQL brings along; any other counts as volatile."""
    if function in IMMUTABLE:
        return Volatility.IMMUTABLE
    return Volatility.STABLE if function in STABLE else Volatility.VOLATILE


def _proves(tree: Any) -> Iterator[str]:
    """The columns c of `c IS NOT NULL [AND …]`."""
    stack = [tree]
    while stack:
        node, fields = next(iter(stack.pop().items()))
        if node == "BoolExpr" and fields.get("boolop") == "AND_EXPR":
            stack.extend(fields["args"])
        elif node == "NullTest" and fields.get("nulltesttype") == "IS_NOT_NULL":
            reference = fields["arg"].get("ColumnRef")
            if reference:
                yield from strings_of(reference["fields"])[-1:]


def _constant(tree: Any) -> str | None:
    node, fields = next(iter(tree.items()))
    if node == "TypeCast":
        node, fields = next(iter(fields["arg"].items()))
    if node != "A_Const":
        return None
    if fields.get("isnull"):
        return "null"
    for key in ("ival", "fval", "sval", "boolval", "bsval"):
        if key in fields:
            return str(fields[key].get(key, {"ival": 0, "boolval": False}.get(key, "")))
    return None


def type_of(tree: Mapping[str, Any]) -> Type:
    names = strings_of(tree.get("names"))
    written = names[-1] if names else "unknown"
    schema = names[-2] if len(names) > 1 else ""
    serial = not schema and written in _SERIALS
    name = _SERIALS[written] if serial else _type_name(schema, written)
    modifiers = tuple(
        item["A_Const"]["ival"].get("ival", 0)
        for item in tree.get("typmods", ())
        if "ival" in item.get("A_Const", {})
    )
    if name == "interval" and modifiers:
        modifiers = modifiers[1:]
    return Type(name, modifiers, len(tree.get("arrayBounds", ())), serial)


def _type_name(schema: str, written: str) -> str:
    if schema == "pg_catalog" or (not schema and written in BUILT_IN):
        return written
    return f"{schema or 'public'}.{written}"


def relation_name(tree: Mapping[str, Any]) -> str:
    """`schema.name` of a RangeVar."""
    schema = tree.get("schemaname") or (
        "pg_temp" if tree.get("relpersistence") == "t" else "public"
    )
    return f"{schema}.{tree['relname']}"


def qualified(parts: tuple[str, ...]) -> str:
    """`schema.name` of a dotted name."""
    return ".".join(parts[-2:]) if len(parts) > 1 else f"public.{parts[0]}" if parts else ""


def columns_of(tree: Any) -> tuple[str, ...]:
    """The names of columns a query uses, in order of appearance; "*" for all of them."""
    named: dict[str, None] = {}
    for node, fields in nodes(tree):
        if node == "ColumnRef":
            last = fields["fields"][-1]
            named[last.get("String", {}).get("sval", "*")] = None
    return tuple(named)


def relations_of(tree: Any) -> tuple[str, ...]:
    """The relations a query names, in order of appearance, without its own WITH queries."""
    return reads_of(tree).named


class Reads(NamedTuple):
    """The relations a query names, those of them whose rows it locks (FOR UPDATE), and those it
    reads without their heirs (ONLY)."""

    named: tuple[str, ...]
    locked: tuple[str, ...]
    only: tuple[str, ...]


def reads_of(tree: Any) -> Reads:
    own: set[str] = set()
    named: dict[str, None] = {}
    locked: dict[str, None] = {}
    only: list[str] = []
    asides: set[int] = set()
    for node, fields in nodes(tree):
        if node == "CommonTableExpr":
            own.add(f"public.{fields['ctename']}")
        elif node == "LockingClause":
            asides |= {id(each["RangeVar"]) for each in fields.get("lockedRels", ())}
        elif node == "RangeVar" and id(fields) not in asides:
            named[relation_name(fields)] = None
            if not fields.get("inh", False):
                only.append(relation_name(fields))
        if "lockingClause" in fields:
            locked |= dict.fromkeys(_locked(fields))
    return Reads(tuple(name for name in named if name not in own), tuple(locked), tuple(only))


def _locked(select: Mapping[str, Any]) -> Iterator[str]:
    """The relations of one SELECT whose rows it locks: those of FOR UPDATE OF, or all."""
    clauses = [each["LockingClause"] for each in select["lockingClause"]]
    chosen = {
        each["RangeVar"]["relname"] for clause in clauses for each in clause.get("lockedRels", ())
    }
    everything = any("lockedRels" not in clause for clause in clauses)
    for node, fields in nodes(select.get("fromClause")):
        if node == "RangeVar":
            called = fields.get("alias", {}).get("aliasname", fields["relname"])
            if everything or called in chosen:
                yield relation_name(fields)
