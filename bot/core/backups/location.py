"""Where backups are kept: a directory, or a bucket of an object store."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.core.backups.backup import Manifest

# Of what was not finished after so long, nobody is writing any more.
ABANDONED_HOURS = 24

_REMOTE = re.compile(r"(s3|gs|az)://([^/\s?#@]+)(/[^\s?#@]*)?")
_ANY_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class StoreKind(StrEnum):
    DIRECTORY = "directory"
    S3 = "s3"
    GOOGLE = "gs"
    AZURE = "az"


@dataclass(frozen=True)
class Location:
    """`bucket` and `prefix` are of an object store, `path` is a directory's."""

    kind: StoreKind
    path: str = ""
    bucket: str = ""
    prefix: str = ""

    @property
    def remote(self) -> bool:
        """Whether it is another machine's: others read there than read this one's disk."""
        return self.kind is not StoreKind.DIRECTORY

    def __str__(self) -> str:
        if not self.remote:
            return self.path
        return "/".join(filter(None, (f"{self.kind}://{self.bucket}", self.prefix)))


def location_of(text: str) -> Location:
    """Raises ValueError, in words, for what is neither a path nor a bucket."""
    found = _REMOTE.fullmatch(text)
    if found is not None:
        kind, bucket, prefix = found.groups()
        return Location(StoreKind(kind), bucket=bucket, prefix=(prefix or "").strip("/"))
    if _ANY_SCHEME.match(text):
        raise ValueError("a store is a directory, s3://…, gs://… or az://…, without keys in it")
    return Location(StoreKind.DIRECTORY, path=text)


def may_be_of(id: str, target: str) -> bool:
    """Whether a backup of that id can be one of the target: its manifest has the last word."""
    return f"-{re.sub(r'[^A-Za-z0-9.-]+', '-', target)}-" in id


def misplaced(manifest: Manifest, id: str) -> str:
    """Why a manifest is not the one of the backup it lies with; "" if it is."""
    if manifest.id != id or manifest.path != id:
        return f"its manifest is that of {manifest.id}"
    return ""
