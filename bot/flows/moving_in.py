"""Moving into a repository: which files it begins with, and which of them are there already."""

import re
from collections.abc import Iterator

from bot.core.initial import Ground, Laid, Pin, pin_of
from bot.core.settings import DEFAULT_FOLDER
from bot.errors import UsageError
from bot.initial import starting_files
from bot.world import World

# What stands in a workflow without quotes, and means nothing but itself there.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")


def move_in(
    world: World,
    *,
    bot: str | None,
    branch: str | None,
    folder: str | None,
    force: bool,
    dry_run: bool,
) -> tuple[Pin, tuple[Laid, ...]]:
    """Write the files that are missing; those that are there and differ only with `force`.

    Raises UsageError where something has to be said that cannot be found out.
    """
    pin = _pin(bot, world)
    ground = world.checkout.ground()
    where = _plain(folder or _folder(ground), "folder")
    files = starting_files(
        pin,
        branch=_plain(branch or ground.branch, "branch"),
        folder=where,
        exists=where in ground.folders,
    )
    laid = tuple(_laid(path, text, world, force=force) for path, text in files.items())
    if not dry_run:
        for each in laid:
            if each.written and each.before != each.text:
                world.files.write(f"{ground.root}/{each.path}", each.text)
    return pin, laid


def _laid(path: str, text: str, world: World, *, force: bool) -> Laid:
    before = world.checkout.text(path)
    return Laid(path, text, before, written=force or before is None or before == text)


def _pin(bot: str | None, world: World) -> Pin:
    found = bot or world.installed_from()
    if found is None:
        raise UsageError(
            "Nothing here says which copy of migration-bot, at which commit, this one is.",
            hint="Name the one that the workflows shall use: "
            "`migration-bot init --bot OWNER/migration-bot@COMMIT`, all 40 digits of it.",
        )
    return pin_of(found)


def _folder(ground: Ground) -> str:
    """The migrations folder that is there, or the one that Prisma will make."""
    found = ground.folders or ground.expected or (DEFAULT_FOLDER,)
    if len(found) > 1:
        raise UsageError(
            f"There are {len(found)} migrations folders here: {', '.join(found)}.",
            hint=f"Say which one: `migration-bot --migrations {found[0]} init`.",
        )
    return found[0]


def _plain(name: str, what: str) -> str:
    parts = name.split("/")
    if not _PLAIN.fullmatch(name) or ".." in parts or "" in parts:
        raise UsageError(
            f"The {what} {name!r} cannot be written into a workflow as it is.",
            hint="Only letters, digits and _ . / - are; put the files in by hand, with quotes.",
        )
    return name


def still_differing(laid: tuple[Laid, ...]) -> Iterator[Laid]:
    """Those that hold something else, and were left alone."""
    return (each for each in laid if each.differs and not each.written)
