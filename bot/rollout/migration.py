"""Applying one migration: in one transaction with its row if that is possible, else in segments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.outcome import AppliedResult
from bot.core.review import JudgedMigration
from bot.core.statement import Statement
from bot.core.target import Target
from bot.errors import PostgresError
from bot.rollout.locks import with_retries
from bot.rollout.segments import Segment, segments_of
from bot.world import Database, World


def apply_migration(
    judged: JudgedMigration, database: Database, target: Target, world: World
) -> AppliedResult:
    """Run a migration and record it as Prisma would.

    Raises PostgresError that names the migration and the line, and says what is left behind.
    """
    segments = segments_of(judged)
    work = _Work(judged, segments, database, target, world)
    started = world.now()
    with world.console.waiting(f"applying {work.name}"):
        atomic = len(segments) <= 1 and all(each.transactional for each in segments)
        attempts = work.at_once() if atomic else work.in_segments()
    return AppliedResult(work.name, (world.now() - started).total_seconds(), attempts)


@dataclass(frozen=True)
class _Work:
    """One migration on one target."""

    judged: JudgedMigration
    segments: tuple[Segment, ...]
    database: Database
    target: Target
    world: World

    @property
    def name(self) -> str:
        return self.judged.migration.name

    def at_once(self) -> int:
        """One transaction carries the statements and the row: a failure or a kill leaves nothing.

        Returns how often it was begun.
        """

        def attempt() -> None:
            with self.database.transaction():
                for segment in self.segments:
                    self._run(segment.statements, self.database.execute_all)
                self.database.record_applied(self.judged.migration)

        return self._retried(attempt)

    def in_segments(self) -> int:
        """Each segment by itself. The started row keeps everybody else out meanwhile (P3009)."""
        id = self.database.record_started(self.judged.migration)
        attempts = 1
        for done, segment in enumerate(self.segments):
            try:
                attempts = max(attempts, self._segment(id, segment, steps=done + 1))
            except PostgresError as error:
                raise self._stopped(id, done, error) from error
            except KeyboardInterrupt:
                self._interrupted(id, done)
                raise
        self.database.record_finished(id)
        return attempts

    def _segment(self, id: str, segment: Segment, *, steps: int) -> int:
        if not segment.transactional:
            self._alone(segment.statements[0])
            self.database.record_step(id, steps)
            return 1

        def attempt() -> None:
            with self.database.transaction():
                self._run(segment.statements, self.database.execute_all)
                self.database.record_step(id, steps)

        return self._retried(attempt)

    def _retried(self, attempt: Callable[[], None]) -> int:
        return with_retries(attempt, self.name, self.target, self.world)

    def _alone(self, statement: Statement) -> None:
        """Run what PostgreSQL wants outside a transaction, and clean up after it if it fails."""
        database = self.database
        before = database.invalid_indexes()
        with database.without_prisma_lock(), database.untimed():
            try:
                self._run((statement,), lambda texts: database.execute(texts[0]))
            except (PostgresError, KeyboardInterrupt):
                for index in sorted(database.invalid_indexes() - before):
                    database.execute(f"DROP INDEX CONCURRENTLY {index}")
                raise
        left = database.invalid_indexes() - before
        if left:
            raise PostgresError(
                f"{self.name} left an index that PostgreSQL does not use: "
                f"{', '.join(sorted(left))}.",
                hint="Drop it with DROP INDEX CONCURRENTLY, mend the cause, and run it again.",
            )

    def _run(
        self, statements: Sequence[Statement], execute: Callable[[Sequence[str]], None]
    ) -> None:
        try:
            execute([each.sql for each in statements])
        except PostgresError as error:
            line = statements[error.position].start.line
            raise PostgresError(
                f"{self.name}, line {line}: {error.message}",
                hint=error.hint,
                sqlstate=error.sqlstate,
            ) from error

    def _interrupted(self, id: str, done: int) -> None:
        """Nothing is left of what had not begun; a part that stays is a failed migration."""
        if done == 0:
            self.database.forget(id)
            return
        line = self.segments[done].statements[0].start.line
        self.database.record_failed(id, f"Interrupted; everything before line {line} is applied.")

    def _stopped(self, id: str, done: int, error: PostgresError) -> PostgresError:
        """What the reader must know when a migration stopped between its segments."""
        if done == 0:
            self.database.forget(id)
            return PostgresError(
                f"{error.message} Nothing of {self.name} was kept.",
                hint=error.hint,
                sqlstate=error.sqlstate,
            )
        self.database.record_failed(id, error.message)
        line = self.segments[done].statements[0].start.line
        return PostgresError(
            f"{error.message} Everything before line {line} of {self.name} is applied and stays.",
            hint=f"{error.hint} Then finish the rest by hand and mark it with "
            f"`prisma migrate resolve --applied {self.name}`, or undo the first part and mark it "
            f"`--rolled-back {self.name}`.",
            sqlstate=error.sqlstate,
        )
