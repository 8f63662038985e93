"""Decryption with the private keys of whoever restores, or verifies, a backup."""

from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.adapters.age.keys import identities, library, source_of
from bot.errors import BackupError, BrokenBackup, UsageError


class Opener:
    """Reads its keys when the first file is opened: whoever only lists backups has none."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @cached_property
    def _keys(self) -> list[Any]:
        return identities(self._environ)

    def require_ready(self) -> None:
        assert self._keys

    def require_fits(self, recipients: Collection[str]) -> None:
        """Raises UsageError if none of the keys opens what is encrypted to these. Of a key of SSH
        that cannot be told."""
        known = [each for each in self._keys if hasattr(each, "to_public")]
        told = len(known) == len(self._keys)
        if told and not any(str(each.to_public()) in recipients for each in known):
            variable = source_of(self._environ)
            raise UsageError(
                f"The private key of {variable} is of none of the public keys of `encrypt_to`.",
                hint=f"Give {variable} the key that belongs to one of them, or unset it where "
                "nobody restores.",
            )

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
