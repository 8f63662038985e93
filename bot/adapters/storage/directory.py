"""Backups in a directory: each file appears whole, under a name that nothing had before."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.core.backups.stored import MOST_BYTES, Shelf, StoredObject, require_readable
from bot.errors import BackupError

_NEW = ".new-"


@dataclass(frozen=True)
class DirectoryStore:
    """`shown` is what the configuration calls it. Only its owner can read what is written."""

    directory: Path
    shown: str

    @property
    def words(self) -> str:
        return self.shown

    def require_ready(self) -> None:
        with self._explained("written to"):
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.directory).close()

    def shelf(self) -> Shelf:
        with self._explained("read"):
            if not self.directory.exists():
                return Shelf()
            found = sorted(self.directory.iterdir())
            shown = [each for each in found if not each.name.startswith(".")]
            return Shelf(
                # A link leads to what is not ours: nothing there is a backup, or pruned.
                tuple(each.name for each in shown if each.is_dir() and not each.is_symlink()),
                tuple(each.name for each in shown if each.is_file()),
            )

    def objects(self, id: str) -> tuple[StoredObject, ...]:
        with self._explained("read"):
            return tuple(self._objects(self.directory / id))

    def _objects(self, place: Path) -> Iterator[StoredObject]:
        for path in sorted(place.rglob("*")):
            if path.is_file():
                found = path.stat()
                at = datetime.fromtimestamp(found.st_mtime, UTC)
                yield StoredObject(path.relative_to(self.directory).as_posix(), found.st_size, at)

    def put(self, key: str, path: Path, sha256: str) -> int:
        with self._explained("written to"), self._appearing(key) as new:
            try:
                # On the same disk a second name is enough.
                new.unlink()
                os.link(path, new)
            except OSError:
                shutil.copyfile(path, new)
            new.chmod(0o600)
        return 1

    def write(self, key: str, text: str) -> None:
        with self._explained("written to"), self._appearing(key) as new:
            new.write_text(text, "utf-8")

    def adopt(self, place: Path) -> None:
        """Take a whole backup over from the same disk, in one step."""
        with self._explained("written to"):
            final = self.directory / place.name
            if final.exists():
                raise _exists(place.name)
            for folder, _, names in os.walk(place):
                Path(folder).chmod(0o700)
                for path in (Path(folder, name) for name in names):
                    path.chmod(0o600)
                    _sync(path)
                _sync(Path(folder))
            place.rename(final)
            _sync(self.directory)

    def read(self, key: str) -> str | None:
        try:
            with (self.directory / key).open("rb") as file:
                found = file.read(MOST_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._failed("read", error) from error
        require_readable(key, len(found), self.words)
        return found.decode("utf-8", errors="replace")

    def fetch(self, keys: Iterable[str], path: Path) -> None:
        with self._explained("read"):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._explained("read"), path.open("xb") as file:
            for key in keys:
                with (self.directory / key).open("rb") as part:
                    shutil.copyfileobj(part, file)

    def remove(self, keys: Iterable[str]) -> None:
        with self._explained("written to"):
            for key in keys:
                path = self.directory / key
                path.unlink(missing_ok=True)
                self._tidy(path.parent)

    def _tidy(self, folder: Path) -> None:
        """Remove the folders that are empty now."""
        while folder != self.directory and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def place(self, id: str) -> Path | None:
        return self.directory / id

    def _folder(self, folder: Path) -> None:
        """With those above it, each for its owner only: a mode is for the last one otherwise."""
        if folder != self.directory:
            self._folder(folder.parent)
        folder.mkdir(mode=0o700, parents=folder == self.directory, exist_ok=True)

    @contextmanager
    def _appearing(self, key: str) -> Iterator[Path]:
        """A file to write, which then has its name, unless something has it already."""
        final = self.directory / key
        self._folder(final.parent)
        handle, name = tempfile.mkstemp(prefix=_NEW, dir=final.parent)
        os.close(handle)
        new = Path(name)
        try:
            yield new
            _sync(new)
            os.link(new, final)
        except FileExistsError:
            raise _exists(key) from None
        finally:
            new.unlink(missing_ok=True)
        _sync(final.parent)

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._failed(what, error) from error

    def _failed(self, what: str, error: OSError) -> BackupError:
        return BackupError(
            f"The backups in {self.shown} cannot be {what}: {error.strerror or error}.",
            hint="Free some disk space, or mend the directory, and try again.",
        )


def _exists(key: str) -> BackupError:
    return BackupError(
        f"There is a {key} among the backups already.",
        hint="Nothing is overwritten: run the backup again, or move that one away.",
    )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
