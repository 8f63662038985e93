"""What must be true of a server before anything is written to it.

First what holds for every rollout, then what these migrations ask for. Each part decides from
facts that were gathered at once; what it does not stop for it says, and the outcome keeps it.
"""

from collections.abc import Sequence

from bot.core.findings.review import JudgedMigration
from bot.core.settings import NEWEST_POSTGRES, OLDEST_POSTGRES
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.rollout.preflight.identity import require_identity
from bot.rollout.preflight.notes import Tell
from bot.rollout.preflight.pooler import require_session
from bot.rollout.preflight.reading import require_same_reading
from bot.rollout.preflight.replicas import wait_for_replicas
from bot.rollout.preflight.rights import altered_by, require_rights
from bot.rollout.preflight.room import require_room, rewritten_by
from bot.rollout.preflight.sessions import look_at_sessions
from bot.rollout.telling.telling import Telling
from bot.world import Database

# PostgreSQL's own code for a write that is refused for this: read_only_sql_transaction.
READ_ONLY = "25006"


def require_ready(facts: ServerFacts, target: Target) -> None:
    """Raises PostgresError if the server could take no migration at all, HistoryError if it is not
    the target's."""
    _require_writable(facts, target)
    _require_every_row(facts, target)
    require_identity(facts, target)


def require_fit(
    facts: ServerFacts,
    judged: Sequence[JudgedMigration],
    database: Database,
    telling: Telling,
    note: Tell,
) -> None:
    """Raises PostgresError if these migrations would fail, or do harm, as the server is now.

    Waits for replicas that are behind, as long as the target allows.
    """
    target = telling.target
    if facts.major > NEWEST_POSTGRES:
        note(
            f"{target.name} runs PostgreSQL {facts.version}; {NEWEST_POSTGRES} is the newest that "
            "is known here, and locks are judged as it takes them"
        )
    require_same_reading(facts, judged, target)
    require_session(facts, judged, target)
    altered, rewritten = altered_by(judged), rewritten_by(judged)
    names = sorted({*altered, *rewritten})
    tables = database.tables(names, sized=bool(rewritten)) if names else {}
    require_rights(facts, judged, tables, target)
    look_at_sessions(facts, judged, target, note)
    require_room(facts, rewritten, tables, target, note)
    wait_for_replicas(database, telling)


def _require_writable(facts: ServerFacts, target: Target) -> None:
    if facts.in_recovery:
        raise PostgresError(
            f"{target.name} is a standby: it cannot be written to.",
            hint=f"Let {target.url_env} name the primary.",
            sqlstate=READ_ONLY,
        )
    if facts.read_only:
        raise PostgresError(
            f"{target.name} accepts only reads (default_transaction_read_only is on).",
            hint=f"Use a role in {target.url_env} that may write, or switch the setting off.",
            sqlstate=READ_ONLY,
        )
    if facts.major < OLDEST_POSTGRES:
        raise PostgresError(
            f"{target.name} runs PostgreSQL {facts.version}; {OLDEST_POSTGRES} is the oldest that "
            "is known here.",
            hint="Upgrade the server before migrating it with this bot.",
        )


def _require_every_row(facts: ServerFacts, target: Target) -> None:
    """What was applied and cannot be seen would be applied once more."""
    if not facts.rights.every_row:
        raise PostgresError(
            f"{target.name}: row level security may keep rows of _prisma_migrations from the role "
            f"{facts.role}. Nothing was changed.",
            hint="Switch it off for this table (`ALTER TABLE _prisma_migrations DISABLE ROW LEVEL "
            f"SECURITY`), let {target.url_env} name the table's owner, or give the role BYPASSRLS.",
            sqlstate="42501",
        )
