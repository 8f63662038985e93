"""Two ways from one schema, run on a throw-away server by a role that owns nothing else there."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Timer

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.server import Server, start_server
from bot.adapters.postgres.tools import Installation, best_for_server
from bot.core.rollouts.trial import Comparison, Run, Trial
from bot.core.schemas.schema import Snapshot, differences
from bot.errors import PostgresError

ROLE = "author"
BEFORE, ORIGINAL, REWRITTEN = "before", "original", "rewritten"
# No statement of a schema change on empty tables takes this long.
STATEMENT_SECONDS = 60
MOST_SECONDS = 600.0

Scratch = Callable[[Installation], AbstractContextManager[Server]]


def compare(
    trial: Trial,
    *,
    postgres: int,
    environ: Mapping[str, str] = os.environ,
    scratch: Scratch = start_server,
) -> Comparison:
    """Run both ways and compare the schemas they end in.

    Raises PostgresError if there is no server to do it on.
    """
    installation = best_for_server(postgres, environ)
    with scratch(installation) as server:
        _prepare(server)
        name = f"PostgreSQL {server.version}"
        refused = _run(server, BEFORE, trial.before)
        if refused:
            return Comparison(name, before_refused=refused)
        _copy(server, ORIGINAL)
        _copy(server, REWRITTEN)
        refused = _run(server, ORIGINAL, trial.original)
        if refused:
            return Comparison(name, original_refused=refused)
        refused = _run(server, REWRITTEN, trial.rewritten)
        if refused:
            return Comparison(name, rewritten_refused=refused)
        found = differences(_schema(server, ORIGINAL), _schema(server, REWRITTEN))
        return Comparison(name, differences=found.lines)


def _prepare(server: Server) -> None:
    with _administer(server) as connection, explained("prepare the throw-away server"):
        connection.execute(f"CREATE ROLE {ROLE} LOGIN".encode())
        connection.execute(
            f"ALTER ROLE {ROLE} SET statement_timeout = '{STATEMENT_SECONDS}s'".encode()
        )
        # By default every role may connect to this one, and make temporary tables in it.
        connection.execute(b"REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        connection.execute(f"CREATE DATABASE {BEFORE} TEMPLATE template0 OWNER {ROLE}".encode())


def _copy(server: Server, name: str) -> None:
    with _administer(server) as connection, explained("copy the schema"):
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {BEFORE} OWNER {ROLE}".encode())


def _administer(server: Server) -> Connection:
    return connect(server.url(), application_name="migration-bot/fix")


def _run(server: Server, database: str, runs: Sequence[Run]) -> str | None:
    """Why the server refused one of them, with the migration it is of; None if it did not."""
    url = server.url(database, user=ROLE)
    with (
        connect(url, application_name="migration-bot/fix") as connection,
        _ended_after(MOST_SECONDS, connection),
    ):
        for run in runs:
            try:
                with explained(f"run {run.migration}"):
                    _one(connection, run)
            except PostgresError as error:
                return error.message
    return None


@contextmanager
def _ended_after(seconds: float, connection: Connection) -> Iterator[None]:
    """Cancel what still runs then: a migration may have switched its own timeout off."""
    timer = Timer(seconds, connection.cancel)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _one(connection: Connection, run: Run) -> None:
    if run.transactional:
        with connection.transaction():
            for statement in run.statements:
                connection.execute(statement.encode("utf-8"))
    else:
        connection.execute(run.statements[0].encode("utf-8"))


def _schema(server: Server, database: str) -> Snapshot:
    with connect(server.url(database), application_name="migration-bot/fix") as connection:
        return snapshot(connection)
