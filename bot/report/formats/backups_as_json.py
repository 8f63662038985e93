"""`backups` for programs."""

from collections.abc import Sequence
from typing import Any

from bot.core.backups.backup import Proof, StoredBackup
from bot.core.backups.retention import Pruned
from bot.core.backups.stored import Stray
from bot.core.instant import instant

SCHEMA = 1

Json = dict[str, Any]


def listed_json(target: str, backups: Sequence[StoredBackup], strays: Sequence[Stray]) -> Json:
    return {
        "schema": SCHEMA,
        "target": target,
        "backups": [_backup(each) for each in backups],
        "strays": [_stray(each) for each in strays],
    }


def verified_json(stored: StoredBackup, proof: Proof) -> Json:
    return {"schema": SCHEMA, "backup": _backup(stored), "proof": _proof(proof)}


def pruned_json(target: str, done: Pruned) -> Json:
    return {
        "schema": SCHEMA,
        "target": target,
        "dry_run": done.dry,
        "removed": [_backup(each) for each in done.removed],
        "kept": [{"id": each.backup.manifest.id, "why": each.why.value} for each in done.kept],
        "swept": [_stray(each) for each in done.swept],
    }


def _backup(stored: StoredBackup) -> Json:
    manifest = stored.manifest
    return {
        "id": manifest.id,
        "target": manifest.target,
        "database": manifest.database,
        "system_identifier": manifest.system_identifier,
        "snapshot_at": instant(manifest.started_at),
        "lsn": manifest.lsn,
        "size": manifest.stored_size,
        "seconds": manifest.seconds,
        "location": stored.location,
        "encrypted": manifest.encrypted,
        "recipients": list(manifest.recipients),
        "format": manifest.format,
        "server_version": manifest.server_version,
        "tool_version": manifest.tool_version,
        "migration_head": manifest.migration_head,
        "digest": manifest.digest,
        "proof": _proof(stored.proof) if stored.proof is not None else None,
    }


def _proof(proof: Proof) -> Json:
    return {
        "ok": proof.ok,
        "level": str(proof.level),
        "restored_on": proof.restored_on or None,
        "seconds": proof.seconds,
        "tables": proof.tables,
        "rows": proof.rows,
        "differences": list(proof.differences),
    }


def _stray(stray: Stray) -> Json:
    at = instant(stray.at) if stray.at is not None else None
    return {"id": stray.id, "problem": stray.problem, "at": at}
