"""The columns that a statement gives a type, for the rules about types."""

from collections.abc import Callable, Iterator

from bot.judge.context import Context, shown
from bot.sql.actions import AddColumn, AlterColumnType, CreateTable
from bot.sql.values import Type

TYPED = (AddColumn, AlterColumnType, CreateTable)


def columns_with(context: Context, chosen: Callable[[Type], bool]) -> str:
    """Those with such a type as a list for a sentence; "" for none.

    A baseline describes what is there already, so nothing in it is chosen.
    """
    if context.file.baseline:
        return ""
    found = dict.fromkeys(name for name, kind in _typed(context) if chosen(kind))
    *most, last = list(found) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _typed(context: Context) -> Iterator[tuple[str, Type]]:
    for created in context.all(CreateTable):
        if not created.temporary:
            for column in created.columns:
                yield f"{shown(created.table)}.{column.name}", column.type
    for added in context.all(AddColumn):
        yield f"{shown(added.table)}.{added.column.name}", added.column.type
    for change in context.all(AlterColumnType):
        yield f"{shown(change.table)}.{change.name}", change.type
