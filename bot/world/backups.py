"""Backups of targets, as everything that wants them sees them, and what takes and keeps them."""

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.core.backups.backup import (
    Manifest,
    Proof,
    ProvedBackup,
    StoredBackup,
)
from bot.core.backups.level import Level
from bot.core.backups.retention import NOTHING, Needed, Pruned
from bot.core.backups.stored import Shelf, StoredBytes, StoredObject, Stray
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.target import Target

Note = Callable[[str], None]


class Backups(Protocol):
    def take(
        self, target: Target, note: Note, *, touched: Collection[str] | None = None
    ) -> BackupSummary:
        """Back the target up, keep the backup where its configuration says, and prove it.

        `touched` are the tables that a plan changes, None if no plan is known. Raises BackupError.
        """

    def newest(self, target: Target) -> StoredBackup:
        """Its last backup. Raises BackupError if there is none."""

    def proved(self, target: Target) -> ProvedBackup | None:
        """Its last backup that was proved; None if none is known."""

    def listed(self, target: Target) -> tuple[StoredBackup, ...]:
        """All that are complete, the newest first. Raises BackupError."""

    def strays(self, target: Target) -> tuple[Stray, ...]:
        """What lies among them and is no backup, or not a whole one. Raises BackupError."""

    def find(self, target: Target, id: str) -> StoredBackup:
        """The one whose id begins so. Raises BackupError if none does, or several do."""

    def require_openable(self, stored: StoredBackup) -> None:
        """Raises UsageError without a key that it needs, BackupError where a file of it is missing.
        Nothing is fetched."""

    def opened(self, stored: StoredBackup, note: Note) -> AbstractContextManager[Path]:
        """The directory of its files as they were dumped, every one of them checked.

        What has to be fetched or decrypted is gone afterwards. Raises BackupError, or UsageError
        without the key.
        """

    def verify(self, stored: StoredBackup, level: Level, note: Note) -> Proof:
        """Prove it again, and write that down beside it. Raises BackupError or UsageError."""

    def prune(
        self, target: Target, now: datetime, *, dry: bool, needed: Needed = NOTHING
    ) -> Pruned:
        """Remove what is older than the configuration keeps. Raises BackupError."""


class Provider(Protocol):
    """Makes the files of a backup."""

    def take(self, staging: Path, note: Note) -> Manifest:
        """Dump into a directory of its own in `staging`, named as the manifest's `path` says."""


class Prover(Protocol):
    """Proves files that a provider has made, whoever is the target's provider now."""

    def prove(self, manifest: Manifest, place: Path, level: Level, note: Note) -> Proof:
        """`place` is that directory. Raises BackupError for whatever is not as it was."""


class Store(Protocol):
    """Keeps bytes by key; `<id>/…` are those of a backup. Nothing is ever overwritten."""

    @property
    def words(self) -> str:
        """Where it is, without anything secret."""

    def require_ready(self) -> None:
        """Raises BackupError if it cannot be written to."""

    def shelf(self) -> Shelf:
        """What backups it has, complete or not, and what lies beside them."""

    def objects(self, id: str) -> tuple[StoredObject, ...]:
        """Everything below that name."""

    def put(self, key: str, path: Path, sha256: str) -> int:
        """Keep a file, and return in how many parts. It may be gone from its place afterwards."""

    def write(self, key: str, text: str) -> None: ...
    def read(self, key: str) -> str | None:
        """None if there is nothing of that key. Raises BrokenBackup for what is too large."""

    def fetch(self, keys: Iterable[str], path: Path) -> None:
        """Write what is kept under the keys into one new file, in that order."""

    def remove(self, keys: Iterable[str]) -> None: ...
    def place(self, id: str) -> Path | None:
        """The directory of a backup's files, if it is one on this machine."""


class Sealing(Protocol):
    """Encrypts for those whose public keys were given."""

    @property
    def recipients(self) -> tuple[str, ...]: ...
    def seal(self, source: Path, sealed: Path) -> tuple[int, str]:
        """Encrypt a file, show that what was written can be decrypted to the same, and return its
        size and SHA-256. Raises BackupError."""


class Opening(Protocol):
    """Decrypts with the keys that are at hand."""

    def require_ready(self) -> None:
        """Raises UsageError where there is none."""

    def open(self, sealed: Path, source: Path) -> None:
        """Raises BackupError if none of the keys fits, or the bytes are not what was encrypted."""


class Workroom(Protocol):
    """Private directories on this machine, and what is done to files in them."""

    def private(self) -> AbstractContextManager[Path]:
        """A directory that nobody else can read, removed at the end, however that comes."""

    def wrong_with(self, path: Path, kept: StoredBytes) -> str:
        """What is wrong with a file, in words: its size or its content; "" if nothing is."""

    def names(self, place: Path) -> frozenset[str]:
        """Every file below, as a manifest names them."""

    def write(self, path: Path, text: str) -> None: ...
    def discard(self, path: Path) -> None: ...
