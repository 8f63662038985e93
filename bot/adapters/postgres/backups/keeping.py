"""A backup that is a proof: taken, restored into a throw-away server, compared, written down."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bot.adapters.postgres.backups.dump import list_backups, take_backup
from bot.adapters.postgres.backups.proof import prove
from bot.core.backups.backup import Manifest, Proof, ProvedBackup, StoredBackup
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl
from bot.errors import BackupError

PROOF_SUFFIX = ".proof.json"


def take_and_prove(
    target: Target, url: ConnectionUrl, root: Path, note: Callable[[str], None]
) -> BackupSummary:
    """Raises BackupError if any part of it fails: a backup that was not restored is a hope.

    `root` is where relative backup directories start.
    """
    directory = root / target.backup.directory
    timer = time.monotonic()

    def say(text: str) -> None:
        note(f"backup of {target.name}: {text}")

    manifest = take_backup(target.name, url, directory, run_id=secrets.token_hex(3), progress=say)
    proof = prove(manifest, directory, progress=say)
    _write_down(proof, directory / f"{manifest.id}{PROOF_SUFFIX}")
    return BackupSummary(
        id=manifest.id,
        size=manifest.size,
        seconds=round(time.monotonic() - timer, 3),
        snapshot_at=manifest.started_at,
        proof=_in_words(proof),
    )


def newest_backup(target: Target, root: Path) -> StoredBackup:
    """The last one that was taken of a target. Raises BackupError if none is here."""
    directory = root / target.backup.directory
    own = _own(target, directory)
    if not own:
        raise BackupError(
            f"There is no backup of {target.name} in {target.backup.directory}.",
            hint="Rehearse on the machine that keeps its backups, or take one there with "
            f"`migration-bot backup {target.name}`.",
        )
    return StoredBackup(own[0], directory / own[0].path)


def newest_proved(target: Target, root: Path) -> ProvedBackup | None:
    """The last one that was taken of a target and proved; None if none here was, or the proofs
    cannot be read."""
    directory = root / target.backup.directory
    try:
        own = _own(target, directory)
    except BackupError:
        return None
    for manifest in own:
        proof = _proof_of(manifest, directory)
        if proof is not None:
            return ProvedBackup(manifest, proof)
    return None


def _own(target: Target, directory: Path) -> list[Manifest]:
    """Newest first."""
    return [each for each in list_backups(directory) if each.target == target.name]


def _proof_of(manifest: Manifest, directory: Path) -> Proof | None:
    try:
        values = json.loads((directory / f"{manifest.id}{PROOF_SUFFIX}").read_text("utf-8"))
        return Proof(**{**values, "differences": tuple(values["differences"])})
    except (OSError, ValueError, TypeError, LookupError):
        return None


def _in_words(proof: Proof) -> str:
    tables = "1 table" if proof.tables == 1 else f"{proof.tables:,} tables"
    return f"proved by restoring {tables} and {proof.rows:,} rows on PostgreSQL {proof.restored_on}"


def _write_down(proof: Proof, path: Path) -> None:
    try:
        path.write_text(json.dumps(asdict(proof), indent=2) + "\n", "utf-8")
    except OSError as error:
        raise BackupError(
            f"The proof of the backup could not be written to {path}: {error.strerror}.",
            hint="Free some disk space, or mend the directory, and try again.",
        ) from error
