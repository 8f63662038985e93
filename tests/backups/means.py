"""What a keeper of the tests has: real stores, real keys, and a provider that needs no server."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.adapters.age.keys import IDENTITY_VARIABLE, library
from bot.adapters.age.opening import Opener
from bot.adapters.age.sealing import Sealer
from bot.adapters.storage.directory import DirectoryStore
from bot.adapters.storage.workroom import Workroom
from bot.backups.means import Means
from bot.core.backups.backup import MANIFEST, BackupFile, Manifest, Proof, TableContent, backup_id
from bot.core.backups.level import Level
from bot.errors import BackupError
from bot.world.backups import Note, Store
from tests.fakes import MANIFEST as PLAIN

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILES = {"catalogue.json": b"[]", "dump/toc.dat": b"PGDMP" * 9, "dump/12.dat.zst": bytes(9000)}
LATER = timedelta(days=1)


def ticking(start: datetime = NOON) -> Callable[[], datetime]:
    """A clock on which no moment comes twice."""
    seconds = count()
    return lambda: start + timedelta(seconds=next(seconds))


@dataclass
class Pair:
    """Keys of age."""

    identity: Any = field(default_factory=lambda: library().x25519.Identity.generate())

    @property
    def public(self) -> str:
        return str(self.identity.to_public())

    @property
    def environ(self) -> dict[str, str]:
        return {IDENTITY_VARIABLE: str(self.identity)}


@dataclass
class Files:
    """A provider that writes the files it is given, a day later each time."""

    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    target: str = "production"
    at: datetime = NOON
    error: BackupError | None = None
    places: list[Path] = field(default_factory=list)

    def take(self, staging: Path, note: Note) -> Manifest:
        id = backup_id(self.at, self.target, f"{len(self.places):06x}")
        place = staging / id
        self.places.append(place)
        for name, data in self.files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
        manifest = replace(
            PLAIN,
            id=id,
            path=id,
            target=self.target,
            started_at=self.at,
            finished_at=self.at,
            files=tuple(
                BackupFile(name, len(data), hashlib.sha256(data).hexdigest())
                for name, data in sorted(self.files.items())
            ),
            size=sum(map(len, self.files.values())),
            tables=(TableContent("public.a", 3),),
        )
        (place / MANIFEST).write_text(manifest.to_json(), "utf-8")
        self.at += LATER
        return manifest

    def prove(self, manifest: Manifest, place: Path, level: Level, note: Note) -> Proof:
        if self.error is not None:
            raise self.error
        assert (place / "catalogue.json").exists()
        return Proof(manifest.id, "18.1", 1.0, 1, 3, level=level)


def means(
    directory: Path,
    *,
    target: str = "production",
    store: Store | None = None,
    provider: Files | None = None,
    to: Pair | None = None,
    opening: Pair | None = None,
    now: Callable[[], datetime] | None = None,
) -> Means:
    """In place where there is neither a store nor a key to encrypt to."""
    own = DirectoryStore(directory, "backups")
    made = provider or Files(target=target)
    return Means(
        target=target,
        store=store or own,
        workroom=Workroom(directory),
        provider=lambda: made,
        prover=lambda _: made,
        opening=Opener(opening.environ if opening else {}),
        now=now or ticking(),
        sealing=(lambda: Sealer((to.public,), lambda path: None)) if to else None,
        adopt=own.adopt if store is None and to is None else None,
    )
