"""A data directory in one file: a line that says what is in it, the contents, and their checksum.

Standard library only: the warden unpacks. One file can be put in its place, and taken from there,
in one step; and a data directory of many small files is written from it faster than copied.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

FORMAT = "migration-bot data directory 1"
LINE_LIMIT = 4_000_000
CHUNK = 1 << 20

# Made anew by the server's start, or by us; and the start after a crash forgets the last one.
DIRECTORIES_MADE_ANEW = frozenset(
    ("pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp")
)
FILES_MADE_ANEW = ("postmaster.", "current_logfiles", "pg_internal.init")


class Damaged(Exception):
    """It is not what was packed."""


def pack(
    source: Path, target: IO[bytes], *, without: Callable[[str], bool] = lambda _: False
) -> None:
    """Nothing may write to the directory meanwhile, except at the end of its write-ahead log.

    `without` says of a file, by its path in the directory, that it is not needed.
    """
    directories, found = contents(source)
    files = [(name, size) for name, size in found if not without(name)]
    index = {"format": FORMAT, "directories": directories, "files": files}
    checksum = write(target, json.dumps(index).encode() + b"\n", 0)
    for name, size in files:
        with (source / name).open("rb") as file:
            for chunk in chunks(file, size):
                checksum = write(target, chunk, checksum)
    target.write(b"%08x" % checksum)


def write(target: IO[bytes], chunk: bytes, checksum: int) -> int:
    target.write(chunk)
    return zlib.crc32(chunk, checksum)


def contents(source: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """Directories, the outer ones first, and files with their sizes."""
    directories: list[str] = []
    files: list[tuple[str, int]] = []
    for here, names, within in os.walk(source):
        place = Path(here).relative_to(source)
        directories += [str(place / name) for name in sorted(names)]
        if place.name in DIRECTORIES_MADE_ANEW:
            continue
        kept = [name for name in sorted(within) if not name.startswith(FILES_MADE_ANEW)]
        files += [(str(place / name), (Path(here) / name).stat().st_size) for name in kept]
    return directories, files


def unpack(archive: Path, target: Path, *, owner: Mapping[str, int] | None) -> None:
    """Fill an empty directory. Raises Damaged."""
    try:
        with archive.open("rb") as source:
            line = source.readline(LINE_LIMIT)
            index = index_in(line)
            for name in index["directories"]:
                (target / name).mkdir(mode=0o700)
                give(target / name, owner)
            checksum = zlib.crc32(line)
            for name, size in index["files"]:
                checksum = extract(source, target / name, size, checksum, owner)
            if source.read() != b"%08x" % checksum:
                raise Damaged("its checksum is another")
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise Damaged(str(error)) from error


def index_in(line: bytes) -> dict[str, Any]:
    index: dict[str, Any] = json.loads(line)
    if index["format"] != FORMAT:
        raise Damaged("it has another format")
    names = [*index["directories"], *(name for name, _ in index["files"])]
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in names):
        raise Damaged("it leads elsewhere")
    return index


def extract(
    source: IO[bytes], target: Path, size: int, checksum: int, owner: Mapping[str, int] | None
) -> int:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        if owner is not None:
            os.fchown(descriptor, owner["uid"], owner["gid"])
        for chunk in chunks(source, size):
            file.write(chunk)
            checksum = zlib.crc32(chunk, checksum)
    return checksum


def chunks(source: IO[bytes], size: int) -> Iterator[bytes]:
    """Exactly that many bytes: what has been added to a file since is not wanted."""
    while size > 0:
        chunk = source.read(min(size, CHUNK))
        if not chunk:
            raise Damaged("it is too short")
        size -= len(chunk)
        yield chunk


def give(place: Path, owner: Mapping[str, int] | None) -> None:
    if owner is not None:
        os.chown(place, owner["uid"], owner["gid"])
