"""Encryption of one file after the other, each shown to open again while the key for it is here."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from bot.adapters.age.keys import keys_in, library, recipient
from bot.errors import BackupError


class Hashed:
    """A file that is written to, or nothing at all, and the digest of what was written."""

    def __init__(self, file: IO[bytes] | None = None) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.size += len(data)
        if self._file is not None:
            self._file.write(data)
        return len(data)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Sealer:
    """Encrypts to the public keys of a configuration, and to one more of its own.

    That one is made for the run and never leaves its memory. With it every ciphertext is decrypted
    once: the keys of the configuration cannot, on the machine that makes a backup.
    """

    def __init__(self, named: tuple[str, ...], read: Callable[[str], str | None]) -> None:
        """Raises UsageError for a key that cannot be used."""
        self._recipients = keys_in(named, read)
        self._ours = library().x25519.Identity.generate()

    @property
    def recipients(self) -> tuple[str, ...]:
        return self._recipients

    @cached_property
    def _all(self) -> list[Any]:
        return [*map(recipient, self._recipients), self._ours.to_public()]

    def seal(self, source: Path, sealed: Path) -> tuple[int, str]:
        with _explained(sealed), source.open("rb") as plain, sealed.open("xb") as file:
            written = Hashed(file)
            read = _Reading(plain)
            library().encrypt_io(read, written, self._all)
        with sealed.open("rb") as file:
            self._require_same(file, sealed, read.sha256)
        return written.size, written.sha256

    def _require_same(self, file: IO[bytes], sealed: Path, sha256: str) -> None:
        opened = Hashed()
        try:
            library().decrypt_io(file, opened, [self._ours])
        except (library().DecryptError, OSError):
            raise _unequal(sealed) from None
        if opened.sha256 != sha256:
            raise _unequal(sealed)


class _Reading:
    """A file that is read, and the digest of what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._digest.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def _explained(sealed: Path) -> Iterator[None]:
    try:
        yield
    except library().EncryptError as error:
        # A signal is heard while a file is read or written, and the library makes a text of it.
        if str(error).startswith(KeyboardInterrupt.__name__):
            raise KeyboardInterrupt from None
        raise BackupError(
            f"{sealed.name} could not be encrypted: {error}.",
            hint="Free some disk space where backups are prepared, and try again. Nothing was "
            "applied.",
        ) from None


def _unequal(sealed: Path) -> BackupError:
    return BackupError(
        f"{sealed.name} was encrypted, and what can be decrypted of it is not the same.",
        hint="The disk or the memory of this machine cannot be relied on: use another one.",
    )
