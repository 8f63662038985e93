"""Whether the database is the one that the target means.

Two things can say so: what the configuration pins, and the mark that the first rollout left in the
database itself. A mark goes along where the database goes: with a dump it comes to a database of
another identity, where it is stale; with a physical copy (a snapshot, a branch) it comes to one
that only its host tells from the first.
"""

from collections.abc import Iterator

from bot.core.targets.identity import Identity, Mark, marked, read_mark
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Kind, Target
from bot.errors import BotError, HistoryError, PostgresError
from bot.rollout.preflight.notes import Tell
from bot.world import Database, World


def require_identity(facts: ServerFacts, target: Target) -> None:
    """Raises HistoryError if it is another database than the target's."""
    _require_pinned(facts, target)
    mark = read_mark(facts.comment)
    if mark is not None and _is_anothers(mark, facts, target):
        raise _anothers(mark, facts.identity, target)


def _require_pinned(facts: ServerFacts, target: Target) -> None:
    wrong = target.identity.mismatches(facts.identity)
    if wrong:
        said = "; ".join(
            f"its {key} is {there or 'not known'}, not {pinned}" for key, pinned, there in wrong
        )
        raise HistoryError(
            f"{target.name} is not the database that the configuration pins: {said}. "
            "Nothing was changed.",
            hint=f"Correct {target.url_env}. If the database was replaced, pin what "
            f"`migration-bot identity {target.name}` shows.",
        )


def mark_to_leave(facts: ServerFacts, target: Target, world: World, note: Tell) -> str | None:
    """The mark that is to be written before the first migration; None if there is none to write.

    Other people's text is never written over. Raises HistoryError if another target's URL leads to
    the same database: that is asked for once, and from then on the mark says it.
    """
    found, mark = facts.identity, read_mark(facts.comment)
    if mark is not None and mark.identity.is_same(found) and mark.target == target.name:
        return None
    if facts.comment and mark is None:
        note("_prisma_migrations has somebody else's comment, so the database is not marked")
        return None
    if facts.rights.history is not None and not facts.owns_table:
        note(f"_prisma_migrations does not belong to {facts.role}, so the database is not marked")
        return None
    if mark is not None:
        note(f"the mark of {mark.target} came with a copy; {target.name} takes its place")
    _require_distinct(facts, target, world, note)
    return marked(target.name, found)


def leave_mark(text: str | None, facts: ServerFacts, database: Database, note: Tell) -> None:
    """Make the migrations table with the mark on it, or write it on the one that is there."""
    database.create_table(text)
    if facts.rights.history is not None:
        write_mark(text, database, note)


def write_mark(text: str | None, database: Database, note: Tell) -> None:
    """On the migrations table that is there, if there is one; it is not worth a failure."""
    if text is None:
        return
    try:
        database.mark(text)
    except PostgresError as error:
        note(f"the database could not be marked: {error.message}")


def claim(facts: ServerFacts, database: Database, target: Target) -> str:
    """Mark the database as this target's, whatever mark it has; returns the mark.

    Raises HistoryError if the configuration pins another database, there is nothing to mark, or
    somebody else's text is in its place.
    """
    _require_pinned(facts, target)
    if facts.rights.history is None:
        raise HistoryError(
            f"{target.name} has no migrations table yet, and so no place for a mark.",
            hint=f"The first `migration-bot apply {target.name}` makes both.",
        )
    if facts.comment and read_mark(facts.comment) is None:
        raise HistoryError(
            f"_prisma_migrations of {target.name} has a comment that is not a mark.",
            hint="Run `COMMENT ON TABLE _prisma_migrations IS NULL` first if nobody needs it, or "
            "pin the identity in the configuration alone.",
        )
    text = marked(target.name, facts.identity)
    database.mark(text)
    return text


def _require_distinct(facts: ServerFacts, target: Target, world: World, note: Tell) -> None:
    if target.identity.host:
        return
    for other, identity in _others(target, world, note):
        if identity.schema != facts.identity.schema or not identity.is_same(facts.identity):
            continue
        if other.kind is Kind.DEVELOPMENT:
            # Usual in a job: DATABASE_URL is what the application itself connects by.
            note(f"{other.url_env}, of {other.name}, leads to {target.name} too")
        else:
            raise HistoryError(
                f"{target.name} and {other.name} are the same database, or one is a physical copy "
                f"of the other: {target.url_env} and {other.url_env}. Nothing was changed.",
                hint="Correct the one that is wrong. If one is a copy of its own, pin its host: "
                f"`migration-bot identity {target.name}` shows how.",
            )


def _others(target: Target, world: World, note: Tell) -> Iterator[tuple[Target, Identity]]:
    for other in world.settings.targets.values():
        if other.name == target.name or other.fleet or not other.is_set(world.environ):
            continue
        try:
            with world.connect(other) as database:
                yield other, database.facts().identity
        except BotError as error:
            note(f"{other.name} could not be compared with {target.name}: {error.message}")


def _is_anothers(mark: Mark, facts: ServerFacts, target: Target) -> bool:
    if mark.target == target.name or not mark.identity.is_same(facts.identity):
        return False
    # A pinned host, which was just found to be right, tells a copy from what it is a copy of.
    return not target.identity.host


def _anothers(mark: Mark, found: Identity, target: Target) -> HistoryError:
    who = f"{target.name} is given the database of {mark.target}, as the mark in it says"
    if mark.identity.host != found.host:
        who += f", or a physical copy of it ({mark.identity.host} is at {found.host} here)"
    return HistoryError(
        f"{who}. Nothing was changed.",
        hint=f"Correct {target.url_env}. If it is a copy that is {target.name} now, or the target "
        f"was renamed, say so with `migration-bot identity {target.name} --claim`.",
    )
