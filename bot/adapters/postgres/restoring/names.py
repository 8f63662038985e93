"""The names and marks of the databases that a restore makes, and how they are known again.

A database is ours only if both its name and the comment on it say so. One without a comment was
left by a run that was killed between making it and marking it: it must be empty, too.
"""

import re
import secrets
from datetime import datetime

from bot.adapters.postgres.connection import Connection

# PostgreSQL cuts names after 63 bytes (NAMEDATALEN).
_LONGEST = 63
_SCRATCH = "_migration_bot_restore_"
_KEPT = "_before_restore_"
_STAMP = "%Y%m%d%H%M%S"
_ID_BYTES = 6

_NAMED = """
SELECT datname, coalesce(shobj_description(oid, 'pg_database'), '')
  FROM pg_catalog.pg_database WHERE starts_with(datname, %s) ORDER BY datname
"""


def scratch_name(database: str) -> str:
    """A new name, for the database that a backup is restored into first."""
    return _joined(database, _SCRATCH, secrets.token_hex(_ID_BYTES))


def kept_name(database: str, at: datetime) -> str:
    """The name of a database that another one has taken the place of."""
    return _joined(database, _KEPT, f"{at:{_STAMP}}")


def scratch_mark(database: str) -> str:
    """The comment on a database that nobody but a restore uses."""
    return f"migration-bot: being restored for {database}, and not in use"


def kept_mark(database: str, backup: str) -> str:
    """The comment on a database that was swapped out."""
    return f"migration-bot: {database} as it was until the backup {backup} was put back"


def left_behind(connection: Connection, database: str) -> tuple[tuple[str, bool], ...]:
    """Databases that restores of this one have made and did not finish, and whether each bears
    the mark. One that bears anybody else's comment is not among them."""
    start = _cut(database, len(_SCRATCH) + 2 * _ID_BYTES) + _SCRATCH
    found = connection.execute(_NAMED, (start,)).fetchall()
    ending = re.compile(rf"[0-9a-f]{{{2 * _ID_BYTES}}}")
    return tuple(
        (name, said == scratch_mark(database))
        for name, said in found
        if ending.fullmatch(name[len(start) :]) and said in ("", scratch_mark(database))
    )


def kept_before(connection: Connection, database: str) -> tuple[str, ...]:
    """Databases that were swapped out for this one, the newest last."""
    start = _cut(database, len(_KEPT) + 14) + _KEPT
    found = connection.execute(_NAMED, (start,)).fetchall()
    return tuple(
        name for name, said in found if said.startswith(f"migration-bot: {database} as it was")
    )


def _joined(database: str, middle: str, end: str) -> str:
    return _cut(database, len(middle) + len(end)) + middle + end


def _cut(database: str, taken: int) -> str:
    """Its first bytes, as many as leave room for the rest; whole characters."""
    return database.encode()[: _LONGEST - taken].decode(errors="ignore")
