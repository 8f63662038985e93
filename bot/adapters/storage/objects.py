"""Backups in a bucket, through obstore: every write is one that creates, or fails."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bot.adapters.storage.trouble import explained, timed_out
from bot.adapters.storage.waiting import alone, at_once
from bot.core.backups.location import Location
from bot.core.backups.stored import Shelf, StoredBytes, StoredObject, require_readable
from bot.errors import BackupError, UsageError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# A conditional write sends an object whole, from memory; larger files are cut.
PART = 32 * 1024 * 1024
_AT_ONCE = 4
_PROBE = ".probe"


@dataclass(frozen=True)
class Patience:
    """How long one request may take, how often it is sent again, and for how long; in seconds."""

    request: float = 120.0
    connect: float = 10.0
    retries: int = 6
    retrying: float = 180.0


HURRY = Patience(request=5.0, connect=3.0, retries=1, retrying=8.0)


class BucketStore:
    """`part` is the largest object that is written."""

    def __init__(
        self,
        location: Location,
        *,
        patience: Patience = Patience(),
        part: int = PART,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._environ = environ
        self._location = location
        self._patience = patience
        self._part = part

    @property
    def words(self) -> str:
        return str(self._location)

    @cached_property
    def _store(self) -> "ObjectStore":
        try:
            from obstore.store import from_url
        except ImportError:
            raise UsageError(
                f"Backups in {self.words} need a library that is not installed.",
                hint="Install it with `pip install 'migration-bot[backup]'`.",
            ) from None
        options: dict[str, Any] = {}
        if self._location.kind == "s3":
            # So that what arrives is what was sent, or is refused.
            options["checksum_algorithm"] = "sha256"
        known = self._patience
        made: Any = from_url
        with explained(self.words, "opened"):
            return cast(
                "ObjectStore",
                made(
                    self.words,
                    config=options or None,
                    client_options={
                        # Once there are options it does not look this one up itself.
                        "allow_http": self._allows_http,
                        "timeout": timedelta(seconds=known.request),
                        "connect_timeout": timedelta(seconds=known.connect),
                    },
                    retry_config={
                        "max_retries": known.retries,
                        "retry_timeout": timedelta(seconds=known.retrying),
                    },
                ),
            )

    @property
    def _allows_http(self) -> bool:
        """For a store on this machine: to any other, what is sent without TLS can be read."""
        names = ("AWS_ALLOW_HTTP", "AZURE_ALLOW_HTTP", "GOOGLE_ALLOW_HTTP")
        return any(self._environ.get(name, "").lower() in ("1", "true") for name in names)

    def require_ready(self) -> None:
        """Writes something small twice: the second time has to be refused."""
        key = f"{_PROBE}/{secrets.token_hex(8)}"
        alone(lambda: self._create(key, b"1"))
        if alone(lambda: self._create(key, b"2")):
            raise BackupError(
                f"{self.words} overwrites what it has: it takes no notice of conditional writes.",
                hint="Use a store that does, such as S3, Google Cloud Storage, Azure or a newer "
                "MinIO.",
            )
        # Who may not delete leaves something of one byte.
        with suppress(BackupError):
            self.remove([key])

    def shelf(self) -> Shelf:
        import obstore

        with explained(self.words, "read"):
            found = alone(lambda: obstore.list_with_delimiter(self._store))
        files = [each["path"] for each in found["objects"]]
        folders = [each for each in found["common_prefixes"] if not each.startswith(".")]
        return Shelf(tuple(sorted(folders)), tuple(sorted(files)))

    def objects(self, id: str) -> tuple[StoredObject, ...]:
        import obstore

        with explained(self.words, "read"):
            listed = alone(lambda: obstore.list(self._store, prefix=id).collect())
        return tuple(
            StoredObject(each["path"], each["size"], each["last_modified"])
            for each in sorted(listed, key=lambda each: each["path"])
        )

    def put(self, key: str, path: Path, sha256: str) -> int:
        parts = max(1, -(-path.stat().st_size // self._part))
        names = StoredBytes(key, 0, sha256, parts).keys
        with path.open("rb") as file:
            for some in _batches(names):
                pieces = [(name, file.read(self._part)) for name in some]
                at_once(lambda each: self._once(*each), pieces)
        return parts

    def write(self, key: str, text: str) -> None:
        alone(lambda: self._once(key, text.encode()))

    def _once(self, key: str, data: bytes) -> None:
        """Create it. Where an answer was lost, it was sent again and is there already."""
        if self._create(key, data):
            return
        if hashlib.sha256(self._get(key)).digest() != hashlib.sha256(data).digest():
            raise BackupError(
                f"There is a {key} in {self.words} already.",
                hint="Nothing is overwritten: run the backup again, or move that one away.",
            )

    def _create(self, key: str, data: bytes) -> bool:
        """Whether it was created; it was there already if not."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, GenericError, PreconditionError

        with explained(self.words, "written to"):
            # The library does not send again what it has heard nothing of.
            for again in (True, True, False):
                try:
                    obstore.put(self._store, key, data, mode="create", use_multipart=False)
                    break
                except (AlreadyExistsError, PreconditionError):
                    return False
                except GenericError as error:
                    if not again or not timed_out(error):
                        raise
        return True

    def _get(self, key: str) -> bytes:
        import obstore

        with explained(self.words, "read"):
            return bytes(obstore.get(self._store, key).bytes())

    def _text(self, key: str) -> bytes:
        import obstore

        found = obstore.get(self._store, key)
        require_readable(key, found.meta["size"], self.words)
        return bytes(found.bytes())

    def read(self, key: str) -> str | None:
        from obstore.exceptions import NotFoundError

        with explained(self.words, "read"):
            try:
                found = alone(lambda: self._text(key))
            except (FileNotFoundError, NotFoundError):
                return None
        return found.decode("utf-8", errors="replace")

    def fetch(self, keys: Iterable[str], path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("xb") as file:
            for some in _batches(tuple(keys)):
                for data in at_once(self._get, some):
                    file.write(data)

    def remove(self, keys: Iterable[str]) -> None:
        import obstore

        with explained(self.words, "removed from"), suppress(FileNotFoundError):
            alone(lambda: obstore.delete(self._store, list(keys)))

    def place(self, id: str) -> Path | None:
        return None


def _batches(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """So many at a time, which bounds what is in memory."""
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]
