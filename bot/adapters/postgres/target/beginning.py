"""What a rollout's session is like from its beginning: if we vanish, the server notices soon."""

import psycopg

from bot.adapters.postgres.target.part import Part

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


class Session(Part):
    """The session of a target. A transaction pooler would hand its settings on to others."""

    def begin(self) -> None:
        if self._sessionless:
            return
        taken = [
            f"SET {name} = '{value}'"
            for name, value in _SETTINGS.items()
            if self._takes(name, value)
        ]
        self._reset = "; ".join([self._reset, *taken])

    def _takes(self, name: str, value: str) -> bool:
        try:
            self._connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        except psycopg.errors.DatabaseError:
            return False
        return True
