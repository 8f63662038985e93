"""Decryption with the private keys of whoever restores, or verifies, a backup."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.adapters.age.keys import identities, library, source_of
from bot.errors import BackupError, BrokenBackup


class Opener:
    """Reads its keys when the first file is opened: whoever only lists backups has none."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @cached_property
    def _keys(self) -> list[Any]:
        return identities(self._environ)

    def require_ready(self) -> None:
        assert self._keys

    def open(self, sealed: Path, source: Path) -> None:
        age = library()
        keys = self._keys
        try:
            with sealed.open("rb") as file, source.open("xb") as plain:
                age.decrypt_io(file, plain, keys)
        except (age.DecryptError, OSError) as error:
            source.unlink(missing_ok=True)
            # The library tells of bytes that were changed by an error without a number.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise _refused(sealed.name, str(error), source_of(self._environ)) from None


def _refused(name: str, why: str, variable: str) -> BackupError:
    if "No matching keys" in why:
        return BackupError(
            f"{name} is not encrypted to the key of {variable}.",
            hint="`migration-bot backups list` shows the public keys of a backup: use the private "
            "key of one of them.",
        )
    return BrokenBackup(
        f"{name} cannot be decrypted: it is not what was encrypted.",
        hint="Do not use this backup. Take a new one, and find out what touched this one.",
    )
