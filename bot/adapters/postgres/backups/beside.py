"""Other people's dumps of the same database: no second one is begun beside them.

A dump holds a lock on every table until it ends. A migration would wait for it, and two dumps at
once are what a server feels.
"""

import time

from bot.adapters.postgres.connection import Connection
from bot.errors import BackupError

# One that belonged to a run of ours that was killed has gone by then.
PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.25

_DUMPS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'pg_dump' ORDER BY pid LIMIT 1
"""


def require_alone(connection: Connection, *, patience: float = PATIENCE_SECONDS) -> None:
    """Raises BackupError as long as a pg_dump reads this database."""
    deadline = time.monotonic() + patience
    while (row := connection.execute(_DUMPS).fetchone()) is not None:
        if time.monotonic() >= deadline:
            raise BackupError(
                f"A pg_dump reads this database already (process {row[0]} of the server).",
                hint="Wait until it has ended: a migration would have to wait for its locks.",
            )
        time.sleep(_PAUSE_SECONDS)
