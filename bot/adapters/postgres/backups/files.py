"""The files of a backup: the ones that were written, and read to their end."""

import hashlib
import os
from pathlib import Path, PurePosixPath

from bot.adapters.postgres.backups.dump import CATALOGUE, DUMP
from bot.adapters.postgres.backups.frames import Truncated, read_to_end
from bot.core.backups.backup import MANIFEST, Manifest
from bot.errors import BrokenBackup


def check_files(manifest: Manifest, place: Path) -> None:
    """That every file of a dump is there and unchanged, and no other. Raises BrokenBackup."""
    check_listed(manifest, place)
    require_named(manifest, CATALOGUE, f"{DUMP}/toc.dat")


def require_named(manifest: Manifest, *names: str) -> None:
    """What no backup of its kind is without. Raises BrokenBackup."""
    named = {file.name for file in manifest.files}
    for name in names:
        if name not in named:
            raise broken(manifest, f"{name} is missing")


def check_listed(manifest: Manifest, place: Path) -> None:
    """That every file of the manifest is there and unchanged, and no other. Raises BrokenBackup."""
    there = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    named = {file.name for file in manifest.files}
    for name in sorted((there - named - {MANIFEST}) | {each for each in named if _escapes(each)}):
        raise broken(manifest, f"{name} does not belong to it")
    for file in manifest.files:
        if file.name not in there:
            raise broken(manifest, f"{file.name} is missing")
        with (place / file.name).open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            if size != file.size:
                raise broken(manifest, f"{file.name} has {size} bytes and had {file.size}")
            if hashlib.file_digest(opened, "sha256").hexdigest() != file.sha256:
                raise broken(manifest, f"{file.name} has changed")


def _escapes(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts


def broken(manifest: Manifest, what: str) -> BrokenBackup:
    return BrokenBackup(
        f"The backup {manifest.id} is not what was written: {what}.",
        hint="Do not use it. Take a new backup, and find out what touched this one.",
    )


def read_all_to_end(manifest: Manifest, place: Path) -> None:
    """Raises BrokenBackup for a compressed file that ends too early, or too late."""
    for file in manifest.files:
        try:
            read_to_end(place / file.name)
        except Truncated as error:
            raise broken(manifest, f"{file.name}: {error}") from None
