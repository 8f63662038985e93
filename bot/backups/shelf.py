"""What backups of a target there are, and what lies among them that is none."""

from collections.abc import Iterator
from pathlib import Path

from bot.backups.means import Means
from bot.core.backups.backup import MANIFEST, Manifest, Proof, ProvedBackup, StoredBackup
from bot.core.backups.location import may_be_of, misplaced
from bot.core.backups.stored import Shelf, Stray
from bot.errors import BackupError, BrokenBackup, UnknownBackup

_NEAR = 5


def listed(means: Means) -> tuple[StoredBackup, ...]:
    """The newest first."""
    found = [each for each in _all(means) if isinstance(each, StoredBackup)]
    return tuple(sorted(found, key=lambda each: each.manifest.started_at, reverse=True))


def strays(means: Means) -> tuple[Stray, ...]:
    return tuple(each for each in _all(means) if isinstance(each, Stray))


def newest(means: Means) -> StoredBackup:
    """Raises BackupError if there is none, or the newest folder is not a backup."""
    for each in _all(means):
        if isinstance(each, StoredBackup):
            return each
    raise BackupError(
        f"There is no backup of {means.target} in {means.store.words}.",
        hint="Rehearse on the machine that keeps its backups, or take one there with "
        f"`migration-bot backup {means.target}`.",
    )


def newest_proved(means: Means) -> ProvedBackup | None:
    """None if none was proved, or what is there cannot be read."""
    try:
        for each in _all(means):
            if isinstance(each, StoredBackup) and each.proof is not None:
                return ProvedBackup(each.manifest, each.proof)
    except BackupError:
        pass
    return None


def find(means: Means, id: str) -> StoredBackup:
    """The one whose id begins so. Raises UnknownBackup, or BackupError for what is no backup."""
    found = [each for each in _all(means) if _id(each).startswith(id)]
    exact = [each for each in found if _id(each) == id] or found
    if len(exact) != 1:
        raise _not_one(means, id, [_id(each) for each in found])
    if isinstance(exact[0], Stray):
        raise BackupError(
            f"{exact[0].id} is no backup to rely on: {exact[0].problem}.",
            hint=f"`migration-bot backups list {means.target}` shows the others.",
        )
    return exact[0]


def _not_one(means: Means, id: str, found: list[str]) -> UnknownBackup:
    names = found or [_id(each) for each in _all(means)]
    shown = ", ".join(names[:_NEAR]) or "none"
    what = "Several backups begin with" if found else "There is no backup that begins with"
    return UnknownBackup(
        f"{what} {id} in {means.store.words}.",
        hint=f"There {'are' if len(names) != 1 else 'is'}: {shown}. "
        f"`migration-bot backups list {means.target}` shows all.",
    )


def _id(found: StoredBackup | Stray) -> str:
    return found.id if isinstance(found, Stray) else found.manifest.id


def _all(means: Means) -> Iterator[StoredBackup | Stray]:
    """In the order of their names, which begin with their time; the newest first."""
    shelf = means.store.shelf()
    for id in sorted(shelf.folders, reverse=True):
        if may_be_of(id, means.target):
            found = _read(id, shelf, means)
            if found is not None:
                yield found


def _read(id: str, shelf: Shelf, means: Means) -> StoredBackup | Stray | None:
    """None for one of another target."""
    try:
        text = means.store.read(f"{id}/{MANIFEST}")
    except BrokenBackup as error:
        return Stray(id, error.message.rstrip("."))
    if text is None:
        written = [each.at for each in means.store.objects(id)]
        return Stray(id, "it is not complete", max(written, default=None))
    try:
        manifest = Manifest.from_json(text)
    except BackupError as error:
        return Stray(id, error.message.rstrip("."))
    wrong = misplaced(manifest, id)
    if wrong:
        return Stray(id, wrong)
    if manifest.target != means.target:
        return None
    return StoredBackup(
        manifest=manifest,
        place=_place(manifest, means),
        location=manifest.location or means.store.words,
        proof=_proof(manifest, shelf, means),
    )


def _place(manifest: Manifest, means: Means) -> Path | None:
    """Where its files lie as they were dumped."""
    plain = all(each.kept_as.name == each.name for each in manifest.files)
    return means.store.place(manifest.id) if plain else None


def _read_proof(key: str, means: Means) -> Proof | None:
    try:
        text = means.store.read(key)
    except BrokenBackup:
        return None
    return Proof.from_json(text) if text is not None else None


def _proof(manifest: Manifest, shelf: Shelf, means: Means) -> Proof | None:
    """The one that went furthest since something was found wrong, if anything was: what did not go
    as far as that could not have found it."""
    best: Proof | None = None
    for key in shelf.proofs_of(manifest.id):
        proof = _read_proof(key, means)
        if proof is None or not proof.is_of(manifest):
            continue
        if not proof.ok:
            return best if best is not None and best.level.reaches(proof.level) else proof
        if best is None or not best.level.reaches(proof.level):
            best = proof
    return best
