"""The migrations folder in the working tree.

A pull request may bring symbolic links: none is followed out of the checkout or into `.git`, where
the runner keeps its token.
"""

import os
import stat
from pathlib import Path

from bot.adapters.checkout.loading import (
    LINK_BROKEN,
    LINK_OUTSIDE,
    LINKED_FOLDER,
    NO_FILE,
    NO_UTF8_NAME,
    READ,
    SIZE_LIMIT,
    TOO_LARGE,
    Found,
    is_prisma_8,
    printable_name,
)
from bot.core.migrations.migration import LOCK_FILE, SCRIPT


def find_in_folder(top: Path, boundary: Path | None) -> Found:
    """Read the folder at `top`; raises OSError if it cannot be listed.

    `boundary` is the root of the checkout; None if there is none to keep within.
    """
    found = Found()
    for entry in _entries(str(top), "", found):
        if entry.is_dir(follow_symlinks=False):
            _add_folder(entry, found, boundary)
        elif entry.is_dir():
            found.faults[entry.name] = LINKED_FOLDER
        elif entry.name == LOCK_FILE:
            _add_text(entry, entry.name, found, boundary)
        else:
            found.loose.append(entry.name)
    return found


def _add_folder(folder: os.DirEntry[str], found: Found, boundary: Path | None) -> None:
    names = found.folders.setdefault(folder.name, [])
    nested: list[str] = []
    try:
        for entry in _entries(folder.path, f"{folder.name}/", found):
            if entry.is_dir(follow_symlinks=False):
                names.append(f"{entry.name}/")
                nested.append(entry.path)
                continue
            names.append(entry.name)
            if entry.name in READ:
                _add_text(entry, f"{folder.name}/{entry.name}", found, boundary)
    except OSError as error:
        found.faults[folder.name] = _reason(error)
    if SCRIPT not in names:
        found.prisma_8 |= is_prisma_8(names) or any(_holds_prisma_8(path) for path in nested)


def _add_text(entry: os.DirEntry[str], path: str, found: Found, boundary: Path | None) -> None:
    try:
        text = _read(entry, boundary)
    except OSError as error:
        found.faults[path] = _reason(error)
        return
    if isinstance(text, bytes):
        found.texts[path] = text
    else:
        found.faults[path] = text


def _read(entry: os.DirEntry[str], boundary: Path | None) -> bytes | str:
    """The bytes of a file, or why it is not read. A pipe would block, so it is looked at first."""
    path = entry.path
    if entry.is_symlink():
        path = os.path.realpath(path)
        if boundary is not None and not _within(Path(path), boundary):
            return LINK_OUTSIDE
    try:
        facts = entry.stat()
    except FileNotFoundError:
        return LINK_BROKEN
    if not stat.S_ISREG(facts.st_mode):
        return NO_FILE
    if facts.st_size > SIZE_LIMIT:
        return TOO_LARGE
    with open(path, "rb") as file:  # noqa: PTH123 - a Path for each of 800 files costs more
        return file.read()


def _within(path: Path, boundary: Path) -> bool:
    real = boundary.resolve()
    return path.is_relative_to(real) and ".git" not in path.relative_to(real).parts


def _holds_prisma_8(path: str) -> bool:
    try:
        return is_prisma_8(os.listdir(path))  # noqa: PTH208 - only the names are needed
    except OSError:
        return False


def _entries(path: str, prefix: str, found: Found) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if not _is_utf8(entry.name):
            found.faults[printable_name(prefix + entry.name)] = NO_UTF8_NAME
    return [entry for entry in listed if _is_utf8(entry.name)]


def _is_utf8(name: str) -> bool:
    return name.isascii() or not any("\udc80" <= each <= "\udcff" for each in name)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
