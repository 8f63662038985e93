"""Whether an object of any kind is created by the migration that is being judged."""

from bot.judge.context import Context
from bot.sql import actions as act

_CREATING = (
    act.CreateFunction,
    act.CreateSchema,
    act.CreateEnum,
    act.CreateDomain,
    act.CreateSequence,
)


def created_here(name: str, context: Context) -> bool:
    """Relations also count as new if another migration of the pull request creates them."""
    return context.is_new(name) or any(
        True for _ in context.earlier.steps_with(*_CREATING, about=name)
    )
