"""A backup's files on this machine, as they were dumped: fetched, checked, decrypted, checked."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from bot.backups.means import Means
from bot.core.backups.backup import MANIFEST, BackupFile, Manifest, StoredBackup
from bot.core.backups.stored import StoredBytes
from bot.core.rehearsals.sizes import size_text
from bot.errors import BrokenBackup
from bot.world.backups import Note


def require_openable(stored: StoredBackup, means: Means) -> None:
    """Raises BrokenBackup for a file that is missing or too many, UsageError without a key: what
    can be told before anything is fetched."""
    manifest = stored.manifest
    for file in manifest.files:
        if _escapes(file.name) or _escapes(file.kept_as.name):
            raise broken(manifest, f"{file.name} does not belong to it")
    if stored.place is not None:
        _require_file_names(manifest, stored.place, means)
        return
    if manifest.encrypted:
        means.opening.require_ready()
    _require_objects(manifest, means)


@contextmanager
def opened(stored: StoredBackup, means: Means, note: Note) -> Iterator[Path]:
    """Raises BrokenBackup for what is not as it was written, UsageError without a key."""
    manifest = stored.manifest
    require_openable(stored, means)
    if stored.place is not None:
        for file in manifest.files:
            _require(stored.place / file.name, file.kept_as, manifest, means)
        yield stored.place
        return
    note(f"fetching {size_text(manifest.stored_size)} from {stored.location}")
    with means.workroom.private() as room:
        place = room / manifest.path
        for file in manifest.files:
            _bring(file, manifest, place, means)
        means.workroom.write(place / MANIFEST, manifest.to_json())
        yield place


def broken(manifest: Manifest, what: str) -> BrokenBackup:
    return BrokenBackup(
        f"The backup {manifest.id} is not what was written: {what}.",
        hint="Do not use it. Take a new backup, and find out what touched this one.",
    )


def _bring(file: BackupFile, manifest: Manifest, place: Path, means: Means) -> None:
    kept, path = file.kept_as, place / file.name
    fetched = place / kept.name
    means.store.fetch([f"{manifest.id}/{key}" for key in kept.keys], fetched)
    _require(fetched, kept, manifest, means)
    if fetched != path:
        means.opening.open(fetched, path)
        means.workroom.discard(fetched)
        _require(path, StoredBytes(file.name, file.size, file.sha256), manifest, means)


def _require_objects(manifest: Manifest, means: Means) -> None:
    """That all are there, and no others."""
    there = {each.key for each in means.store.objects(manifest.id)}
    named = {f"{manifest.id}/{key}" for file in manifest.files for key in file.kept_as.keys}
    _require_names(manifest, there - {f"{manifest.id}/{MANIFEST}"}, named)


def _require_file_names(manifest: Manifest, place: Path, means: Means) -> None:
    named = {file.name for file in manifest.files}
    _require_names(manifest, set(means.workroom.names(place)) - {MANIFEST}, named)


def _require_names(manifest: Manifest, there: set[str], named: set[str]) -> None:
    for key in sorted(there - named):
        raise broken(manifest, f"{key} does not belong to it")
    for key in sorted(named - there):
        raise broken(manifest, f"{key} is missing")


def _require(path: Path, kept: StoredBytes, manifest: Manifest, means: Means) -> None:
    wrong = means.workroom.wrong_with(path, kept)
    if wrong:
        raise broken(manifest, wrong)


def _escapes(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or not name.isprintable()
