"""The names that the columns of a new view or table get from its query. No rule by itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.core.migrations.statement import Statement
from bot.sql.expressions import strings_of

# What the server calls a column whose expression says nothing about a name.
UNNAMED = "?column?"


def output_names(statement: Statement) -> Iterator[str]:
    """The names of CREATE VIEW, CREATE TABLE AS and SELECT INTO, where the text says them."""
    tree = statement.tree
    if statement.node == "ViewStmt":
        yield from _named(tree["query"], strings_of(tree.get("aliases")))
    elif statement.node == "CreateTableAsStmt":
        yield from _named(tree["query"], strings_of(tree["into"].get("colNames")))
    elif statement.node == "SelectStmt" and "intoClause" in tree:
        yield from _named({"SelectStmt": tree}, strings_of(tree["intoClause"].get("colNames")))


def _named(query: Any, given: Sequence[str]) -> Iterator[str]:
    """The given names stand for the first columns; how many `*` stands for is not known."""
    targets = _targets(query)
    stars = [place for place, each in enumerate(targets) if _is_star(each)]
    known = targets[len(given) :] if not stars or stars[0] >= len(given) else []
    yield from given
    yield from (name for name in map(_name, known) if name)


def _targets(query: Any) -> list[Mapping[str, Any]]:
    select = query.get("SelectStmt", {})
    while "larg" in select:
        select = select["larg"]
    return [each["ResTarget"] for each in select.get("targetList", ())]


def _is_star(target: Mapping[str, Any]) -> bool:
    fields = target.get("val", {}).get("ColumnRef", {}).get("fields", [{}])
    return "A_Star" in fields[-1]


def _name(target: Mapping[str, Any]) -> str:
    """ "" for `*`, and for expressions whose name takes more than a look."""
    if "name" in target:
        return str(target["name"])
    node, fields = next(iter(target["val"].items()))
    if node == "A_Const":
        return UNNAMED
    names = {"ColumnRef": "fields", "FuncCall": "funcname"}
    found = strings_of(fields.get(names[node])) if node in names else ()
    return "" if _is_star(target) or not found else found[-1]
