"""Where the sizes come from that findings are weighed by."""

from bot.core.rehearsals.sizes import Sizes
from bot.core.rehearsals.sizes_file import load
from bot.world import World


def live_sizes(world: World, name: str, *, columns: bool = False) -> Sizes:
    """A target's sizes as they are now."""
    target = world.settings.target(name)
    with (
        world.connect(target) as database,
        world.console.waiting(f"reading the sizes of {target.name}"),
    ):
        return database.sizes(columns=columns)


def filed_sizes(world: World, path: str) -> Sizes:
    """The sizes in a file that the command line names. Raises UsageError if it is none."""
    return load(world.files.read(path), path=path)
