"""Indexes, views, functions, and what happens to objects by name, read into actions."""

from collections.abc import Iterator
from typing import Any

from bot.sql import actions as act
from bot.sql.expressions import (
    columns_of,
    expression_of,
    qualified,
    relation_name,
    relations_of,
    selected_of,
    strings_of,
    type_of,
)
from bot.sql.kinds import object_words
from bot.sql.read_definitions import Fields
from bot.sql.values import IndexedColumn, Volatility

_PARTS_OF_A_TABLE = {"TRIGGER", "RULE", "POLICY"}
_WITHOUT_SCHEMA = {
    "SCHEMA", "EXTENSION", "SERVER", "PUBLICATION", "SUBSCRIPTION", "ROLE", "DATABASE",
    "TABLESPACE", "LANGUAGE", "ACCESS METHOD", "EVENT TRIGGER", "FOREIGN DATA WRAPPER",
}  # fmt: skip
_PARTS = {
    "COLUMN", "ATTRIBUTE", "CONSTRAINT", "TRIGGER", "RULE", "POLICY",
}  # fmt: skip


def create_index(fields: Fields) -> Iterator[act.Action]:
    yield act.CreateIndex(
        name=_beside(fields.get("idxname", ""), relation_name(fields["relation"])),
        table=relation_name(fields["relation"]),
        columns=tuple(_indexed(each["IndexElem"]) for each in fields.get("indexParams", ())),
        unique=fields.get("unique", False),
        concurrently=fields.get("concurrent", False),
        if_not_exists=fields.get("if_not_exists", False),
        only=not fields["relation"].get("inh", False),
        partial="whereClause" in fields,
        method=fields.get("accessMethod", "btree"),
        includes=tuple(
            each["IndexElem"].get("name", "") for each in fields.get("indexIncludingParams", ())
        ),
        options=tuple(each["DefElem"]["defname"] for each in fields.get("options", ())),
        where=expression_of(fields["whereClause"]) if "whereClause" in fields else None,
    )


def _beside(name: str, relation: str) -> str:
    """An index lives in its table's schema."""
    return f"{relation.partition('.')[0]}.{name}" if name else ""


def _indexed(fields: Fields) -> IndexedColumn:
    expression = fields.get("expr")
    return IndexedColumn(
        name=fields.get("name"),
        expression=expression_of(expression) if expression else None,
        operator_class=".".join(strings_of(fields.get("opclass"))),
        ordering=_ordering(fields),
        collation=".".join(strings_of(fields.get("collation"))),
    )


def _ordering(fields: Fields) -> str:
    words = []
    if fields.get("ordering") == "SORTBY_DESC":
        words.append("DESC")
    nulls = fields.get("nulls_ordering", "SORTBY_NULLS_DEFAULT").removeprefix("SORTBY_NULLS_")
    # NULLS FIRST is what DESC means without it, NULLS LAST what ASC means.
    if nulls != "DEFAULT" and nulls != ("FIRST" if words else "LAST"):
        words.append(f"NULLS {nulls}")
    return " ".join(words)


def reindex(fields: Fields) -> Iterator[act.Action]:
    relation = fields.get("relation")
    yield act.Reindex(
        kind=fields["kind"].removeprefix("REINDEX_OBJECT_"),
        name=relation_name(relation) if relation else fields.get("name", ""),
        concurrently=_option(fields, "concurrently"),
    )


def _option(fields: Fields, name: str, key: str = "params") -> bool:
    options = (each["DefElem"] for each in fields.get(key, ()))
    return any(each["defname"] == name and _is_on(each.get("arg")) for each in options)


def _is_on(argument: Any) -> bool:
    if argument is None:
        return True
    value = next(iter(next(iter(argument.values())).values()), False)
    return value not in ("false", "off", 0, False)


def rename(fields: Fields) -> Iterator[act.Action]:
    kind = object_words(fields["renameType"])
    relation = relation_name(fields["relation"]) if "relation" in fields else ""
    new = fields["newname"]
    missing = fields.get("missing_ok", False)
    if kind in _PARTS and relation:
        yield act.Rename(kind, fields.get("subname", ""), new, relation, missing)
    elif relation:
        yield act.Rename(kind, relation, f"{relation.partition('.')[0]}.{new}", "", missing)
    else:
        old = object_name(kind, fields.get("object", {})) or fields.get("subname", "")
        schema = "" if kind in _WITHOUT_SCHEMA else old.partition(".")[0] + "."
        yield act.Rename(kind, old, schema + new)


def set_schema(fields: Fields) -> Iterator[act.Action]:
    kind = object_words(fields["objectType"])
    relation = fields.get("relation")
    name = relation_name(relation) if relation else object_name(kind, fields.get("object", {}))
    yield act.SetSchema(kind, name, fields["newschema"])


def drop(fields: Fields) -> Iterator[act.Action]:
    kind = object_words(fields["removeType"])
    options: Any = {
        "concurrently": fields.get("concurrent", False),
        "cascade": fields.get("behavior") == "DROP_CASCADE",
        "if_exists": fields.get("missing_ok", False),
    }
    if kind in _PARTS_OF_A_TABLE:
        for each in fields["objects"]:
            *table, name = strings_of(each["List"]["items"])
            yield act.DropObjects(kind, (name,), **options, relation=qualified(tuple(table)))
        return
    names = tuple(object_name(kind, each) for each in fields["objects"])
    yield act.DropObjects(kind, names, **options)


def object_name(kind: str, tree: Any) -> str:
    """The name in an object's node, which has a different shape for each kind of object."""
    node: str
    fields: Any
    node, fields = next(iter(tree.items()), ("", {}))
    if node == "String":
        return str(fields["sval"])
    if kind == "CAST":
        source, target = (type_of(each["TypeName"]) for each in fields["items"])
        return f"{source} AS {target}"
    if node == "List":
        parts = strings_of(fields["items"])
    elif node == "TypeName":
        parts = strings_of(fields["names"])
    else:
        parts = strings_of(fields.get("objname"))
    return ".".join(parts) if kind in _WITHOUT_SCHEMA else qualified(parts)


def create_object(fields: Fields) -> Iterator[act.Action]:
    """CREATE of what is only worth a name: TYPE, AGGREGATE, OPERATOR, CAST, PUBLICATION, …"""
    if "sourcetype" in fields:
        source, target = type_of(fields["sourcetype"]), type_of(fields["targettype"])
        yield act.CreateObject("CAST", f"{source} AS {target}")
    elif "pubname" in fields:
        yield act.CreateObject("PUBLICATION", fields["pubname"], _published(fields))
    elif "typevar" in fields:
        yield act.CreateObject("TYPE", relation_name(fields["typevar"]))
    else:
        kind = object_words(fields.get("kind", "OBJECT_TYPE"))
        named = fields.get("defnames") or fields["typeName"]
        yield act.CreateObject(kind, qualified(strings_of(named)))


def _published(fields: Fields) -> tuple[str, ...]:
    tables = (each["PublicationObjSpec"].get("pubtable") for each in fields.get("pubobjects", ()))
    return tuple(relation_name(each["relation"]) for each in tables if each)


def alter_publication(fields: Fields) -> Iterator[act.Action]:
    change = fields.get("action", "").removeprefix("AP_").removesuffix("Objects").upper()
    tables = _published(fields)
    yield act.AlterPublication(fields["pubname"], tables, change if tables else "")


def comment_on(fields: Fields) -> Iterator[act.Action]:
    kind = object_words(fields["objtype"])
    node, inner = next(iter(fields["object"].items()))
    parts = strings_of(inner.get("items")) if node == "List" else ()
    if kind in {"COLUMN", *_PARTS} and parts:
        *relation, part = parts
        yield act.CommentOn(kind, qualified(tuple(relation)), part, fields.get("comment"))
    else:
        name = object_name(kind, fields["object"])
        yield act.CommentOn(kind, name, text=fields.get("comment"))


def create_view(fields: Fields) -> Iterator[act.Action]:
    yield act.CreateView(
        name=relation_name(fields["view"]),
        reads=relations_of(fields["query"]),
        replace=fields.get("replace", False),
        columns=columns_of(fields["query"]),
        security_invoker=_option(fields, "security_invoker", "options"),
    )


def create_table_as(fields: Fields) -> Iterator[act.Action]:
    name = relation_name(fields["into"]["rel"])
    reads = relations_of(fields["query"])
    if fields.get("objtype") == "OBJECT_MATVIEW":
        filled = not fields["into"].get("skipData", False)
        columns = columns_of(fields["query"])
        yield act.CreateView(name, reads, materialized=True, with_data=filled, columns=columns)
    else:
        yield act.CreateTable(
            name.replace("pg_temp.", "public."),
            reads=reads,
            selected=selected_of(fields["query"].get("SelectStmt", {})),
            temporary=name.startswith("pg_temp."),
            if_not_exists=fields.get("if_not_exists", False),
        )


def refresh_view(fields: Fields) -> Iterator[act.Action]:
    yield act.RefreshView(
        name=relation_name(fields["relation"]),
        concurrently=fields.get("concurrent", False),
        with_data=not fields.get("skipData", False),
    )


def create_function(fields: Fields) -> Iterator[act.Action]:
    written = [each["DefElem"] for each in fields.get("options", ())]
    options = {each["defname"]: each.get("arg") for each in written}
    body = (options.get("as") or {}).get("List", {}).get("items")
    settings = (
        each["arg"]["VariableSetStmt"].get("name", "")
        for each in written
        if each["defname"] == "set"
    )
    yield act.CreateFunction(
        name=qualified(strings_of(fields["funcname"])),
        body="\n".join(strings_of(body)),
        language=((options.get("language") or {}).get("String", {}).get("sval", "sql")).lower(),
        security_definer=bool((options.get("security") or {}).get("Boolean", {}).get("boolval")),
        settings=tuple(settings),
        volatility=_volatility(options.get("volatility")),
        replace=fields.get("replace", False),
    )


def _volatility(written: Any) -> Volatility:
    word = (written or {}).get("String", {}).get("sval", "volatile")
    return Volatility[word.upper()]
