"""What a rollout's session is like from its beginning: if we vanish, the server notices soon."""

import psycopg

from bot.adapters.postgres.target.part import Part
from bot.adapters.postgres.target.pooling import pooling_of

# A statement goes on after its client has died, and keeps its locks, until somebody looks: every
# two seconds, and at a client that does not answer at all, after half a minute. Between two
# statements of a transaction there is never so long a pause, unless the client is gone.
_SETTINGS = {
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "10s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30s",
    # Since PostgreSQL 14, and not on every operating system.
    "client_connection_check_interval": "2s",
}

_ALL = "SELECT pg_backend_pid(), " + ", ".join(
    f"CASE WHEN pg_backend_pid() = %(told)s THEN set_config('{name}', %({name})s, false) END"
    for name in _SETTINGS
)


class Session(Part):
    """The session of a target. A transaction pooler would hand its settings on to others."""

    def begin(self) -> None:
        """In one round trip, where the server knows all of them and no pooler stands before it."""
        taken = list(_SETTINGS) if self._takes_all() else []
        if not taken and not self._sessionless:
            taken = [name for name, value in _SETTINGS.items() if self._takes(name, value)]
        self._reset = "; ".join(
            [self._reset, *(f"SET {name} = '{_SETTINGS[name]}'" for name in taken)]
        )

    def _takes_all(self) -> bool:
        """Sets them if the process is the one that we were told of when we connected: a pooler
        tells of none of its own."""
        told = self._connection.info.backend_pid
        try:
            row = self._connection.execute(_ALL, {**_SETTINGS, "told": told}).fetchone()
        except psycopg.errors.DatabaseError:
            return False
        assert row is not None
        self._known_pooling = pooling_of(self._connection, self._url, seen=row[0])
        return not self._sessionless and bool(row[0] == told)

    def _takes(self, name: str, value: str) -> bool:
        try:
            self._connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        except psycopg.errors.DatabaseError:
            return False
        return True
