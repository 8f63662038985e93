"""Paths in and around a checkout: none of them may lead out of it."""

import posixpath
from collections.abc import Mapping
from pathlib import Path

from bot.adapters.checkout.git import Git
from bot.errors import UsageError


def require_no_way_out(place: Path, root: Path) -> None:
    """Refuse a link in the checkout to a folder that is not: a pull request may have brought it."""
    written = Path(posixpath.normpath(place.absolute()))
    if written.is_relative_to(root) and not place.resolve().is_relative_to(root):
        raise leads_out(str(place))


def leads_out(folder: str) -> UsageError:
    return UsageError(
        f"The migrations folder {folder} leads out of the checkout.",
        hint="Give a folder of this repository with `--migrations`.",
    )


def unreadable(path: str, reason: str) -> UsageError:
    return UsageError(
        f"{path} cannot be read: {reason}.",
        hint="Put a readable UTF-8 file in its place, or delete it.",
    )


def top_of(directory: Path, environ: Mapping[str, str]) -> Path | None:
    """The top of the repository around a directory. Why there is none is told when it is needed."""
    try:
        top = Git(directory, environ).ask("rev-parse", "--show-toplevel")
    except UsageError:
        return None
    return Path(top).resolve() if top else None


def nearest(folder: Path) -> Path:
    """The folder, or what of the way to it exists: git must be run somewhere."""
    return next(each for each in (folder, *folder.absolute().parents) if each.is_dir())
