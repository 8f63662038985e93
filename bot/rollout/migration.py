"""Applying one migration: in one transaction with its row if that is possible, else in segments.

Whatever ends the work, at whatever line, the row tells the next run where to go on: each segment is
committed together with the checkpoint that counts it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from bot.core.checkpoint import Checkpoint, Intent, Last, Note, Record, Step, Whole
from bot.core.migration import AppliedMigration
from bot.core.progress import AppliedResult
from bot.core.review import JudgedMigration
from bot.core.statement import Statement
from bot.core.target import Target
from bot.errors import PostgresError
from bot.rollout.locks import needs_of, with_locks
from bot.rollout.recovery import checkpoint_of, require_unchanged
from bot.rollout.segments import Segment, segments_of
from bot.rollout.steps import Steps
from bot.rollout.telling import Telling
from bot.world import Database, World


def apply_migration(
    judged: JudgedMigration,
    database: Database,
    target: Target,
    world: World,
    begun: AppliedMigration | None = None,
    steps: Steps | None = None,
) -> AppliedResult:
    """Run a migration and record it as Prisma would; `begun` is its row, if an earlier run did not
    finish it.

    Raises PostgresError that names the migration and the line, and says what is left behind.
    """
    segments = segments_of(judged)
    steps = steps or Steps(Telling(target, world))
    work = _Work(judged, segments, database, target, world, steps)
    started = world.now()
    atomic = len(segments) <= 1 and all(each.transactional for each in segments)
    if atomic and begun is None:
        work.at_once()
    else:
        work.in_segments(begun)
    seconds = (world.now() - started).total_seconds()
    return AppliedResult(work.name, seconds, max(work.attempts), steps.timings())


@dataclass
class _Work:
    """One migration on one target. `attempts` counts how often each transaction was begun."""

    judged: JudgedMigration
    segments: tuple[Segment, ...]
    database: Database
    target: Target
    world: World
    steps: Steps
    attempts: list[int] = field(default_factory=lambda: [1])

    @property
    def name(self) -> str:
        return self.judged.migration.name

    def at_once(self) -> None:
        """One transaction carries the statements and the row: a failure or a kill leaves nothing.

        The id of the row is chosen before, so that a COMMIT without an answer can be looked up.
        """
        statements = [each for segment in self.segments for each in segment.statements]
        self._together(statements, Whole(str(uuid4()), self.judged.migration))

    def in_segments(self, begun: AppliedMigration | None) -> None:
        """Each segment by itself. The started row keeps everybody else out meanwhile (P3009)."""
        at = self._begin(begun)
        for segment in self.segments[at.checkpoint.steps :]:
            try:
                at = self._segment(segment, at)
            except PostgresError as error:
                raise self._stopped(at, error) from error
        if not self.segments:
            self._together((), Last(at.id, at.checkpoint.after("")))

    def _begin(self, begun: AppliedMigration | None) -> "Note":
        """The row to go on from: that of the run before, or a new one."""
        checksum = self.judged.migration.checksum
        if begun is None:
            at = Note(str(uuid4()), Checkpoint(checksum))
            self.database.start(at.id, self.name, at.checkpoint)
            return at
        checkpoint = checkpoint_of(begun)
        require_unchanged(self.name, checkpoint, self.segments)
        return Note(begun.id, replace(checkpoint, checksum=checksum))

    def _segment(self, segment: Segment, at: Note) -> Note:
        after = at.checkpoint.after(segment.digest)
        record = (Last if after.steps == len(self.segments) else Step)(at.id, after)
        if segment.transactional:
            self._together(segment.statements, record)
        else:
            self._alone(segment.statements[0], at)
            self._together((), record)
        self.steps.segment(after.steps, len(self.segments))
        return Note(at.id, after)

    def _together(self, statements: Sequence[Statement], record: Record) -> None:
        needs = needs_of(self.judged, statements)

        def attempt() -> None:
            try:
                heard = self.steps.of(statements)
                texts = [each.sql for each in statements]
                self.database.together(texts, record, needs=needs, heard=heard)
            except PostgresError as error:
                raise self._at_line(error, statements) from error

        self.attempts.append(
            with_locks(attempt, needs, self.name, self.database, self.target, self.world)
        )

    def _alone(self, statement: Statement, at: Note) -> None:
        """Run what PostgreSQL wants outside a transaction, and clean up after it if it fails."""
        database = self.database
        intent = Intent(at.checkpoint.steps, there=tuple(sorted(database.invalid_indexes())))
        database.note(Note(at.id, replace(at.checkpoint, intent=intent)))
        before = frozenset(intent.there)
        with database.without_prisma_lock():
            try:
                database.alone(statement.sql, heard=self.steps.of([statement]))
            except PostgresError as error:
                for index in sorted(database.invalid_indexes() - before):
                    database.execute(f"DROP INDEX CONCURRENTLY {index}")
                raise self._at_line(error, [statement]) from error
        left = database.invalid_indexes() - before
        if left:
            raise PostgresError(
                f"{self.name} left an index that PostgreSQL does not use: "
                f"{', '.join(sorted(left))}.",
                hint="Drop it with DROP INDEX CONCURRENTLY, mend the cause, and run it again.",
            )

    def _at_line(self, error: PostgresError, statements: Sequence[Statement]) -> PostgresError:
        if not statements:
            return error
        line = statements[min(error.position, len(statements) - 1)].start.line
        return PostgresError(
            f"{self.name}, line {line}: {error.message}", hint=error.hint, sqlstate=error.sqlstate
        )

    def _stopped(self, at: Note, error: PostgresError) -> PostgresError:
        """What the reader must know when a migration stopped between its segments."""
        done = at.checkpoint.steps
        if done == 0:
            self.database.forget(at.id, 0)
            return PostgresError(
                f"{error.message} Nothing of {self.name} was kept.",
                hint=error.hint,
                sqlstate=error.sqlstate,
            )
        self.database.note(Note(at.id, replace(at.checkpoint, error=error.message)))
        line = self.segments[done].statements[0].start.line
        return PostgresError(
            f"{error.message} Everything before line {line} of {self.name} is applied and stays.",
            hint=f"{error.hint} Then run this again: it goes on at line {line}.",
            sqlstate=error.sqlstate,
        )
