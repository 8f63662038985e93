"""The database of a development target, made where it is missing; that of no other is."""

from bot.core.targets.creation import Created, creatable
from bot.core.targets.target import Target
from bot.world import World


def create_missing(target: Target, world: World) -> Created | None:
    """Raises PostgresError if it is not there and cannot be made."""
    if world.development is None or not creatable(target):
        return None
    created = world.development.create(target)
    if created is not None:
        world.console.say(created.words)
    return created
