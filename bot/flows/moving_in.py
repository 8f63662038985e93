"""Moving into a repository: which files it begins with, and which of them are there already."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.core.initial import Ground, Laid, Pin, pin_of, stages_of
from bot.core.settings import CONFIG_PATH, DEFAULT_FOLDER, Settings
from bot.errors import UsageError
from bot.initial import starting_files, starting_files_for
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
    databases: Sequence[Settings] = (),
) -> tuple[Pin, tuple[Laid, ...]]:
    """Write the files that are missing; those that are there and differ only with `force`.

    `databases` are those that the configuration names: then it is there, and is left as it is.
    Raises UsageError where something has to be said that cannot be found out.
    """
    pin = _pin(bot, world)
    ground = world.checkout.ground()
    main = _plain(branch or ground.branch, "branch")
    if databases:
        _require_plain(databases)
        files = starting_files_for(databases, pin, branch=main)
    else:
        where = _plain(folder or _folder(ground), "folder")
        exists = where in ground.folders
        files = starting_files(pin, branch=main, folder=where, exists=exists)
    laid = tuple(_laid(path, text, world, force=force) for path, text in files.items())
    if not dry_run:
        for each in laid:
            if each.written and each.before != each.text:
                world.files.write(f"{ground.root}/{each.path}", each.text)
    return pin, laid


def workflows_for(databases: Sequence[Settings], pin: Pin, *, branch: str) -> Mapping[str, str]:
    """What they are like where everything is as the configuration says. Raises UsageError."""
    if len(databases) > 1 or databases[0].database:
        _require_plain(databases)
        return starting_files_for(databases, pin, branch=branch)
    folder = databases[0].folder
    return starting_files(pin, branch=branch, folder=folder, exists=True)


def _require_plain(databases: Sequence[Settings]) -> None:
    for each in databases:
        _plain(each.folder, "folder")
        for target in each.rollout_order:
            _plain(target.name, "target")
    if not stages_of(databases):
        raise UsageError(
            "No database of the configuration has a target of the kind staging or production.",
            hint="Add the targets that a merge is to be rolled out to, and run this again.",
        )


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
            hint=f"Say which one: `migration-bot --migrations {found[0]} init`. If they are of "
            f"several databases, name those first, under `databases` in {CONFIG_PATH}.",
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
