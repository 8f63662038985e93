"""Files that grow, read while a program writes them: none of them is read twice."""

import hashlib
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.core.backups.backup import BackupFile

_EVERY_SECONDS = 0.1
_CHUNK = 1 << 20


@dataclass
class _Followed:
    """How far one file has been read. It only grows at its end."""

    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def read_on(self, path: Path) -> None:
        with path.open("rb") as opened:
            opened.seek(self.size)
            while chunk := opened.read(_CHUNK):
                self.digest.update(chunk)
                self.size += len(chunk)


class Following:
    """Follows every file below a directory, in a thread of its own, for the length of a block.

    A program that goes back to what it has written does not `append`: its files are measured while
    they grow, and read at the end.
    """

    def __init__(self, place: Path, *, append: bool = True) -> None:
        self._place = place
        self._append = append
        self._measured = 0
        self._files: dict[Path, _Followed] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def written(self) -> int:
        """Bytes so far."""
        return self._measured + sum(each.size for each in list(self._files.values()))

    def files(self) -> tuple[BackupFile, ...]:
        """All of them, once nothing writes any more and the block is over."""
        return tuple(self._whole(path) for path in sorted(_files_in(self._place)))

    def _follow(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            # What is gone again, or not ours to read yet, is read at the end if it matters.
            with suppress(OSError):
                self._look()

    def _look(self) -> None:
        if not self._append:
            self._measured = sum(path.stat().st_size for path in _files_in(self._place))
            return
        for path in _files_in(self._place):
            self._files.setdefault(path, _Followed()).read_on(path)

    def _whole(self, path: Path) -> BackupFile:
        followed = self._files.get(path, _Followed())
        if followed.size > path.stat().st_size:
            followed = _Followed()
        followed.read_on(path)
        name = path.relative_to(self._place).as_posix()
        return BackupFile(name, followed.size, followed.digest.hexdigest())


def _files_in(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]
