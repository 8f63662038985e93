"""A directory that appears under its name when all is in it, and never half."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import BackupError

PARTIAL = ".partial-"


@contextmanager
def new_directory(directory: Path, name: str) -> Iterator[Path]:
    """A directory to fill, renamed to its name at the end, or removed if there is no good end."""
    place, partial = directory / name, directory / f"{PARTIAL}{name}"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(directory)
        if place.exists():
            raise BackupError(
                f"There is a backup named {name} already.",
                hint="Nothing is overwritten: run the backup again, or move that one away.",
            )
        partial.mkdir(mode=0o700)
    except OSError as error:
        raise BackupError(
            f"Backups cannot be written to {directory}: {error.strerror}.",
            hint="Choose another directory in the target's `backup` settings, or mend this one.",
        ) from error
    held = os.open(partial, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield partial
        _publish(partial, place)
    except OSError as error:
        raise BackupError(
            f"The backup could not be written to {directory}: {error.strerror}.",
            hint="Free some disk space, or mend the directory, and try again.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        os.close(held)


def _publish(partial: Path, place: Path) -> None:
    for folder, _, names in os.walk(partial):
        for path in (*(Path(folder, name) for name in names), Path(folder)):
            _sync(path)
    partial.rename(place)
    _sync(place.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(directory: Path) -> None:
    """Remove what killed runs left: their lock has fallen open, a running one's has not."""
    for partial in directory.glob(f"{PARTIAL}*"):
        descriptor = os.open(partial, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(partial, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
