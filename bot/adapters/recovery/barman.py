"""Barman's own account of its backups and its archive."""

import os
from collections.abc import Mapping

from bot.adapters.recovery.programs import Run, ordinary, output_of
from bot.adapters.recovery.reading import mapping, moment_at, number_at, parsed, part, text_at
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import Barman
from bot.errors import BackupError

WHO = "Barman"
_DONE = "DONE"
_INFORMATION = "base_backup_information"


def recent(source: Barman, environ: Mapping[str, str] = os.environ) -> RecoveryPoint:
    """Raises BackupError if there is none."""
    arguments = ["barman", "--format=json"]
    if source.config is not None:
        arguments.append(f"--config={source.config}")
    run = Run(
        WHO,
        ordinary(environ),
        install="Run migration-bot where Barman is, as the user it runs as.",
    )
    # `show-backup latest` is an error where there is none, in words that change: so it is listed.
    listed = parsed(output_of([*arguments, "list-backup", source.server], run), who=WHO)
    _require_some(mapping(listed), source.server)
    return read(output_of([*arguments, "show-backup", source.server, "latest"], run), source.server)


def read(text: str, server: str) -> RecoveryPoint:
    """Of what `barman --format=json show-backup SERVER latest` prints."""
    answer = parsed(text, who=WHO)
    if "_ERROR" in mapping(answer):
        raise _none(server, "; ".join(map(str, answer["_ERROR"])))
    found = part(answer, server, who=WHO)
    status = text_at(found, "status", who=WHO)
    if status != _DONE:
        raise _none(server, f"the last one is {status}")
    return RecoveryPoint(
        provider=WHO,
        id=text_at(found, "backup_id", who=WHO),
        taken_at=moment_at(found, _INFORMATION, "end_time", who=WHO),
        size=number_at(found, _INFORMATION, "disk_usage_bytes", who=WHO),
        wal_file=str(part(found, "wal_information", "last_available", who=WHO) or ""),
    )


def _require_some(listed: Mapping[str, object], server: str) -> None:
    if "_ERROR" in listed:
        raise _none(server, "; ".join(map(str, part(listed, "_ERROR", who=WHO))))
    if not part(listed, server, who=WHO):
        raise _none(server, "its list is empty")


def _none(server: str, why: str) -> BackupError:
    return BackupError(
        f"Barman has no backup of {server}: {why}.",
        hint=f"Take one with `barman backup {server}`, and see `barman check {server}`.",
    )
