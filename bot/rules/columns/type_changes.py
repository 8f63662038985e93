"""The changes of columns' types on tables that are in use. No rule by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.judge.context import Context
from bot.judge.effects.type_change import TypeChange, type_change
from bot.rules.types.enums import rebuilt_in
from bot.sql.actions import AlterColumnType
from bot.sql.values import Column, Type


@dataclass(frozen=True)
class ChangedType:
    """`before` is the column as it was, None if no migration tells; `type` is the new one."""

    action: AlterColumnType
    before: Column | None
    cost: TypeChange

    @property
    def table(self) -> str:
        return self.action.table

    @property
    def name(self) -> str:
        return self.action.name

    @property
    def type(self) -> Type:
        return self.action.type


def changed_types(context: Context) -> Iterator[ChangedType]:
    for action in context.all(AlterColumnType):
        if not context.is_new(action.table):
            yield _changed(action, context)


def replaces_enum(change: ChangedType, context: Context) -> bool:
    """Whether it moves a column to the copy that takes the place of an enum in this file."""
    old = context.file.once(rebuilt_in).get(change.type.name)
    return old in context.file.start.enums


def _changed(action: AlterColumnType, context: Context) -> ChangedType:
    before = context.catalogue.column(action.table, action.name)
    cost = type_change(
        before,
        action.type,
        using=action.using,
        collation=action.collation,
        catalogue=context.catalogue,
        postgres=context.settings.postgres,
    )
    return ChangedType(action, before, cost)
