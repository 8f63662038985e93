"""Private directories for what must not lie open: removed on every end, and after a kill by the
next run."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.core.backups.stored import StoredBytes
from bot.errors import BackupError

PREFIX = ".private-"


@dataclass(frozen=True)
class Workroom:
    """Private directories below one that the configuration names."""

    directory: Path

    @contextmanager
    def private(self) -> Iterator[Path]:
        """One with a lock on it: who finds it without its lock knows that its owner is dead."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            made, held = self._made()
        except OSError as error:
            raise BackupError(
                f"Backups cannot be prepared in {self.directory}: {error.strerror}.",
                hint="Choose another directory in the target's `backup` settings, or mend this "
                "one.",
            ) from error
        try:
            yield made
        except OSError as error:
            raise BackupError(
                f"A backup could not be handled in {self.directory}: {error.strerror}.",
                hint="Free some disk space, or mend the directory, and try again.",
            ) from error
        finally:
            shutil.rmtree(made, ignore_errors=True)
            os.close(held)

    def _made(self) -> tuple[Path, int]:
        """A new one and its lock. Nobody sweeps before it has that."""
        with locked(self.directory):
            sweep(self.directory)
            # Only its owner may look into it.
            made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self.directory))
            held = os.open(made, os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_EX)
        return made, held

    def names(self, place: Path) -> frozenset[str]:
        return frozenset(
            path.relative_to(place).as_posix() for path in place.rglob("*") if not path.is_dir()
        )

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def discard(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def wrong_with(self, path: Path, kept: StoredBytes) -> str:
        if not path.is_file() or path.is_symlink():
            return f"{kept.name} is missing"
        with path.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            if size != kept.size:
                return f"{kept.name} has {size} bytes and had {kept.size}"
            if hashlib.file_digest(opened, "sha256").hexdigest() != kept.sha256:
                return f"{kept.name} has changed"
        return ""


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sweep(directory: Path) -> None:
    """Remove what killed runs left: their lock has fallen open, a running one's has not."""
    for left in directory.glob(f"{PREFIX}*"):
        try:
            descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
