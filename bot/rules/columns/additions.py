"""The columns a statement adds to tables that are in use. No rule by itself."""

from collections.abc import Iterator

from bot.judge.context import Context
from bot.sql.actions import AddColumn, Delete, Insert, Truncate
from bot.sql.values import Constraint, ConstraintKind


def added_columns(context: Context) -> Iterator[AddColumn]:
    """Those that really come to be: not on a new table, and not there already."""
    for action in context.all(AddColumn):
        there = context.catalogue.column(action.table, action.column.name)
        if not context.is_new(action.table) and not (action.if_not_exists and there):
            yield action


def constraints_beside(action: AddColumn, *kinds: ConstraintKind) -> Iterator[Constraint]:
    """The constraints of these kinds that are written beside the column and hold."""
    return (each for each in action.column.constraints if each.kind in kinds and each.enforced)


def emptied(table: str, context: Context) -> bool:
    """Whether the file takes all rows away before the statement."""
    deletes = context.earlier.all(Delete, about=table)
    return any(True for _ in context.earlier.all(Truncate, about=table)) or any(
        not each.bounded for each in deletes
    )


def filled(table: str, context: Context) -> bool:
    """Whether the file writes out rows for it before the statement."""
    return any(
        each.table == table and not each.reads for each in context.earlier.all(Insert, about=table)
    )
