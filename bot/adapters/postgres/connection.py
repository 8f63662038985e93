"""Connections to PostgreSQL, and one translation of everything that can go wrong with them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from bot.adapters.postgres.advice import NETWORK_LOST, hint_for, refusal_of, without_values
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import PostgresError

Connection = psycopg.Connection[Any]

# Seconds; a server that has vanished is given up after half a minute. The last is milliseconds.
_KEEPALIVE = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_A_DAY = 86_400
_NOT_SUPPORTED = "0A000"


def connect(
    url: ConnectionUrl | str,
    *,
    application_name: str,
    autocommit: bool = True,
    read_only: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Connection:
    """Open a connection as the URL says, its session with these settings. A failure is a
    PostgresError with no secret in it."""
    parsed = parse_url(url) if isinstance(url, str) else url
    parameters: dict[str, Any] = {**parsed.conninfo(), **_KEEPALIVE}
    parameters["application_name"] = application_name
    # Said, so that PGHOSTADDR is not read: a host would be one in the URL, and another in fact.
    parameters["hostaddr"] = ""
    # What is sent is UTF-8, whatever the database stores: the server converts it, as for Prisma.
    parameters["client_encoding"] = "UTF8"
    # psycopg would take 0 to mean 130 seconds.
    parameters["connect_timeout"] = parsed.connect_timeout or _A_DAY
    # At the start and not by SET, which a pooler would hand on to the next client.
    given = dict(settings or {})
    if read_only and not parsed.pooled:
        given["default_transaction_read_only"] = "on"
    if given:
        options = [parsed.options, *(f"-c {name}={value}" for name, value in given.items())]
        parameters["options"] = " ".join(filter(None, options))
    try:
        connection: Connection = psycopg.connect(autocommit=autocommit, **parameters)
    except (psycopg.Error, UnicodeError) as error:
        raise _refused(parsed, str(error)) from None
    if read_only:
        connection.read_only = True
    return connection


class NotCarried(psycopg.NotSupportedError):
    """What we do not take part in, whatever the server would do."""


@contextmanager
def explained(action: str) -> Iterator[None]:
    """Turn the driver's errors into ours; `action` completes "PostgreSQL did not let me …"."""
    try:
        yield
    except psycopg.Error as error:
        # The cause would carry DETAIL, and with it values from rows, into every traceback.
        raise explain(error, action) from None


def explain(error: psycopg.Error, action: str) -> PostgresError:
    """The server's primary message without its details, and what helps."""
    primary = error.diag.message_primary
    if primary is None and not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        # The driver's own refusal; the connection is as good as it was.
        return PostgresError(
            f"I could not {action}: {str(error).rstrip('.')}.",
            hint="Write it as a statement that gives and takes no rows of its own, such as INSERT.",
            sqlstate=_NOT_SUPPORTED,
        )
    if primary is None:
        return PostgresError(
            f"The connection to PostgreSQL was lost while I tried to {action}.",
            hint=hint_for(NETWORK_LOST),
            sqlstate=NETWORK_LOST,
        )
    said = without_values(primary, error.sqlstate).rstrip(".")
    return PostgresError(
        f"PostgreSQL did not let me {action}: {said}.",
        hint=hint_for(error.sqlstate),
        sqlstate=error.sqlstate,
    )


def _refused(url: ConnectionUrl, text: str) -> PostgresError:
    refusal = refusal_of(text)
    return PostgresError(
        f"I could not connect to {url.redacted}: {refusal.words}.",
        hint=refusal.hint or hint_for(refusal.sqlstate),
        sqlstate=refusal.sqlstate,
    )
