"""What must be true of a server before anything is written to it."""

from bot.core.server import ServerFacts
from bot.core.target import Target
from bot.errors import PostgresError

OLDEST_MAJOR = 13

# PostgreSQL's own code for a write that is refused for this: read_only_sql_transaction.
READ_ONLY = "25006"


def require_writable(facts: ServerFacts, target: Target) -> None:
    """Raises PostgresError if the server could not take a migration."""
    if facts.in_recovery:
        raise PostgresError(
            f"{target.name} is a standby: it cannot be written to.",
            hint=f"Let {target.url_env} name the primary, or add "
            "`target_session_attrs=read-write` to it.",
            sqlstate=READ_ONLY,
        )
    if facts.read_only:
        raise PostgresError(
            f"{target.name} accepts only reads (default_transaction_read_only is on).",
            hint=f"Use a role in {target.url_env} that may write, or switch the setting off.",
            sqlstate=READ_ONLY,
        )
    if facts.major < OLDEST_MAJOR:
        raise PostgresError(
            f"{target.name} runs PostgreSQL {facts.version}; {OLDEST_MAJOR} is the oldest that "
            "is known here.",
            hint="Upgrade the server before migrating it with this bot.",
        )
