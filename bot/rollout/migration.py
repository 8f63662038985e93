"""Applying one migration: in one transaction with its row if that is possible, else in segments."""

from bot.core.outcome import AppliedResult
from bot.core.review import JudgedMigration
from bot.core.statement import Statement
from bot.core.target import Target
from bot.errors import BotError, PostgresError
from bot.rollout.locks import with_retries
from bot.rollout.segments import Segment, segments_of
from bot.world import Database, World


def apply_migration(
    judged: JudgedMigration, database: Database, target: Target, world: World
) -> AppliedResult:
    """Run a migration and record it as Prisma would.

    Raises PostgresError that names the migration and the line, and says what is left behind.
    """
    name = judged.migration.name
    segments = segments_of(judged)
    started = world.now()
    with world.console.waiting(f"applying {name}"):
        if len(segments) <= 1 and all(each.transactional for each in segments):
            attempts = _whole(judged, segments, database, target, world)
        else:
            attempts = _in_segments(judged, segments, database, target, world)
    return AppliedResult(name, (world.now() - started).total_seconds(), attempts)


def _whole(
    judged: JudgedMigration,
    segments: tuple[Segment, ...],
    database: Database,
    target: Target,
    world: World,
) -> int:
    """One transaction carries the statements and the row: a failure or a kill leaves nothing."""

    def attempt() -> None:
        with database.transaction():
            for segment in segments:
                _run(judged, segment.statements, database)
            database.record_applied(judged.migration)

    return with_retries(attempt, judged.migration.name, target, world)


def _in_segments(
    judged: JudgedMigration,
    segments: tuple[Segment, ...],
    database: Database,
    target: Target,
    world: World,
) -> int:
    """Each segment by itself. The started row keeps everybody else out meanwhile (P3009)."""
    id = database.record_started(judged.migration)
    attempts = 1
    for done, segment in enumerate(segments):
        try:
            if segment.transactional:
                attempts = max(
                    attempts, _together(id, done, judged, segment, database, target, world)
                )
            else:
                _alone(judged, segment.statements[0], database)
                database.record_step(id, done + 1)
        except PostgresError as error:
            raise _stopped(id, done, segments, judged, database, error) from error
        except KeyboardInterrupt:
            _interrupted(id, done, segments, database)
            raise
    database.record_finished(id)
    return attempts


def _together(
    id: str,
    done: int,
    judged: JudgedMigration,
    segment: Segment,
    database: Database,
    target: Target,
    world: World,
) -> int:
    def attempt() -> None:
        with database.transaction():
            _run(judged, segment.statements, database)
            database.record_step(id, done + 1)

    return with_retries(attempt, judged.migration.name, target, world)


def _alone(judged: JudgedMigration, statement: Statement, database: Database) -> None:
    """Run what PostgreSQL wants outside a transaction, and clean up after it if it fails."""
    before = database.invalid_indexes()
    with database.without_prisma_lock(), database.untimed():
        try:
            _run(judged, (statement,), database)
        except (PostgresError, KeyboardInterrupt):
            for index in sorted(database.invalid_indexes() - before):
                database.execute(f"DROP INDEX CONCURRENTLY {index}")
            raise
    left = database.invalid_indexes() - before
    if left:
        raise PostgresError(
            f"{judged.migration.name} left an index that PostgreSQL does not use: "
            f"{', '.join(sorted(left))}.",
            hint="Drop it with DROP INDEX CONCURRENTLY, mend the cause, and run it again.",
        )


def _run(judged: JudgedMigration, statements: tuple[Statement, ...], database: Database) -> None:
    for statement in statements:
        try:
            database.execute(statement.sql)
        except PostgresError as error:
            place = f"{judged.migration.name}, line {statement.start.line}"
            raise PostgresError(
                f"{place}: {error.message}", hint=error.hint, sqlstate=error.sqlstate
            ) from error


def _interrupted(id: str, done: int, segments: tuple[Segment, ...], database: Database) -> None:
    """Nothing is left of what had not begun; a part that stays is a failed migration."""
    if done == 0:
        database.forget(id)
    else:
        line = segments[done].statements[0].start.line
        database.record_failed(id, f"Interrupted; everything before line {line} is applied.")


def _stopped(
    id: str,
    done: int,
    segments: tuple[Segment, ...],
    judged: JudgedMigration,
    database: Database,
    error: PostgresError,
) -> BotError:
    """What the reader must know when a migration stopped between its segments."""
    name = judged.migration.name
    if done == 0:
        database.forget(id)
        return PostgresError(
            f"{error.message} Nothing of {name} was kept.",
            hint=error.hint,
            sqlstate=error.sqlstate,
        )
    database.record_failed(id, error.message)
    line = segments[done].statements[0].start.line
    return PostgresError(
        f"{error.message} Everything before line {line} of {name} is applied and stays.",
        hint=f"{error.hint} Then finish the rest by hand and mark it with "
        f"`prisma migrate resolve --applied {name}`, or undo the first part and mark it "
        f"`--rolled-back {name}`.",
        sqlstate=error.sqlstate,
    )
