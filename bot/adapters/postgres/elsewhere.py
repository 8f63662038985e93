"""A session on a target's server that is in another database than the target's."""

from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.target.settings import set_by_hand
from bot.core.targets.url import ConnectionUrl
from bot.errors import PostgresError

# Where a session can be that is not in the target's database, by preference.
ELSEWHERE = ("postgres", "template1", "defaultdb")
# What a role or a database has set for others must not end it half-way.
PATIENT = {"statement_timeout": "0", "lock_timeout": "0"}


def open_elsewhere(url: ConnectionUrl, name: str) -> Connection:
    """To another database of the server; to the target's own where no other lets us in. Raises
    PostgresError if nothing can be had."""
    refused: PostgresError | None = None
    for database in (*(each for each in ELSEWHERE if each != url.database), url.database):
        try:
            connection = connect(
                url.with_database(database), application_name=name, settings=PATIENT
            )
        except PostgresError as error:
            refused = refused or error
        else:
            connection.prepare_threshold = None
            set_by_hand(connection)
            return connection
    assert refused is not None
    raise refused
