"""Whether an index on a server is the one that a statement makes."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.migrations.statement import Statement
from bot.sql.expressions import columns_of
from bot.sql.parse import parse

# What the grammar fills in where nothing is written.
_ASCENDING, _DESCENDING = ("ASC", "LAST"), ("DESC", "FIRST")


def same_index(statement: Statement, definition: str) -> bool:
    """Compare a CREATE INDEX with what pg_get_indexdef says of an index on the same table.

    The server writes expressions and conditions in its own way, with casts and brackets, so of
    those only the columns are compared; of plain columns also their order and direction.
    """
    found = parse(definition).statements
    return len(found) == 1 and _shape(statement.tree) == _shape(found[0].tree)


def _shape(tree: Mapping[str, Any]) -> tuple[object, ...]:
    condition = tree.get("whereClause")
    return (
        bool(tree.get("unique")),
        tree.get("accessMethod", "btree"),
        bool(tree.get("nulls_not_distinct")),
        tuple(_keys(tree.get("indexParams", ()))),
        tuple(_keys(tree.get("indexIncludingParams", ()))),
        None if condition is None else frozenset(columns_of(condition)),
    )


def _keys(elements: Any) -> Iterator[tuple[object, ...]]:
    for each in elements:
        element = each["IndexElem"]
        yield _key(element), *_direction(element)


def _key(element: Mapping[str, Any]) -> object:
    expression = element.get("expr")
    if expression is None:
        return element["name"]
    columns = columns_of(expression)
    # A column in brackets is a column.
    return columns[0] if "ColumnRef" in expression else frozenset(columns)


def _direction(element: Mapping[str, Any]) -> tuple[str, str]:
    descending = element.get("ordering") == "SORTBY_DESC"
    direction, nulls = _DESCENDING if descending else _ASCENDING
    given = element.get("nulls_ordering", "SORTBY_NULLS_DEFAULT").removeprefix("SORTBY_NULLS_")
    return direction, nulls if given == "DEFAULT" else given
