"""Running one migration: in one transaction with its row if that is possible, else in segments.

Whatever ends the work, at whatever line, the row tells the next run where to go on: a segment that
is a transaction is committed together with the checkpoint that counts it, and of one that is none
the row says before that it is being run.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.statement import Statement
from bot.core.rollouts.checkpoint import Intent, Note, Record, Step
from bot.core.rollouts.progress import AppliedResult
from bot.core.targets.target import Target
from bot.errors import HistoryError, PostgresError
from bot.rollout.batches import BatchRun, require_batchable
from bot.rollout.keeping.giver import Giver
from bot.rollout.keeping.keeper import Keeper, Say
from bot.rollout.locks import Locks, needs_of, wait_before_concurrently, with_locks
from bot.rollout.outside.alone import is_untouched, outside_of, see_through
from bot.rollout.outside.outside import Outside, Repeated
from bot.rollout.reconnecting import was_lost
from bot.rollout.recovery import checkpoint_of, require_unchanged, still_intended
from bot.rollout.segments import Segment, is_atomic, segments_of
from bot.rollout.settings import lifting
from bot.rollout.telling.steps import Steps
from bot.rollout.ways import Way
from bot.world import Database, World


def run_script(
    judged: JudgedMigration,
    way: Way,
    database: Database,
    target: Target,
    world: World,
    steps: Steps,
    note: Say,
) -> AppliedResult:
    """Run what applies a migration, or what takes it back, and record it that way. `note` is told
    what is kept of what it destroys, and what is given back.

    Raises PostgresError that names the script and the line, and says what is left behind.
    """
    segments = segments_of(judged)
    keeper = way.keeper(judged, database, target, note)
    work = _Work(judged, way, segments, database, target, world, steps, keeper)
    started = world.now()
    if is_atomic(segments) and way.begun is None:
        work.at_once()
    else:
        work.in_segments()
    seconds = (world.now() - started).total_seconds()
    return AppliedResult(judged.migration.name, seconds, max(work.attempts), steps.timings())


@dataclass
class _Work:
    """One script on one target. `attempts` counts how often each transaction was begun. `intent`
    is there while a statement that runs alone may be half done."""

    judged: JudgedMigration
    way: Way
    segments: tuple[Segment, ...]
    database: Database
    target: Target
    world: World
    steps: Steps
    keeper: Keeper | Giver
    attempts: list[int] = field(default_factory=lambda: [1])
    intent: Intent | None = None

    @property
    def name(self) -> str:
        return self.way.script

    def at_once(self) -> None:
        """One transaction carries the statements and the row: after a failure or a kill there is
        all of it, if the COMMIT had been sent, or nothing."""
        statements = [each for segment in self.segments for each in segment.statements]
        self._together(statements, self.way.whole())

    def in_segments(self) -> None:
        """Each segment by itself. The started row keeps Prisma out meanwhile (P3009), and tells the
        next run of ours where to go on."""
        require_batchable(self.name, self.segments, self.database)
        at = self._begin()
        for segment in self.segments[at.checkpoint.steps :]:
            if segment.batched:
                at = self._batched(segment, at)
                continue
            try:
                at = self._segment(segment, at)
            except PostgresError as error:
                if was_lost(error):
                    raise
                raise self._stopped(at, error) from error
        if not self.segments:
            # All that was left of it has been taken out of its text.
            self._together((), self.way.last(at.id, at.checkpoint.after("")))

    def _begin(self) -> Note:
        """The row to go on from: that of the run before, or a new one."""
        begun = self.way.begun
        if begun is None:
            return self.way.begin(self.database)
        checkpoint = checkpoint_of(begun)
        require_unchanged(self.name, checkpoint, self.segments)
        if checkpoint.intent is not None:
            with self._waiting_for_others():
                self.intent = still_intended(self.name, checkpoint, self.segments, self.database)
        checksum = self.judged.migration.checksum
        return Note(begun.id, replace(checkpoint, checksum=checksum, intent=self.intent, error=""))

    def _segment(self, segment: Segment, at: Note) -> Note:
        record = self._done(segment, at)
        if segment.transactional:
            self._together([*segment.settings, *segment.statements], record)
        else:
            self._alone(segment, at)
            self._together((), record)
            # Not before: killed or refused here, what was done is still known to be ours.
            self.intent = None
        self.steps.segment(record.checkpoint.steps, len(self.segments))
        return Note(at.id, record.checkpoint)

    def _done(self, segment: Segment, at: Note) -> Step:
        """What is committed with the end of a segment."""
        after = at.checkpoint.after(segment.digest)
        last = after.steps == len(self.segments)
        return self.way.last(at.id, after) if last else Step(at.id, after)

    def _batched(self, segment: Segment, at: Note) -> Note:
        """Batch after batch, each with its checkpoint; the last is committed as a segment is."""
        done = self._done(segment, at)
        run = BatchRun(self.name, segment, at, self._locks(segment.statements))
        try:
            run.run(done)
        except PostgresError as error:
            if was_lost(error):
                raise
            raise self._stopped(run.at, error) from error
        finally:
            self.attempts += run.attempts
        self.steps.segment(done.checkpoint.steps, len(self.segments))
        return Note(at.id, done.checkpoint)

    def _together(self, statements: Sequence[Statement], record: Record) -> None:
        locks = self._locks(statements)

        lifted = lifting(statements)

        def attempt() -> None:
            try:
                self.keeper.together(
                    statements,
                    record,
                    needs=locks.needs,
                    heard=lambda: self.steps.of(statements),
                    lifting=lifted,
                )
            except PostgresError as error:
                raise self._at_line(error, statements) from error
            except HistoryError as error:
                raise HistoryError(f"{self.name}: {error.message}", hint=error.hint) from error

        self.attempts.append(with_locks(attempt, locks))

    def _locks(self, statements: Sequence[Statement]) -> Locks:
        needs = needs_of(self.judged, statements)
        return Locks(needs, self.name, self.database, self.target, self.world, self.steps)

    def _alone(self, segment: Segment, at: Note) -> None:
        """Run what PostgreSQL wants outside a transaction, and see to it that it is done.

        What is going to be run is written into the row first: only then is what is found later
        known to be ours.
        """
        (statement,) = segment.statements
        settings = tuple(each.sql for each in segment.settings)
        outside = outside_of(statement, settings)
        assert outside is not None, "require_runnable lets no other through"

        def run() -> None:
            heard = self.steps.of([statement])
            self.database.alone(statement.sql, settings=settings, heard=heard)

        locks = self._locks([statement])
        try:
            if not isinstance(outside, Repeated):
                wait_before_concurrently(locks)
            self.intent = intent = self._intend(statement, outside, at)
            with self._waiting_for_others():
                if isinstance(outside, Repeated):
                    with_locks(run, locks)
                else:
                    see_through(outside, intent.there, run, self.database)
        except PostgresError as error:
            told = self._at_line(error, [statement])
            if self.intent and not was_lost(error):
                unclean = not is_untouched(outside, self.intent.there, self.database)
                self.intent = self.intent if unclean else None
            raise told from error

    def _intend(self, statement: Statement, outside: Outside, at: Note) -> Intent:
        """Write into the row which session runs it now, and what was there before the first that
        did."""
        pid, began = self.database.session()
        known = self.intent
        if known and (known.pid, known.backend_start) == (pid, began):
            return known
        there = known.there if known else outside.there(self.database)
        intent = Intent(at.checkpoint.steps, statement.sql, pid, began, there)
        self.database.note(Note(at.id, replace(at.checkpoint, intent=intent)))
        return intent

    @contextmanager
    def _waiting_for_others(self) -> Iterator[None]:
        """What waits for others' transactions must not wait for ever, nor for a Prisma that waits
        for our lock. Meanwhile the unfinished row keeps Prisma out, and our key every other bot."""
        with (
            self.database.without_prisma_lock(self.world.console.say),
            self.database.waiting_at_most(self.target.lock_budget),
        ):
            yield

    def _at_line(self, error: PostgresError, statements: Sequence[Statement]) -> PostgresError:
        if not statements:
            return error
        of_one = error.position < len(statements)
        line = f", line {statements[error.position].start.line}" if of_one else ""
        said = error.message
        if self.way.code and not was_lost(error):
            said = f"{said.removesuffix('.')} (Prisma calls this {self.way.code})."
        return PostgresError(f"{self.name}{line}: {said}", hint=error.hint, sqlstate=error.sqlstate)

    def _stopped(self, at: Note, error: PostgresError) -> PostgresError:
        """What the reader must know when a migration stopped between its segments."""
        done, batch = at.checkpoint.steps, at.checkpoint.batch
        if done == 0 and self.intent is None and batch is None and self._forgotten(at):
            return PostgresError(
                f"{error.message} Nothing of {self.name} was kept.",
                hint=error.hint,
                sqlstate=error.sqlstate,
            )
        stopped = replace(at.checkpoint, intent=self.intent, error=error.message)
        self.database.note(Note(at.id, stopped))
        line = self.segments[done].line
        bits = f", and {batch.rows:,} rows of that line" if batch else ""
        kept = f" Everything before line {line} of {self.name} {self.way.done} and stays{bits}."
        return PostgresError(
            f"{error.message}{kept if done or batch else ''}",
            hint=f"{error.hint} Then run this again: it goes on at line {line}.",
            sqlstate=error.sqlstate,
        )

    def _forgotten(self, at: Note) -> bool:
        """Prisma deletes no rows, so that a role that may not do so is no fault: its row stays."""
        try:
            self.way.forget(at, self.database)
        except PostgresError as refused:
            if was_lost(refused):
                raise
            return False
        return True
