"""Where a target stands right before a rollout, and a restore point, where one may be made."""

from typing import Any

from psycopg import errors

from bot.adapters.postgres.connection import Connection, connect, explained
from bot.core.backups.recovery_point import Moment
from bot.core.targets.url import ConnectionUrl

_LABEL_BYTES = 63
_RIGHTS = """
SELECT has_function_privilege('pg_create_restore_point(text)', 'EXECUTE')
       AND current_setting('wal_level') <> 'minimal',
    has_function_privilege('pg_switch_wal()', 'EXECUTE'),
    pg_is_in_recovery()
"""
# What is written may be behind what has happened.
_NOW = "SELECT clock_timestamp(), pg_current_wal_insert_lsn()::text"
_SEGMENT = "SELECT pg_size_bytes(current_setting('wal_segment_size'))"


def mark(url: ConnectionUrl, label: str) -> Moment:
    """The clock and the log's position, after a restore point of that label, if this role may make
    one. The file that holds it is switched, so that the archive gets it now and not in an hour.

    Raises PostgresError.
    """
    with (
        connect(url, application_name="migration-bot/recovery point") as connection,
        explained(f"mark the moment in {url.redacted}"),
    ):
        may_label, may_switch, standby = _first(connection, _RIGHTS)
        labelled = may_label and not standby and _label(connection, label)
        at, lsn = _first(connection, _NOW)
        switched = may_switch and not standby
        wal_file = _complete_file(connection, lsn, switched=switched)
        if switched:
            connection.execute("SELECT pg_switch_wal()")
    return Moment(at, lsn, wal_file, label if labelled else None)


def _label(connection: Connection, label: str) -> bool:
    try:
        connection.execute("SELECT pg_create_restore_point(%s)", (label[:_LABEL_BYTES],))
    except (errors.ObjectNotInPrerequisiteState, errors.InsufficientPrivilege):
        return False
    return True


def _complete_file(connection: Connection, lsn: str, *, switched: bool) -> str:
    """The last file of the log that nothing more is written to: the present one, once it is
    switched, else the one before it. "" at the very beginning of a log."""
    (size,) = _first(connection, _SEGMENT)
    position = _number(lsn)
    # At the start of a file, nothing is in it yet.
    wanted = position - 1 if switched else position - position % size - 1
    if wanted < size:
        return ""
    (name,) = _first(connection, "SELECT pg_walfile_name(%s::pg_lsn)", _text(wanted))
    return str(name)


def _number(lsn: str) -> int:
    high, _, low = lsn.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def _text(position: int) -> str:
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def _first(connection: Connection, query: str, *given: str) -> tuple[Any, ...]:
    row = connection.execute(query.encode(), given).fetchone()
    assert row is not None
    return tuple(row)
