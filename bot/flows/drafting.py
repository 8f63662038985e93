"""A down.sql for a migration of the history: drafted, and tried on a throw-away server."""

from difflib import get_close_matches

from bot.core.migrations.history import History
from bot.core.migrations.migration import Migration
from bot.core.rehearsals.rehearsal_order import PUBLIC
from bot.core.rollouts.rollback_class import (
    changed_by,
    fault_of,
    lost_by,
    unknown_of,
    writes_rows,
)
from bot.core.schemas.drafted_down import DraftedDown
from bot.errors import PostgresError, UsageError
from bot.flows.reviewing.history import history_of
from bot.flows.reviewing.rehearsal_order import schema_order
from bot.flows.reviewing.review import cut_named
from bot.world import World

_NO_SERVER = "Install PostgreSQL, or set MIGRATION_BOT_REHEARSAL_URL to a server that may be used."


def drafted_down(name: str, world: World) -> DraftedDown:
    """What would take it back, from the history up to before it and up to it.

    Raises UsageError for a name that is none of the history, PostgresError where it cannot be
    tried.
    """
    history = history_of(world)
    migration = _named(name, history)
    order = schema_order(
        _before(migration, history),
        [migration],
        world.settings,
        postgres=world.settings.postgres,
        schema=PUBLIC,
    )
    if world.downs is None:
        raise PostgresError("There is no PostgreSQL here to try a draft on.", hint=_NO_SERVER)
    with world.console.waiting(f"drafting what takes {migration.name} back, and running it"):
        tried = world.downs.tried_back(order, world.console.say)
    draft, proof = tried.drafts.get(migration.name), tried.proofs.get(migration.name)
    if draft is None or proof is None:
        why = tried.expected.problem or "nobody has drafted it"
        raise PostgresError(
            f"What takes {migration.name} back could not be drafted: {why.rstrip('.')}.",
            hint="Run `migration-bot rehearse --all` to see how far the history can be run.",
        )
    judged = cut_named([migration.name], history, world)[0]
    return DraftedDown(
        migration,
        draft,
        proof,
        postgres=tried.expected.major,
        fault=fault_of(proof),
        writes_rows=writes_rows(judged),
        lost=lost_by(judged),
        changed=changed_by(judged),
        unknown=unknown_of(judged),
    )


def _named(name: str, history: History) -> Migration:
    """By its name, or as much of it as no other has."""
    names = [each.name for each in history.migrations]
    found = [each for each in history.migrations if each.name == name]
    found = found or [each for each in history.migrations if name and name in each.name]
    if len(found) == 1:
        return found[0]
    near = get_close_matches(name, names, n=3) if not found else [each.name for each in found[:3]]
    listed = f" Did you mean {', '.join(near)}?" if near else ""
    said = "more than one migration" if found else "no migration"
    raise UsageError(
        f"{name} is the name of {said} in {history.folder}.",
        hint=f"Name a folder of it.{listed}",
    )


def _before(migration: Migration, history: History) -> list[Migration]:
    place = history.migrations.index(migration)
    return list(history.migrations[:place])
