"""Makes a target's database where it is missing, as the server's own template has it."""

import time
from contextlib import closing

import psycopg
from psycopg import sql
from psycopg.sql import Identifier

from bot.adapters.postgres.connection import Connection, connect, explain, explained
from bot.adapters.postgres.elsewhere import open_elsewhere
from bot.core.rollouts.holder import session_name
from bot.core.targets.creation import NO_DATABASE, Created
from bot.core.targets.identity import Identity
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl
from bot.errors import HistoryError, PostgresError

# Another who makes it at the same moment is a success: of two, one is told by either of these.
_THERE = ("42P04", "23505")
# A session in the template is in the way as long as it is there.
_TEMPLATE_IN_USE = "55006"
_NOT_ALLOWED = "42501"
_PATIENCE = 10.0
_PAUSE = 0.2

_MADE = """
SELECT pg_get_userbyid(datdba)::text, pg_encoding_to_char(encoding)::text
  FROM pg_catalog.pg_database WHERE datname = %s
"""
_SYSTEM = "SELECT system_identifier::text FROM pg_catalog.pg_control_system()"


def create_missing(target: Target, url: ConnectionUrl, *, who: str = "") -> Created | None:
    """Make the database if it is not there; None if it is. Raises PostgresError, or HistoryError if
    it would not be the one that the configuration pins."""
    name = session_name(target.name, who)
    if _is_there(url, name):
        return None
    with closing(open_elsewhere(url, name)) as connection:
        _require_pinned(connection, target, url)
        if not _created(connection, target, url):
            return None
        with explained("look at the database that was made"):
            row = connection.execute(_MADE, (url.database,)).fetchone()
    owner, encoding = row or ("nobody", "unknown")
    return Created(url.database, owner, encoding, url.redacted)


def _is_there(url: ConnectionUrl, name: str) -> bool:
    """Whatever else keeps us from it is told by whoever wants to do something there."""
    try:
        connect(url, application_name=name).close()
    except PostgresError as error:
        return error.sqlstate != NO_DATABASE
    return True


def _created(connection: Connection, target: Target, url: ConnectionUrl) -> bool:
    statement = sql.SQL("CREATE DATABASE {}").format(Identifier(url.database))
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute(statement)
        except psycopg.Error as error:
            if error.sqlstate in _THERE:
                return False
            if error.sqlstate != _TEMPLATE_IN_USE or time.monotonic() >= deadline:
                raise _refused(error, target, url) from None
            time.sleep(_PAUSE)
        else:
            return True


def _require_pinned(connection: Connection, target: Target, url: ConnectionUrl) -> None:
    """A new database cannot be the one that was pinned by its server, its name or its host, if any
    of these is another."""
    try:
        row = connection.execute(_SYSTEM).fetchone()
    except psycopg.Error:
        row = None
    wrong = target.identity.mismatches(
        Identity(str(row[0]) if row else "", url.database, host=url.host)
    )
    if wrong:
        said = "; ".join(f"its {key} would be {there or 'not known'}" for key, _, there in wrong)
        raise HistoryError(
            f"The database of {target.name} is not there, and was not made: it is not the one that "
            f"the configuration pins ({said}).",
            hint=f"Correct {target.url_env}, or what is pinned under `identity`.",
        )


def _refused(error: psycopg.Error, target: Target, url: ConnectionUrl) -> PostgresError:
    told = explain(error, f"make the database {url.database} of {target.name}, which is not there")
    if error.sqlstate != _NOT_ALLOWED:
        return told
    role = url.user or "ROLE"
    return PostgresError(
        told.message,
        hint=f"Let somebody who may do so make it (`createdb --owner={role} {url.database}`), or "
        f"let the role make databases (`ALTER ROLE {role} CREATEDB`).",
        sqlstate=error.sqlstate,
    )
