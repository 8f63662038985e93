"""The procedure: take, encrypt, store, prove, write down. Whatever fails ends it."""

from dataclasses import replace
from pathlib import Path

from bot.backups.means import Means
from bot.backups.storing import stored
from bot.core.backups.backup import Manifest, Proof
from bot.core.backups.level import Level
from bot.core.backups.stored import proof_key
from bot.core.rollouts.progress import BackupSummary
from bot.world.backups import Note


def take(means: Means, note: Note, *, level: Level = Level.RESTORE) -> BackupSummary:
    """Raises BackupError if any part of it fails: a backup that was not proved is a hope.

    Keys and store are tried first, so that nothing is dumped in vain. The plain files are in a
    private directory that is gone afterwards, or become the backup where it is kept as it is.
    """

    def say(text: str) -> None:
        note(f"backup of {means.target}: {text}")

    began = means.now()
    sealing = means.sealing() if means.sealing is not None else None
    provider = means.provider()
    means.store.require_ready()
    with means.workroom.private() as staging:
        manifest = provider.take(staging, say)
        place = staging / manifest.path
        if means.adopt is not None:
            means.adopt(place)
            place = means.store.place(manifest.id) or place
        else:
            manifest = stored(manifest, place, sealing, means, say)
        proof = _proved(manifest, place, level, means, say)
    return BackupSummary(
        id=manifest.id,
        size=manifest.stored_size,
        seconds=round((means.now() - began).total_seconds(), 3),
        snapshot_at=manifest.started_at,
        proof=proof.words,
        digest=manifest.digest,
        location=means.store.words,
        encrypted=manifest.encrypted,
        level=proof.level,
    )


def _proved(manifest: Manifest, place: Path, level: Level, means: Means, note: Note) -> Proof:
    found = means.prover(manifest).prove(manifest, place, level, note)
    proof = replace(found, manifest=manifest.digest)
    means.store.write(proof_key(manifest.id), proof.to_json())
    return proof
