"""What a store says of what it keeps."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.rehearsals.sizes import size_text
from bot.errors import BrokenBackup

# Of a manifest or a proof: a manifest of a hundred thousand tables has less.
MOST_BYTES = 64_000_000
PROOF = ".proof"
# Of one file; at the size of a part that is more than a server holds.
MOST_PARTS = 99_999


@dataclass(frozen=True)
class StoredBytes:
    """What a file became where it is kept: `name` is its key there, below the backup's own.

    Large ones are cut into `parts`, which follow each other. Encrypted ones have other bytes than
    the file itself.
    """

    name: str
    size: int
    sha256: str
    parts: int = 1

    @property
    def keys(self) -> tuple[str, ...]:
        if self.parts == 1:
            return (self.name,)
        return tuple(f"{self.name}.{part:05}" for part in range(1, self.parts + 1))


@dataclass(frozen=True)
class StoredObject:
    """`key` begins with the id of a backup. `at` is when it was written."""

    key: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Shelf:
    """What stands in a store: a folder for each backup, and files beside them."""

    folders: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def proofs_of(self, id: str) -> tuple[str, ...]:
        """The last first: all but the one written when the backup was taken have their time in
        their names."""
        own = [each for each in self.files if each.startswith((f"{id}{PROOF}.", f"{id}{PROOF}-"))]
        return tuple(sorted(own, key=lambda each: (f"{PROOF}-" in each, each), reverse=True))


def require_readable(key: str, size: int, words: str) -> None:
    """Raises BrokenBackup for what is too large to be a manifest or a proof, before it is read."""
    if size > MOST_BYTES:
        raise BrokenBackup(
            f"{key} in {words} is larger than {size_text(MOST_BYTES)}, and none of ours.",
            hint="Do not use that backup. Find out who else may write there.",
        )


def proof_key(id: str, stamp: str = "") -> str:
    return f"{id}{PROOF}-{stamp}.json" if stamp else f"{id}{PROOF}.json"


@dataclass(frozen=True)
class Stray:
    """What lies among backups and is none: `problem` says why, `at` when it was written last."""

    id: str
    problem: str
    at: datetime | None = None
