"""Which statements change many rows."""

from collections.abc import Iterator
from typing import Any

from bot.judge.context import Context
from bot.sql.actions import Delete, Insert, Merge, Update
from bot.sql.expressions import strings_of


def backfilled(context: Context) -> Iterator[str]:
    """The tables in use of which the statement may change any number of rows.

    A change of rows that are named by their key, or written out, is none.
    """
    changes: tuple[Update | Delete, ...] = (*context.all(Update), *context.all(Delete))
    for change in changes:
        named = _names_rows(context.step.statement.tree.get("whereClause"), change.table, context)
        if not named and not context.is_new(change.table):
            yield change.table
    for insert in context.all(Insert):
        copies = any(not context.is_new(each) for each in insert.reads)
        if copies and not context.is_new(insert.table):
            yield insert.table
    for merge in context.all(Merge):
        if not context.is_new(merge.table):
            yield merge.table


def _names_rows(where: Any, table: str, context: Context) -> bool:
    """Whether a condition gives the values of a unique column, alone or beside others."""
    if not where:
        return False
    node, fields = next(iter(where.items()))
    if node == "BoolExpr" and fields["boolop"] == "AND_EXPR":
        return any(_names_rows(each, table, context) for each in fields["args"])
    if node != "A_Expr" or fields.get("kind") not in ("AEXPR_OP", "AEXPR_IN"):
        return False
    operator = strings_of(fields["name"])
    column = strings_of(fields.get("lexpr", {}).get("ColumnRef", {}).get("fields"))
    name = column[-1] if column else ""
    given = _constant(fields.get("rexpr", {}))
    return operator == ("=",) and given and name in _keys(table, context)


def _constant(tree: Any) -> bool:
    if not tree:
        return False
    node, fields = next(iter(tree.items()))
    if node == "List":
        return all(map(_constant, fields["items"]))
    return node == "A_Const" or (node == "TypeCast" and _constant(fields["arg"]))


def _keys(table: str, context: Context) -> set[str | None]:
    """Columns that are unique by themselves; "id" is taken to be one."""
    unique = (each for each in context.catalogue.indexes_of(table) if each.unique)
    return {"id"} | {each.columns[0].name for each in unique if len(each.columns) == 1}
