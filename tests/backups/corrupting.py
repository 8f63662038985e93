"""Ways to spoil what is kept, in whatever it is kept: files of a directory, objects of a bucket."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.store import LocalStore, S3Store

from bot.adapters.storage.objects import BucketStore
from bot.backups.means import Means
from bot.core.backups.backup import MANIFEST, Manifest
from bot.core.backups.location import location_of
from tests.adapters.storage.bucket import BUCKET, environment, surrounded
from tests.backups.means import Files, Pair, means

PLACES = ("in place", "directory, encrypted", "bucket", "bucket, encrypted")
OTHER = b"this is of another backup" * 99


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    """One bit, where the data of a file is and not its head."""
    at = len(data) * 2 // 3
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


def zeroed(data: bytes) -> bytes:
    """A block of 4 kB, or as much of one as there is."""
    at = max(0, len(data) // 2 - 2048)
    return data[:at] + bytes(min(4096, len(data) - at)) + data[at + 4096 :]


def emptied(data: bytes) -> bytes:
    return b""


def swapped(data: bytes) -> bytes:
    """With a file of another backup that happens to be as long."""
    return (OTHER * (1 + len(data) // len(OTHER)))[: len(data)]


CORRUPTIONS: dict[str, Callable[[bytes], bytes]] = {
    "truncated": truncated,
    "a bit flipped": flipped,
    "4 kB zeroed": zeroed,
    "emptied": emptied,
    "swapped with another's": swapped,
}


@dataclass(frozen=True)
class Kept:
    """A place for backups, and what can be done to it behind its back."""

    means: Means
    raw: Any

    def get(self, key: str) -> bytes:
        return bytes(obstore.get(self.raw, key).bytes())

    def put(self, key: str, data: bytes) -> None:
        obstore.put(self.raw, key, data)

    def delete(self, key: str) -> None:
        obstore.delete(self.raw, key)

    def keys(self, id: str) -> list[str]:
        return sorted(each["path"] for some in obstore.list(self.raw, id) for each in some)

    def change(self, key: str, change: Callable[[bytes], bytes]) -> None:
        before = self.get(key)
        after = change(before)
        assert after != before
        self.put(key, after)

    def manifest(self, id: str) -> Manifest:
        return Manifest.from_json(self.get(f"{id}/{MANIFEST}").decode())

    def write_manifest(self, id: str, manifest: Manifest) -> None:
        self.put(f"{id}/{MANIFEST}", manifest.to_json().encode())

    def edit(self, backup: str, /, **changes: object) -> None:
        values = json.loads(self.get(f"{backup}/{MANIFEST}"))
        self.put(f"{backup}/{MANIFEST}", json.dumps(values | changes).encode())

    def cover_up(self, id: str) -> None:
        """Make the manifest fit files that were changed, as whoever can write to both can."""
        manifest = self.manifest(id)
        files = []
        for file in manifest.files:
            kept = file.kept_as
            data = b"".join(self.get(f"{id}/{key}") for key in kept.keys)
            digest = hashlib.sha256(data).hexdigest()
            if file.stored is None or kept.name == file.name:
                stored = (
                    replace(file.stored, size=len(data), sha256=digest) if file.stored else None
                )
                files.append(replace(file, size=len(data), sha256=digest, stored=stored))
            else:
                files.append(replace(file, stored=replace(kept, size=len(data), sha256=digest)))
        self.write_manifest(id, replace(manifest, files=tuple(files)))

    def pass_off(self, older: str, newer: str) -> None:
        """Put the older backup in the place of the newer one, under its name and of its time."""
        for key in self.keys(newer):
            self.delete(key)
        for key in self.keys(older):
            self.put(key.replace(older, newer), self.get(key))
        manifest = self.manifest(newer)
        at = manifest.started_at + timedelta(days=1)
        self.write_manifest(
            newer, replace(manifest, id=newer, path=newer, started_at=at, finished_at=at)
        )


@contextmanager
def kept_in(
    kind: str, directory: Path, provider: Files, *, upstream: str | None = None, part: int = 4096
) -> Iterator[Kept]:
    """`upstream` is the S3 of the tests, for the places that are buckets."""
    pair = Pair() if "encrypted" in kind else None
    if "bucket" not in kind:
        directory.mkdir(exist_ok=True)
        made = means(directory, provider=provider, to=pair, opening=pair)
        yield Kept(made, LocalStore(directory))
        return
    assert upstream is not None
    with surrounded(environment(upstream)):
        prefix = hashlib.sha256(str(directory).encode()).hexdigest()[:12]
        store = BucketStore(location_of(f"s3://{BUCKET}/{prefix}"), part=part)
        made = means(directory, provider=provider, store=store, to=pair, opening=pair)
        raw = S3Store(BUCKET, prefix=prefix, client_options={"allow_http": True})
        yield Kept(made, raw)
