"""What a rollout's session is like from its beginning: if we vanish, the server notices soon."""

import psycopg

from bot.adapters.postgres.connection import Connection

# A statement goes on after its client has died, and keeps its locks, until somebody looks: every
# two seconds, and at a client that does not answer at all, after half a minute. Between two
# statements of a transaction there is never so long a pause, unless the client is gone.
SETTINGS = {
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


def set_by_hand(connection: Connection) -> tuple[str, ...]:
    """Set what the server takes, where it could not be given at the start; returns what sets it
    once more after RESET ALL."""
    taken = [name for name, value in SETTINGS.items() if _takes(connection, name, value)]
    return tuple(f"SET {name} = '{SETTINGS[name]}'" for name in taken)


def _takes(connection: Connection, name: str, value: str) -> bool:
    try:
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    except psycopg.errors.DatabaseError:
        return False
    return True
