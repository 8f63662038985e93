"""A place on a server that somebody else runs: one database and one role, with names of their own.

What is there besides is not touched. Whoever is at work holds a lock under the name; what bears a
name that nobody holds was left by a run that was killed, and goes with the next.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from psycopg import sql

from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.rehearsal.places.author import (
    author_settings,
    create_author,
    given_roles,
)
from bot.adapters.postgres.rehearsal.places.leftovers import drop, lock_key, new_name, sweep
from bot.adapters.postgres.rehearsal.places.place import APPLICATION, Place, pinned, pins
from bot.core.rehearsals.rehearsal import Isolation, RehearsalServer
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import PostgresError, UsageError

PROVIDER = "given"
# Only these may set them.
_OF_SUPERUSERS = ("session_replication_role",)

_LOGIN = """
SELECT pg_catalog.current_setting('server_version'),
       pg_catalog.current_setting('server_version_num')::int / 10000,
       rolsuper, rolcreatedb AND rolcreaterole, pg_catalog.pg_is_in_recovery()
  FROM pg_catalog.pg_roles WHERE rolname = current_user
"""
_END_SESSIONS = """
SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = %s
"""


@contextmanager
def open_given_place(
    url: str, order: Order, *, note: Callable[[str], None] = lambda _: None
) -> Iterator[Place]:
    """A place on the server of a URL, for the length of a block.

    Raises UsageError if its login may not make databases and roles, PostgresError if the server
    refuses.
    """
    parsed = parse_url(url, name="The URL of the server to rehearse on")
    if parsed.pooled:
        raise UsageError(
            "The URL of the server to rehearse on names a pooler.",
            hint="Give the direct URL of the server: locks do not outlast a pooler's transaction.",
        )
    with connect(parsed, application_name=APPLICATION) as login:
        facts = _facts(login, parsed)
        sweep(login, parsed, note)
        name = new_name()
        with explained("hold the lock of a rehearsal"):
            login.execute("SELECT pg_catalog.pg_advisory_lock(%s)", (lock_key(name),))
        try:
            password = _make(login, name, order, facts)
            yield GivenPlace(login, parsed, name, password, facts, order)
        finally:
            _clear_up(login, parsed, name, note)


@dataclass(frozen=True)
class _Facts:
    version: str
    major: int
    superuser: bool


class GivenPlace:
    """A database of our own on somebody else's server. Nothing is kept there."""

    cached = 0

    def __init__(
        self,
        login: Connection,
        url: ConnectionUrl,
        name: str,
        password: str,
        facts: _Facts,
        order: Order,
    ) -> None:
        self._login = login
        self._admin_url = _admin_url(url, name, facts)
        self._author_url = replace(
            url.with_database(name), user=name, password=password, options=""
        )
        self._name = name
        self._facts = facts
        self._order = order

    @property
    def role(self) -> str:
        return self._name

    @property
    def server(self) -> RehearsalServer:
        """What shuts it in is the business of whoever runs it, and not known here."""
        limits = self._order.limits
        return RehearsalServer(
            version=self._facts.version,
            major=self._facts.major,
            provider=PROVIDER,
            wanted=self._order.postgres,
            isolation=Isolation(disk=limits.disk, seconds=limits.total),
        )

    @property
    def author_url(self) -> ConnectionUrl:
        return self._author_url

    def author(self) -> Connection:
        return connect(self._author_url, application_name=APPLICATION)

    def admin(self) -> Connection:
        return connect(self._admin_url, application_name=APPLICATION)

    def keep(self) -> None:
        """Not here: it would have to stay on a server that is not ours."""

    def disk_used(self) -> int:
        with explained("measure the database"):
            row = self._login.execute(
                "SELECT pg_catalog.pg_database_size(%s::name)", (self._name,)
            ).fetchone()
        assert row is not None
        return int(row[0])

    def kill(self) -> None:
        with explained("end the sessions of the rehearsal"):
            self._login.execute(_END_SESSIONS, (self._name,))


def _facts(login: Connection, url: ConnectionUrl) -> _Facts:
    with explained("ask the server about itself"):
        row = login.execute(_LOGIN).fetchone()
    assert row is not None
    version, major, superuser, creator, standby = row
    if standby:
        raise UsageError(
            f"{url} is a standby, on which nothing can be rehearsed.",
            hint="Give the URL of a primary that is there for nothing else.",
        )
    if not superuser and not creator:
        raise UsageError(
            f"The login of {url} may not make databases and roles.",
            hint="Give a superuser of a server that is there for nothing else, or "
            "`ALTER ROLE … CREATEDB CREATEROLE`.",
        )
    return _Facts(version.split()[0], major, superuser)


def _admin_url(url: ConnectionUrl, name: str, facts: _Facts) -> ConnectionUrl:
    allowed = {
        setting: value
        for setting, value in pins(facts.major).items()
        if facts.superuser or setting not in _OF_SUPERUSERS
    }
    return pinned(replace(url.with_database(name), options=""), allowed)


def _make(login: Connection, name: str, order: Order, facts: _Facts) -> str:
    """The role and the database; the answer is the role's password."""
    password = secrets.token_urlsafe(24)
    role = sql.Identifier(name)
    with explained("make a role and a database to rehearse in"):
        with login.transaction():
            login.execute(create_author(name, facts.major))
            login.execute(_password(login, name, password))
            for statement in author_settings(name, order.limits, facts.major):
                login.execute(statement)
            if facts.superuser:
                _limit(login, name, order)
            else:
                # Only whoever may act as a role can give it a database.
                login.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
            for other in given_roles(order):
                _make_missing(login, other, name)
        create = "CREATE DATABASE {} TEMPLATE template0 OWNER {}"
        login.execute(sql.SQL(create).format(role, role))
        login.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))
    return password


def _password(login: Connection, name: str, password: str) -> sql.Composed:
    """Set as what the server would store, so that its log does not tell it."""
    stored = login.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    return sql.SQL("ALTER ROLE {} PASSWORD {}").format(
        sql.Identifier(name), sql.Literal(stored.decode())
    )


def _limit(login: Connection, name: str, order: Order) -> None:
    settings = {"temp_file_limit": f"{max(order.limits.disk // 1024, 1)}kB", "log_temp_files": "0"}
    for setting, value in settings.items():
        login.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(name), sql.Identifier(setting), sql.Literal(value)
            )
        )


def _make_missing(login: Connection, role: str, name: str) -> None:
    there = login.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (role,)).fetchone()
    if there is None:
        login.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        comment = sql.SQL("COMMENT ON ROLE {} IS {}")
        login.execute(comment.format(sql.Identifier(role), sql.Literal(name)))


def _clear_up(
    login: Connection, url: ConnectionUrl, name: str, note: Callable[[str], None]
) -> None:
    """On a new connection if the first was lost: with it went the lock, and nothing else."""
    try:
        drop(login, url, name)
        # The session of a run that was killed just before this one began has ended by now.
        sweep(login, url, note)
    except PostgresError:
        if not login.closed:
            raise
        with connect(url, application_name=APPLICATION) as again:
            drop(again, url, name)
