"""The files of a backup, carried to where it is kept; its manifest comes last."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.backups.means import Means
from bot.core.backups.backup import MANIFEST, BackupFile, Manifest
from bot.core.backups.stored import StoredBytes
from bot.core.rehearsals.sizes import size_text
from bot.errors import BackupError
from bot.world.backups import Note, Sealing

SEALED = ".age"
_LARGE = 100_000_000


def stored(
    manifest: Manifest, place: Path, sealing: Sealing | None, means: Means, note: Note
) -> Manifest:
    """Store every file, then the manifest, which is returned. Until that is there nobody lists the
    backup; what was stored of one that fails is removed."""
    how = "encrypting and storing" if sealing is not None else "storing"
    note(f"{how} {size_text(manifest.size)} in {means.store.words}")
    carrying = _Carrying(manifest.id, place, sealing, means)
    with _removed_on_failure(carrying, means):
        files = tuple(_told(manifest, carrying, note))
        complete = replace(
            manifest,
            files=files,
            location=means.store.words,
            recipients=sealing.recipients if sealing is not None else (),
        )
        _require_all(complete, means)
        key = f"{manifest.id}/{MANIFEST}"
        carrying.keys.append(key)
        means.store.write(key, complete.to_json())
    return complete


def _told(manifest: Manifest, carrying: "_Carrying", note: Note) -> Iterator[BackupFile]:
    """Says how far it is after each fifth of a large backup."""
    done, told = 0, 0
    for file in manifest.files:
        yield carrying.store(file)
        done += file.size
        fifths = 5 * done // max(manifest.size, 1)
        if manifest.size >= _LARGE and told < fifths < 5:
            note(f"{20 * fifths} % of it is stored")
            told = fifths


@dataclass
class _Carrying:
    """One file after the other. `keys` are those that may be there by now."""

    id: str
    place: Path
    sealing: Sealing | None
    means: Means
    keys: list[str] = field(default_factory=list)

    def store(self, file: BackupFile) -> BackupFile:
        path = self.place / file.name
        if self.sealing is None:
            return replace(
                file, stored=self._put(StoredBytes(file.name, file.size, file.sha256), path)
            )
        sealed = path.with_name(path.name + SEALED)
        size, sha256 = self.sealing.seal(path, sealed)
        kept = self._put(StoredBytes(file.name + SEALED, size, sha256), sealed)
        self.means.workroom.discard(sealed)
        return replace(file, stored=kept)

    def _put(self, kept: StoredBytes, path: Path) -> StoredBytes:
        key = f"{self.id}/{kept.name}"
        self.keys.append(key)
        return replace(kept, parts=self.means.store.put(key, path, kept.sha256))


def _require_all(manifest: Manifest, means: Means) -> None:
    """Each object is there, and the objects of a file are as long as the file."""
    there = {each.key: each.size for each in means.store.objects(manifest.id)}
    for file in manifest.files:
        kept = file.kept_as
        size = sum(there.get(f"{manifest.id}/{key}", -1) for key in kept.keys)
        if size != kept.size:
            raise BackupError(
                f"{means.store.words} took {kept.name}, and has not kept it whole.",
                hint="Look at whether something removes or changes objects there.",
            )


@contextmanager
def _removed_on_failure(carrying: _Carrying, means: Means) -> Iterator[None]:
    """Whatever cannot be removed now is not listed either, and swept when backups are pruned. Who
    is interrupted does not wait for the store: there are plain files to remove in that time."""
    try:
        yield
    except Exception:
        with suppress(BackupError):
            means.store.remove([each.key for each in means.store.objects(carrying.id)])
        raise
