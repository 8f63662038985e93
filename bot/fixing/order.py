"""Whether statements may run in another order, or in transactions of their own."""

from collections.abc import Iterable, Sequence

from bot.core.migrations.statement import Statement
from bot.judge.replay.births import key_of, named_by
from bot.sql import actions as act
from bot.sql.read import actions_of

_HARMLESS = (
    act.AddColumn,
    act.AddConstraint,
    act.AddEnumValue,
    act.CommentOn,
    act.CreateEnum,
    act.CreateIndex,
    act.SetDefault,
    act.SetNotNull,
    act.SetVariable,
    act.Transaction,
    act.ValidateConstraint,
)
_OPAQUE = (act.Call, act.Other, act.RunBlock, act.Unread)


def may_wait(statement: Statement, following: Iterable[Statement]) -> bool:
    """Whether a part of the statement can run after all that follows it."""
    tables = {
        name
        for action in actions_of(statement)
        for name in [getattr(action, "table", None)]
        if isinstance(name, str)
    }
    return not any(_in_the_way(action, tables) for each in following for action in actions_of(each))


def _in_the_way(action: act.Action, tables: set[str]) -> bool:
    if isinstance(action, _OPAQUE):
        return True
    if isinstance(action, _HARMLESS):
        return False
    return bool(tables & set(_texts(action)))


def _texts(action: act.Action) -> Iterable[str]:
    for value in vars(action).values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (each for each in value if isinstance(each, str))


def torn_apart(before: Sequence[Statement], after: Sequence[Statement]) -> str | None:
    """A name that the first statements take away and the others give again: readers would miss it
    in between."""
    gone = {key for each in before for action in actions_of(each) for key in _taken(action)}
    for statement in after:
        for action in actions_of(statement):
            key = named_by(action)
            if key is not None and key in gone:
                return key[1].removeprefix("public.")
    return None


def _taken(action: act.Action) -> Iterable[tuple[str, str]]:
    if isinstance(action, act.Rename):
        yield key_of(action.kind, action.old, action.relation)
    elif isinstance(action, act.SetSchema):
        yield key_of(action.kind, action.name)
    elif isinstance(action, act.DropObjects) and action.kind != "INDEX":
        yield from (key_of(action.kind, name, action.relation) for name in action.names)
