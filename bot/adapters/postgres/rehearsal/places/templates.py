"""Data directories kept from earlier rehearsals, each under a digest of all that went into it.

Whatever is wrong with one, or with the place for them, costs time and nothing else. Several runs
may use the place at once: an entry is one file, which appears whole and is never changed.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.adapters.postgres.archive import pack
from bot.core.rehearsals.rehearsal_order import BaseMigration

CACHE_VARIABLE = "MIGRATION_BOT_CACHE"
MOST_ENTRIES = 8
MOST_BYTES = 400_000_000
SUFFIX = ".template"
UNFINISHED = ".unfinished-"


def cache_directory(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where templates are kept, whether it is there or not; None if there is no home for them."""
    home = environ.get("HOME", "")
    places = (
        environ.get(CACHE_VARIABLE, ""),
        environ.get("XDG_CACHE_HOME", ""),
        str(Path(home) / ".cache") if home else "",
    )
    chosen = next((Path(each) for each in places if Path(each).is_absolute()), None)
    return None if chosen is None else chosen / "migration-bot" / "templates"


def keys(ingredients: Mapping[str, object], base: Sequence[BaseMigration]) -> tuple[str, ...]:
    """A digest for each prefix of the base, the empty one first."""
    digest = hashlib.sha256(json.dumps(ingredients, sort_keys=True).encode())
    found = [digest.hexdigest()]
    for migration in base:
        digest.update(json.dumps([migration.name, migration.checksum]).encode())
        found.append(digest.hexdigest())
    return tuple(found)


class Templates:
    """What is kept in one directory; with None for it, nothing is."""

    def __init__(
        self,
        directory: Path | None,
        *,
        most_entries: int = MOST_ENTRIES,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._directory = directory
        self._most_entries = most_entries
        self._most_bytes = most_bytes

    def longest(self, keys: Sequence[str]) -> tuple[int, Path] | None:
        """The last key that there is an entry for, by its place."""
        if self._directory is None or not _ours(self._directory):
            return None
        with contextlib.suppress(OSError):
            there = {each.name: each for each in self._directory.iterdir()}
            for place in reversed(range(len(keys))):
                entry = there.get(keys[place] + SUFFIX)
                if entry is not None:
                    # What is used stays.
                    os.utime(entry, follow_symlinks=False)
                    return place, entry
        return None

    def wants(self, key: str) -> bool:
        """Whether there is something to keep, and a place to keep it."""
        return self._directory is not None and not (self._directory / (key + SUFFIX)).exists()

    def keep(
        self, key: str, data_directory: Path, *, without: Callable[[str], bool] = lambda _: False
    ) -> None:
        """Pack a directory that nobody writes to, unless that is done already."""
        if self._directory is None:
            return
        with contextlib.suppress(OSError):
            _make(self._directory)
            if not _ours(self._directory):
                return
            _sweep(self._directory)
            entry = self._directory / (key + SUFFIX)
            if not entry.exists() and _size(data_directory) <= self._most_bytes:
                _write(data_directory, entry, without)
            self._bound()

    def forget(self, entry: Path) -> None:
        """Remove one that no server starts from."""
        with contextlib.suppress(OSError):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def sweep(self) -> None:
        """Remove what a killed run did not finish."""
        if self._directory is not None and _ours(self._directory):
            with contextlib.suppress(OSError):
                _sweep(self._directory)

    def _bound(self) -> None:
        assert self._directory is not None
        entries = [(each.lstat(), each) for each in self._directory.glob("*" + SUFFIX)]
        entries.sort(key=lambda entry: entry[0].st_mtime, reverse=True)
        total = 0
        for count, (status, entry) in enumerate(entries, start=1):
            total += status.st_size
            if count > self._most_entries or total > self._most_bytes:
                self.forget(entry)


def _make(directory: Path) -> None:
    """With what leads to it; what we make is for nobody else's eyes."""
    for place in reversed((directory, *directory.parents)):
        if not place.exists():
            place.mkdir(mode=0o700, exist_ok=True)


def _ours(directory: Path) -> bool:
    """Whether nobody else can write there: a server believes what it is started from."""
    try:
        status = directory.lstat()
    except OSError:
        return False
    foreign = status.st_uid != os.geteuid() or status.st_mode & 0o022
    return stat.S_ISDIR(status.st_mode) and not foreign


def _write(data_directory: Path, entry: Path, without: Callable[[str], bool]) -> None:
    descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=entry.parent)
    unfinished = Path(name)
    with os.fdopen(descriptor, "wb") as file:
        # It falls open when we are killed, so that the next run knows.
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            pack(data_directory, file, without=without)
            file.flush()
            unfinished.rename(entry)
        finally:
            unfinished.unlink(missing_ok=True)


def _sweep(directory: Path) -> None:
    for unfinished in directory.glob(UNFINISHED + "*"):
        with contextlib.suppress(OSError), unfinished.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            unfinished.unlink()


def _size(directory: Path) -> int:
    return sum(
        (Path(here) / name).lstat().st_size
        for here, _, names in os.walk(directory)
        for name in names
    )
