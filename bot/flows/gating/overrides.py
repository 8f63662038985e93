"""Who has overridden a gate of a target, for what is pending."""

from collections.abc import Callable, Sequence

from bot.core.gates.override import Override
from bot.core.migration import Migration
from bot.core.target import Target
from bot.world import World

OverridesOf = Callable[[Target, Sequence[Migration], World], tuple[Override, ...]]


def overrides_of(
    target: Target, pending: Sequence[Migration], world: World
) -> tuple[Override, ...]:
    """Every override that counts, asked for only where a gate is closed that has overriders.

    Nobody can give one yet.
    """
    return ()
