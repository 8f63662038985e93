"""WAL-G's own account of its backups and its archive."""

import os
from collections.abc import Mapping
from typing import Any

from bot.adapters.recovery.programs import Run, ordinary, output_of
from bot.adapters.recovery.reading import list_at, moment_at, newest, number_at, parsed, text_at
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import WalG
from bot.errors import BackupError

WHO = "WAL-G"
_WHOLE = "OK"
# Its settings, and those of the stores it knows.
_PREFIXES = ("WALG_", "WALE_", "AWS_", "AZURE_", "GOOGLE_", "PG", "SSH_")


def recent(source: WalG, environ: Mapping[str, str] = os.environ) -> RecoveryPoint:
    """Raises BackupError if there is none."""
    arguments = ["wal-g"]
    if source.config is not None:
        arguments.append(f"--config={source.config}")
    given = ordinary(environ)
    for prefix in _PREFIXES:
        given |= ordinary(environ, prefix=prefix)
    run = Run(
        WHO,
        given,
        secrets=[value for name, value in given.items() if "KEY" in name or "PASSWORD" in name],
        install="Install it where migration-bot runs, and let it reach the storage.",
    )
    backups = output_of([*arguments, "backup-list", "--detail", "--json"], run)
    return read(backups, output_of([*arguments, "wal-show", "--detailed-json"], run))


def read(backups: str, timelines: str) -> RecoveryPoint:
    """Of what `wal-g backup-list --detail --json` and `wal-g wal-show --detailed-json` print."""
    # It prints null where there is nothing.
    listed: list[Any] = parsed(backups, who=WHO) or []
    last = newest(listed, lambda each: moment_at(each, "finish_time", who=WHO))
    if last is None:
        raise _none("its list is empty")
    return RecoveryPoint(
        provider=WHO,
        id=text_at(last, "backup_name", who=WHO),
        taken_at=moment_at(last, "finish_time", who=WHO),
        size=number_at(last, "compressed_size", who=WHO),
        wal_file=_archived(parsed(timelines, who=WHO) or []),
    )


def _archived(timelines: list[Any]) -> str:
    """The end of the latest timeline. Raises BackupError if files are missing before it."""
    last = max(timelines, key=lambda each: number_at(each, "id", who=WHO), default=None)
    if last is None:
        return ""
    if text_at(last, "status", who=WHO) != _WHOLE:
        lost = len(list_at(last, "missing_segments", who=WHO))
        raise BackupError(
            f"The archive of WAL-G has a gap: {lost} files are missing.",
            hint="Take a new backup with `wal-g backup-push`, and find out where they went.",
        )
    return text_at(last, "end_segment", who=WHO)


def _none(why: str) -> BackupError:
    return BackupError(
        f"WAL-G has no backup: {why}.",
        hint="Take one with `wal-g backup-push`, and see `wal-g wal-verify integrity timeline`.",
    )
