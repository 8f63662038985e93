"""Which of several databases something is about."""

from collections.abc import Sequence

from bot.errors import UsageError
from bot.world import World


def only(worlds: Sequence[World]) -> World:
    """The one world. Raises UsageError where there are several."""
    if len(worlds) == 1:
        return worlds[0]
    names = ", ".join(each.settings.database for each in worlds)
    raise UsageError(
        f"The configuration has {len(worlds)} databases, and this is about one.",
        hint=f"Say which one before the verb: --database and one of {names}.",
    )


def world_with(target: str, worlds: Sequence[World]) -> World:
    """The one that has the target. Raises UsageError if none of several has."""
    fleet = target.partition("/")[0]
    for each in worlds:
        if len(worlds) == 1 or target in each.settings.targets or fleet in each.settings.targets:
            return each
    known = ", ".join(name for each in worlds for name in each.settings.targets)
    raise UsageError(
        f"No database of the configuration has a target {target!r}.",
        hint=f"Use one of: {known}.",
    )
