"""One statement that runs alone: looked at, run, looked at again, until it is done.

Its intent is in the migration's row by then. So wherever this ends, the next run begins here, with
`state`: what is done is not done again, what is half done is mended first.
"""

from collections.abc import Callable

from bot.core.migrations.statement import Statement
from bot.errors import BotError, PostgresError
from bot.rollout.locks import DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE
from bot.rollout.outside.indexes import BuildIndex, DropIndex, RebuildIndexes
from bot.rollout.outside.outside import Outside, Repeated, State
from bot.rollout.outside.partitions import DetachPartition
from bot.rollout.reconnecting import was_lost
from bot.sql.actions import Reindex
from bot.sql.read import actions_of
from bot.world import Database

TRIES = 6

_UNIQUE_VIOLATION = "23505"
_NOT_SUPPORTED = "0A000"
_REPEATED = {"VACUUM", "ANALYZE", "CLUSTER", "REINDEX"}


def outside_of(statement: Statement, settings: tuple[str, ...] = ()) -> Outside | None:
    """How one sees of a statement that runs alone whether it was done; None where one cannot.

    `settings` are what the file has set for its session before: names are looked up as it does.
    """
    if statement.node == "IndexStmt":
        return BuildIndex(statement, settings)
    if statement.kind == "DROP INDEX":
        return DropIndex(statement, settings)
    if statement.node == "ReindexStmt" and _is_concurrent(statement):
        return RebuildIndexes(settings)
    if _detaches(statement):
        return DetachPartition(statement, settings)
    return Repeated() if statement.kind in _REPEATED else None


def see_through(
    outside: Outside, there: tuple[str, ...], run: Callable[[], None], database: Database
) -> None:
    """Run a statement unless it was done, and make sure that it is.

    Raises PostgresError if it fails; what can be taken back of it is, unless the connection was
    lost.
    """
    for attempt in range(1, TRIES + 1):
        if _settled(outside, there, database) is State.DONE:
            return
        try:
            run()
        except PostgresError as error:
            if was_lost(error):
                raise
            told = _explained(error, outside, there, database)
            _settled(outside, there, database)
            if attempt == TRIES or error.sqlstate not in (LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED):
                raise told from error
        else:
            if outside.state(database, there) is (
                State.UNTOUCHED if outside.repeatable else State.DONE
            ):
                return
    raise PostgresError(
        f"PostgreSQL ran it {TRIES} times without an error, and it is not done.",
        hint="Look at the server's log, and for another relation of the same name.",
    )


def is_untouched(outside: Outside, there: tuple[str, ...], database: Database) -> bool:
    """Whether nothing is left of it, for certain."""
    try:
        return outside.state(database, there) is State.UNTOUCHED
    except BotError:
        return False


def _settled(outside: Outside, there: tuple[str, ...], database: Database) -> State:
    """What is half done is mended first; HALF is what only running it again brings to its end."""
    if outside.state(database, there) is State.HALF:
        outside.mend(database, there)
    return outside.state(database, there)


def _explained(
    error: PostgresError, outside: Outside, there: tuple[str, ...], database: Database
) -> PostgresError:
    """The error with what helps against it here; the keys that are there twice are data, and are
    not shown."""
    hint = error.hint
    if error.sqlstate == _UNIQUE_VIOLATION and isinstance(outside, BuildIndex):
        half = outside.half_built(database, there)
        if half is not None:
            hint = f"Settle the rows that this finds: `{half.doubles}`."
    if error.sqlstate == _NOT_SUPPORTED and isinstance(outside, BuildIndex):
        hint = (
            "On a partitioned table: CREATE INDEX … ON ONLY the table, then CREATE INDEX "
            "CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION for each."
        )
    return PostgresError(error.message, hint=hint, sqlstate=error.sqlstate)


def _is_concurrent(statement: Statement) -> bool:
    return any(isinstance(each, Reindex) and each.concurrently for each in actions_of(statement))


def _detaches(statement: Statement) -> bool:
    commands = statement.tree.get("cmds", ()) if statement.node == "AlterTableStmt" else ()
    return any(each["AlterTableCmd"]["subtype"] == "AT_DetachPartition" for each in commands)
