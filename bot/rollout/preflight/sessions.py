"""Sessions and transactions of others that a rollout would wait for, or crowd."""

from collections.abc import Sequence

from bot.core.findings.review import JudgedMigration
from bot.core.targets.server import OpenTransaction, ServerFacts
from bot.core.targets.target import Target
from bot.core.targets.url import inside
from bot.errors import PostgresError
from bot.rollout.preflight.notes import Tell

# So few connections left are the application's to lose.
FEW_CONNECTIONS = 3
_MOST_NAMED = 3


def look_at_sessions(
    facts: ServerFacts, judged: Sequence[JudgedMigration], target: Target, note: Tell
) -> None:
    """Names what is in the way; it may be gone when its turn comes. Raises PostgresError for a
    prepared transaction that is: nobody is there to end it."""
    concurrent = any(_concurrent(each) for each in judged)
    _require_unprepared(facts, judged, target, note, concurrent=concurrent)
    if facts.open:
        waits = " that CONCURRENTLY has to wait for" if concurrent else ""
        note(f"{target.name} has transactions open for long{waits}: {_named(facts.open)}")
    if concurrent and not facts.rights.see_everybody:
        note(
            f"the role {facts.role} does not see other sessions' transactions, which CONCURRENTLY "
            f"waits for; `GRANT pg_read_all_stats TO {facts.role}` lets it"
        )
    left = facts.connections_left
    if left is not None and left <= FEW_CONNECTIONS:
        note(f"{target.name} has {max(left, 0)} connections left for everybody (max_connections)")


def _require_unprepared(
    facts: ServerFacts,
    judged: Sequence[JudgedMigration],
    target: Target,
    note: Tell,
    *,
    concurrent: bool,
) -> None:
    touched = {
        inside(lock.relation, facts.schema)
        for migration in judged
        for each in migration.statements
        for lock in each.effects.locks
        if not lock.new
    }
    blocking = [each for each in facts.prepared if concurrent or touched & set(each.relations)]
    if blocking:
        names = ", ".join(f"`ROLLBACK PREPARED '{each.name}'`" for each in blocking)
        raise PostgresError(
            f"{target.name} has prepared transactions that the migrations would wait for, and no "
            f"session holds them: {_named(blocking)}. Nothing was changed.",
            hint=f"Ask whoever coordinates them, then end them with COMMIT PREPARED or {names}.",
        )
    if facts.prepared:
        note(
            f"{target.name} has prepared transactions, which hold back VACUUM: "
            f"{_named(facts.prepared)}"
        )


def _named(transactions: Sequence[OpenTransaction]) -> str:
    said = "; ".join(each.words for each in transactions[:_MOST_NAMED])
    more = len(transactions) - _MOST_NAMED
    return f"{said}; and {more} more" if more > 0 else said


def _concurrent(judged: JudgedMigration) -> bool:
    """Whether PostgreSQL waits, somewhere in it, for every transaction that is open."""
    return any(
        not each.effects.transactional and "CONCURRENTLY" in each.statement.sql.upper()
        for each in judged.statements
    )
