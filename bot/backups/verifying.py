"""A backup proved again, long after it was taken; the outcome is written down beside it."""

from dataclasses import replace

from bot.backups.means import Means
from bot.backups.opening import opened
from bot.core.backups.backup import Proof, StoredBackup
from bot.core.backups.level import Level
from bot.core.backups.stored import proof_key
from bot.errors import BrokenBackup
from bot.world.backups import Note


def verify(stored: StoredBackup, level: Level, means: Means, note: Note) -> Proof:
    """Raises BrokenBackup for one that cannot be relied on, and notes that too: from then on it is
    not the last good one."""
    manifest = stored.manifest

    def say(text: str) -> None:
        note(f"backup {manifest.id}: {text}")

    began = means.now()
    try:
        with opened(stored, means, say) as place:
            proof = means.prover(manifest).prove(manifest, place, level, say)
    except BrokenBackup as error:
        seconds = round((means.now() - began).total_seconds(), 3)
        bad = Proof(manifest.id, "", seconds, 0, 0, (error.message,), level)
        _write_down(bad, stored, means)
        raise
    return _write_down(proof, stored, means)


def _write_down(proof: Proof, stored: StoredBackup, means: Means) -> Proof:
    noted = replace(proof, manifest=stored.manifest.digest)
    means.store.write(proof_key(stored.manifest.id, means.stamp), noted.to_json())
    return noted
