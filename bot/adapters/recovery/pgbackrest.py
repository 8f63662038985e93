"""pgBackRest's own account of its backups and its archive."""

import os
from collections.abc import Mapping
from typing import Any

from bot.adapters.recovery.programs import Run, ordinary, output_of
from bot.adapters.recovery.reading import (
    list_at,
    moment_at,
    newest,
    number_at,
    parsed,
    part,
    text_at,
)
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import PgBackRest
from bot.errors import BackupError

WHO = "pgBackRest"


def recent(source: PgBackRest, environ: Mapping[str, str] = os.environ) -> RecoveryPoint:
    """Raises BackupError if there is none."""
    arguments = ["pgbackrest", f"--stanza={source.stanza}", "--output=json", "info"]
    if source.config is not None:
        arguments.insert(1, f"--config={source.config}")
    run = Run(
        WHO,
        ordinary(environ, prefix="PGBACKREST_"),
        install="Install it where migration-bot runs, and let it reach the repository.",
    )
    return read(output_of(arguments, run), source.stanza)


def read(text: str, stanza: str) -> RecoveryPoint:
    """Of what `pgbackrest info --output=json` prints."""
    stanzas = parsed(text, who=WHO)
    named = [each for each in stanzas if text_at(each, "name", who=WHO) == stanza]
    if not named:
        raise _none(stanza, "it knows no such stanza")
    found = named[0]
    if number_at(found, "status", "code", who=WHO) != 0:
        raise _none(stanza, text_at(found, "status", "message", who=WHO))
    good = [each for each in list_at(found, "backup", who=WHO) if not _spoilt(each)]
    last = newest(good, lambda each: moment_at(each, "timestamp", "stop", who=WHO))
    if last is None:
        raise _none(stanza, "every one it has found errors in")
    return RecoveryPoint(
        provider=WHO,
        id=text_at(last, "label", who=WHO),
        taken_at=moment_at(last, "timestamp", "stop", who=WHO),
        size=number_at(last, "info", "size", who=WHO),
        wal_file=_archived(found, last),
    )


def _archived(stanza: Any, backup: Any) -> str:
    """The last file in the archive of the cluster that the backup is of."""
    database = part(backup, "database", "id", who=WHO)
    files = [
        text_at(each, "max", who=WHO)
        for each in list_at(stanza, "archive", who=WHO)
        if part(each, "database", "id", who=WHO) == database and each.get("max")
    ]
    return max(files, default="")


def _spoilt(backup: Any) -> bool:
    """Page checksums did not agree while it was taken; older versions do not tell."""
    return bool(backup.get("error", False))


def _none(stanza: str, why: str) -> BackupError:
    return BackupError(
        f"pgBackRest has no backup of {stanza}: {why}.",
        hint=f"Take one with `pgbackrest --stanza={stanza} backup`, and see "
        f"`pgbackrest --stanza={stanza} check`.",
    )
