"""Whether an object of any kind is created by the migration that is being judged."""

from collections.abc import Iterator

from bot.judge.context import Context
from bot.sql import actions as act


def created_here(name: str, context: Context) -> bool:
    """Relations also count as new if another migration of the pull request creates them."""
    return context.is_new(name) or any(
        name == created
        for step in context.earlier
        for action in step.actions
        for created in _created(action)
    )


def _created(action: act.Action) -> Iterator[str]:
    if isinstance(action, act.CreateFunction | act.CreateSchema | act.CreateEnum):
        yield action.name
    if isinstance(action, act.CreateDomain | act.CreateSequence):
        yield action.name
