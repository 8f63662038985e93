"""Changing many rows bit by bit: each batch is a transaction with its checkpoint.

A kill before a COMMIT leaves the rows and the checkpoint of the batch before; after it, of this
one. Either way the next run goes on behind the last key that is recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.migrations.statement import Statement
from bot.core.rollouts.batching import Chosen, Key
from bot.core.rollouts.checkpoint import Batch, Note, Record
from bot.errors import PostgresError, UsageError
from bot.rollout.locks import Locks, with_locks
from bot.rollout.pacing import Pace
from bot.rollout.segments import Segment
from bot.rollout.settings import lifting
from bot.world import Database

_TELL_EVERY = timedelta(seconds=10)


def require_batchable(name: str, segments: Sequence[Segment], database: Database) -> None:
    """Raises UsageError before anything has run, if a change cannot go in batches as its table is.

    Of a table that is not there yet, it is asked when its turn comes.
    """
    for segment in segments:
        if segment.batched is not None:
            _key_of(name, segment, database)


@dataclass
class BatchRun:
    """One batched statement of a migration. `at` is the last note that is committed."""

    name: str
    segment: Segment
    at: Note
    locks: Locks
    attempts: list[int] = field(default_factory=list)
    _changed: int = 0
    _expected: int = 0

    def run(self, done: Record) -> None:
        """Batch after batch; the last is committed with `done`. Raises PostgresError."""
        assert self.segment.batched is not None
        batching = self.segment.batched.batching
        batch = self._begun()
        key = self._key(batch.key)
        replicas = self.locks.target.replicas
        pace = Pace(
            self.locks,
            most=replicas.batch_lag if batching.max_lag is None else batching.max_lag,
            patience=self.locks.target.lock_budget,
        )
        began = self.locks.world.now()
        self._expected = self._count(batch)
        progress = _Progress(self, began)
        batch = replace(batch, key=key.names)
        while (batch_done := self._next(key, batch, done)) is not None:
            batch = batch_done
            progress.tell()
            progress.require_time()
            self.locks.world.sleep(batching.pause / 1000)
            pace.wait(self._place)
        seconds = (self.locks.world.now() - began).total_seconds()
        self.locks.steps.done(self._statement, seconds, self._changed)
        self.locks.world.console.say(f"{self._place}: {self._changed:,} rows changed in this run")

    @property
    def rows(self) -> int:
        """How many were to be changed up to the checkpoint, in this run and before."""
        batch = self.at.checkpoint.batch
        return batch.rows if batch else 0

    @property
    def _place(self) -> str:
        return f"{self.name}, line {self._statement.start.line}"

    @property
    def _statement(self) -> Statement:
        (statement,) = self.segment.statements
        return statement

    def _begun(self) -> Batch:
        """Where an earlier run came to; `recovery.py` has seen that it is the same statement."""
        checkpoint = self.at.checkpoint
        if checkpoint.batch is None:
            return Batch(checkpoint.steps, digest=self.segment.digest)
        self.locks.world.console.say(
            f"{self._place}: going on after {checkpoint.batch.rows:,} rows"
        )
        return checkpoint.batch

    def _key(self, wanted: Sequence[str]) -> Key:
        assert self.segment.batched is not None
        try:
            key = _key_of(self.name, self.segment, self.locks.database, wanted)
        except UsageError as error:
            # Its table was made by the migration itself, so that nobody could ask before.
            raise PostgresError(error.message, hint=error.hint) from error
        if key is None:
            raise PostgresError(
                f"{self._place}: {self.segment.batched.change.table} does not exist.",
                hint="Create it in an earlier migration, or mend its name.",
            )
        return key

    def _noted(self, batch: Batch) -> Note:
        return Note(self.at.id, replace(self.at.checkpoint, batch=batch, error=""))

    def _count(self, batch: Batch) -> int:
        assert self.segment.batched is not None
        return batch.rows + self.locks.database.expected_rows(self.segment.batched.change)

    def _next(self, key: Key, batch: Batch, done: Record) -> Batch | None:
        """Run one batch; how far it is then, None if it was the last.

        It is chosen anew with every attempt: what was in the way may have changed its rows.
        """
        assert self.segment.batched is not None
        change, size = self.segment.batched.change, self.segment.batched.batching.size
        committed: list[Chosen | None] = []

        settings = [each.sql for each in self.segment.settings]
        lifted = lifting([*self.segment.settings, self._statement])
        counted = [0]

        def heard(place: int, _: float, rows: int) -> None:
            counted[0] = rows if place == len(settings) else 0

        def attempt() -> None:
            chosen = self.locks.database.choose(change, key, batch.after, size)
            last = chosen is None or chosen.rows < size
            text = [] if chosen is None else [change.batch(key, batch.after, chosen.last)]
            record = done if last or chosen is None else self._noted(_after(batch, chosen))
            self.locks.database.together(
                [*settings, *text],
                record,
                needs=self.locks.needs,
                heard=heard,
                lifting=lifted,
            )
            committed.append(chosen)

        try:
            locks = replace(self.locks, what=self._place)
            self.attempts.append(with_locks(attempt, locks))
        except PostgresError as error:
            raise self._at_place(error) from error
        chosen = committed[-1]
        if chosen is not None:
            self._changed += counted[0]
            rows = batch.rows + chosen.rows
            self.locks.steps.batch(
                self._statement, rows=rows, changed=counted[0], expected=self._expected
            )
        if chosen is None or chosen.rows < size:
            return None
        self.at = self._noted(_after(batch, chosen))
        return self.at.checkpoint.batch

    def _at_place(self, error: PostgresError) -> PostgresError:
        if error.message.startswith(self._place):
            return error
        return PostgresError(
            f"{self._place}: {error.message}", hint=error.hint, sqlstate=error.sqlstate
        )


def _after(batch: Batch, chosen: Chosen) -> Batch:
    return replace(batch, after=chosen.last, rows=batch.rows + chosen.rows)


def _key_of(
    name: str, segment: Segment, database: Database, wanted: Sequence[str] = ()
) -> Key | None:
    assert segment.batched is not None
    try:
        return database.key_of(segment.batched.change, wanted)
    except UsageError as error:
        line = segment.statements[0].start.line
        raise UsageError(f"{name}, line {line}: {error.message}", hint=error.hint) from error


@dataclass
class _Progress:
    run: BatchRun
    began: datetime
    told: datetime | None = None

    def tell(self) -> None:
        """Every now and then, how many rows are behind us."""
        now = self.run.locks.world.now()
        if now - (self.told or self.began) < _TELL_EVERY:
            return
        self.told = now
        expected = self.run._expected
        of = f" of about {expected:,}" if expected >= self.run.rows else ""
        self.run.locks.world.console.say(f"{self.run._place}: {self.run.rows:,}{of} rows")

    def require_time(self) -> None:
        """Raises PostgresError at the checkpoint after which the target's budget is used up."""
        budget = self.run.locks.target.batch_budget
        took = self.run.locks.world.now() - self.began
        if budget and took >= timedelta(milliseconds=budget):
            raise PostgresError(
                f"{self.run._place} stopped after {took.total_seconds():.0f} seconds, as "
                f"`batch_budget` says: {self.run.rows:,} of about {self.run._expected:,} rows are "
                "changed.",
                hint="Nothing is wrong.",
            )
