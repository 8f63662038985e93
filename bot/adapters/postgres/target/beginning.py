"""What a rollout's session is like from its beginning: if we vanish, the server notices soon."""

import psycopg

from bot.adapters.postgres.piping import ask
from bot.adapters.postgres.target.part import Part
from bot.core.server import Pooling

# A statement goes on after its client has died, and keeps its locks, until somebody looks: every
# two seconds, and at a client that does not answer at all, after half a minute. Between two
# statements of a transaction there is never so long a pause, unless the client is gone.
_SETTINGS = {
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "10s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30s",
    # Since PostgreSQL 14. While a backup is taken we are idle, and hold the migration lock.
    "idle_session_timeout": "0",
    # The same, and not on every operating system.
    "client_connection_check_interval": "2s",
}
_ALL = "SELECT CASE WHEN pg_backend_pid() = $1::int THEN concat({}) END".format(
    ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items())
)


class Session(Part):
    """The session of a target. A transaction pooler would hand its settings on to others."""

    def begin(self) -> None:
        if self._all_at_once():
            taken = list(_SETTINGS)
        elif self._sessionless:
            return
        else:
            taken = [name for name in _SETTINGS if self._takes(name)]
        again = [f"SET {name} = '{_SETTINGS[name]}'" for name in taken]
        self._reset = "; ".join([self._reset, *again])

    def _all_at_once(self) -> bool:
        """One round trip, where no pooler stands before the server and it knows all settings."""
        told = self._connection.pgconn.backend_pid
        try:
            (answer,) = ask(self._connection, [(_ALL, (str(told),))])
        except psycopg.Error:
            return False
        if isinstance(answer, psycopg.Error):
            return False
        direct = answer[0][0] is not None and not self._url.pooled
        if direct:
            self._known_pooling = Pooling.NONE
        return direct

    def _takes(self, name: str) -> bool:
        try:
            values = name, _SETTINGS[name]
            self._connection.execute("SELECT set_config(%s, %s, false)", values)
        except psycopg.errors.DatabaseError:
            return False
        return True
