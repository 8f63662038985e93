"""Which of several databases a pull request is about."""

from collections.abc import Iterable, Sequence

from bot.core.github.pull import Pull
from bot.world import World


def touched_in(folder: str, files: Iterable[str]) -> set[str]:
    """The names of the folders below the migrations folder in which files are touched."""
    prefix = f"{folder}/"
    inside = (path.removeprefix(prefix) for path in files if path.startswith(prefix))
    return {path.partition("/")[0] for path in inside if "/" in path}


def touches(pull: Pull, world: World) -> bool:
    return bool(touched_in(world.checkout.history().folder, pull.files))


def touched_by(pull: Pull, worlds: Sequence[World]) -> Sequence[World]:
    """Those that it touches; all of them if there is none, or there is but one."""
    found = [each for each in worlds if touches(pull, each)] if len(worlds) > 1 else []
    return found or worlds
