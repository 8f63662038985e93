"""Where a rehearsal happens: one database, the role that owns it, and a way to look on."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from bot.adapters.postgres.connection import Connection
from bot.core.rehearsals.rehearsal import RehearsalServer
from bot.core.targets.url import ConnectionUrl

# What the pull request's SQL runs as: the owner of its database, and nothing else.
ROLE = "author"
# What our connections are called; the pull request's SQL may call itself so too.
APPLICATION = "migration-bot/rehearsal"

# A connection of the superuser goes by these, whatever the pull request's SQL has written into the
# database's own settings: a search_path of its choice would let it run code as the superuser.
PINNED = {
    "search_path": "pg_catalog, pg_temp",
    "session_replication_role": "origin",
    "default_transaction_read_only": "off",
    "default_transaction_isolation": "read committed",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    # These change how definitions are printed.
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "row_security": "off",
    "jit": "off",
    "client_min_messages": "warning",
    # A library that is not there would keep even the superuser out.
    "local_preload_libraries": "",
    "role": "none",
}


class Place(Protocol):
    """A server of our own, or one that was given. Every method raises PostgresError.

    `cached` says how many migrations of the base are in the database already. `role` is what ROLE
    is called here: on a server that was given it has a name that nobody else has.
    """

    @property
    def role(self) -> str: ...
    @property
    def server(self) -> RehearsalServer: ...
    @property
    def cached(self) -> int: ...
    @property
    def author_url(self) -> ConnectionUrl:
        """How programs connect as ROLE."""

    def author(self) -> Connection:
        """A new connection of ROLE, in autocommit, to the database that is rehearsed in."""

    def admin(self) -> Connection:
        """A new connection of the superuser to the same database, with the PINNED settings."""

    def keep(self) -> None:
        """Let the next rehearsal start from what the database holds now, if that can be done.

        Nobody else is connected meanwhile.
        """

    def disk_used(self) -> int:
        """Bytes that the server takes on disk."""

    def kill(self) -> None:
        """End the server at once; on a server that was given, every session of ROLE."""


def pins(major: int) -> Mapping[str, str]:
    """PINNED, with what only newer servers know."""
    return {**PINNED, "transaction_timeout": "0"} if major >= 17 else PINNED


def pinned(url: ConnectionUrl, settings: Mapping[str, str] = PINNED) -> ConnectionUrl:
    """A URL whose connections begin with these settings, before any of the database's own."""
    options = " ".join(f"-c {name}={_escaped(value)}" for name, value in settings.items())
    return replace(url, options=f"{url.options} {options}".strip())


def _escaped(value: str) -> str:
    return re.sub(r"([\\\s])", r"\\\1", value)
