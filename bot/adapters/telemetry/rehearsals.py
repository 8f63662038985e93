"""What a rehearsal has measured, made into spans once it is over.

Only durations are measured: within a migration the statements follow each other without a gap.
"""

from datetime import datetime, timedelta

from bot.adapters.telemetry import names
from bot.adapters.telemetry.tracer import Attributes, Plain, Span, Tracer
from bot.core.rehearsals.rehearsal import Rehearsal, RehearsedMigration
from bot.core.rollouts.progress import BackupSummary


def observe_rehearsal(tracer: Tracer, found: Rehearsal, now: datetime) -> None:
    began = now - timedelta(seconds=found.seconds)
    common: dict[str, Plain] = {names.SYSTEM: names.POSTGRESQL}
    server = {names.SERVER: found.server.version} if found.server else {}
    whole = tracer.began(names.REHEARSAL, began, {**common, **server})
    at = began + timedelta(seconds=found.base.seconds + found.data.seconds)
    for each in found.migrations:
        at = _migration(tracer, each, at, now, whole, common)
    refused = any(each.refused for each in found.migrations) or found.base.refused
    error = names.NO_REHEARSAL if found.problem else names.REFUSED if refused else ""
    whole.ended(now, {}, error=error)
    tracer.measured(names.REHEARSALS, found.seconds, {names.OUTCOME: error or names.DONE})


def _migration(
    tracer: Tracer,
    found: RehearsedMigration,
    at: datetime,
    latest: datetime,
    whole: Span,
    common: Attributes,
) -> datetime:
    """When it was over."""
    at = min(at, latest)
    named = {**common, names.NAME: found.name}
    span = tracer.began(names.MIGRATION, at, named, within=whole)
    for each in found.statements:
        if each.measured is None:
            continue
        began, at = at, min(at + timedelta(milliseconds=each.measured.duration_ms), latest)
        rows = sum(row.inserted + row.updated + row.deleted for row in each.measured.rows)
        attributes: dict[str, Plain] = {
            **named,
            names.INDEX: each.index,
            names.ROWS: rows,
            names.WAL: each.measured.wal_bytes,
        }
        statement = tracer.began(names.STATEMENT, began, attributes, within=span, client=True)
        statement.ended(at, {})
    span.ended(at, {}, error=names.REFUSED if found.refused else "")
    return at


def observe_backup(tracer: Tracer, target: str, backup: BackupSummary, now: datetime) -> None:
    """One that somebody has asked for by itself."""
    attributes: dict[str, Plain] = {
        names.SYSTEM: names.POSTGRESQL,
        names.TARGET: target,
        names.BACKUP_ID: backup.id,
        names.BACKUP_BYTES: backup.size,
    }
    began = now - timedelta(seconds=backup.seconds)
    tracer.began(names.BACKUP, began, attributes).ended(now, {})
    tracer.measured(names.BYTES, backup.size, {names.TARGET: target})
