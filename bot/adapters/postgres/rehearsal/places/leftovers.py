"""What rehearsals make on a server that was given: what it is called, whose it is, and its end."""

import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from psycopg import sql

from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.rehearsal.places.place import APPLICATION, PINNED, pinned
from bot.core.targets.url import ConnectionUrl
from bot.errors import PostgresError

PREFIX = "migration_bot_rehearsal_"

_DIGITS = 15
_NAME = re.compile(PREFIX + f"[0-9a-f]{{{_DIGITS}}}")

# A database of ours belongs to the role of its name, and a role that we made says so.
_LEFT = """
SELECT role.rolname
  FROM pg_catalog.pg_roles AS role
 WHERE pg_catalog.starts_with(role.rolname, %(prefix)s)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_database AS database
                    WHERE database.datname = role.rolname AND database.datdba <> role.oid)
 UNION
SELECT description
  FROM pg_catalog.pg_shdescription
 WHERE classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
   AND pg_catalog.starts_with(description, %(prefix)s)
"""
_OWN_DATABASE = """
SELECT FROM pg_catalog.pg_database AS database
  JOIN pg_catalog.pg_roles AS owner ON owner.oid = database.datdba
 WHERE database.datname = %(name)s AND owner.rolname = %(name)s
"""
_PREPARED = "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = %(name)s"
# What any login may set, and what a database can do harm with.
_HARMLESS = {name: PINNED[name] for name in ("search_path", "local_preload_libraries", "role")}
# Whoever holds it may have come by way of another database.
_HELD = """
SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
                WHERE locktype = 'advisory' AND granted AND objsubid = 1
                  AND (classid::bigint << 32 | objid::bigint) = %s)
"""
# From 16 on whoever makes a role is its administrator. The last made come first: with a role goes
# the right to drop those that it made.
_MADE = """
WITH RECURSIVE made (oid, generation) AS (
    SELECT objoid, 1 FROM pg_catalog.pg_shdescription
     WHERE classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND description = %(name)s
     UNION ALL
    SELECT oid, 0 FROM pg_catalog.pg_roles WHERE rolname = %(name)s
     UNION ALL
    SELECT membership.roleid, made.generation + 1
      FROM made JOIN pg_catalog.pg_auth_members AS membership ON membership.member = made.oid
     WHERE membership.admin_option
)
SELECT role.rolname FROM made JOIN pg_catalog.pg_roles AS role USING (oid)
 WHERE made.generation > 0
 GROUP BY role.rolname ORDER BY pg_catalog.max(made.generation) DESC
"""


def new_name() -> str:
    """For a role and its database; nobody else has it."""
    return PREFIX + secrets.token_hex(_DIGITS)[:_DIGITS]


def lock_key(name: str) -> int:
    """Of the advisory lock that says that somebody is at work there."""
    return int(name.removeprefix(PREFIX), 16)


def sweep(login: Connection, url: ConnectionUrl, note: Callable[[str], None]) -> None:
    """Drop what runs left that were killed."""
    with explained("look for what earlier rehearsals left"):
        left = [name for (name,) in login.execute(_LEFT, {"prefix": PREFIX})]
    for name in left:
        if _NAME.fullmatch(name) is not None and not _held(login, name):
            note("dropping what an earlier rehearsal left on the server")
            # Another run may be doing the same, or the role may belong to somebody else's login.
            with suppress(PostgresError):
                drop(login, url, name)


def _held(login: Connection, name: str) -> bool:
    with explained("see whose rehearsal is alive"):
        row = login.execute(_HELD, (lock_key(name),)).fetchone()
    assert row is not None
    return bool(row[0])


def drop(login: Connection, url: ConnectionUrl, name: str) -> None:
    """A database, its role, and the roles that were made for them. `url` is the login's."""
    with explained("drop what was rehearsed on"):
        if login.execute(_OWN_DATABASE, {"name": name}).fetchone() is not None:
            _forget_prepared(login, url, name)
            login.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        made = [role for (role,) in login.execute(_MADE, {"name": name})]
    for role in made:
        # One that another rehearsal gives rights to goes with that one, or a later one.
        with suppress(PostgresError):
            _drop_role(login, role)
    _drop_role(login, name)


def _forget_prepared(login: Connection, url: ConnectionUrl, name: str) -> None:
    """A prepared transaction has no session to end, and keeps its database from being dropped."""
    prepared = login.execute(_PREPARED, {"name": name}).fetchall()
    if not prepared:
        return
    there = pinned(replace(url.with_database(name), options=""), _HARMLESS)
    with connect(there, application_name=APPLICATION) as connection:
        for (transaction,) in prepared:
            connection.execute(sql.SQL("ROLLBACK PREPARED {}").format(sql.Literal(transaction)))


def _drop_role(login: Connection, role: str) -> None:
    with explained("drop the role that was rehearsed with"):
        login.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
