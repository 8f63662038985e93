"""Telling of the statements of a rollout while they run: on a terminal, in the log of a run, and
to machines."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.core.duration import duration
from bot.core.findings.review import JudgedMigration
from bot.core.migrations.statement import Statement
from bot.core.rollouts.doing import Doing, Heard
from bot.core.rollouts.progress import AppliedResult, StatementTiming
from bot.core.rollouts.rollout_log import Event
from bot.rollout.telling.telling import Telling
from bot.world.database import Watching

# A statement that takes longer gets a line of its own, where each is otherwise only counted.
SLOW = 2.0
# Those that took less say nothing about a prediction.
KEPT = 0.1
# How often whoever waits for a long statement is told that it goes on.
BEAT = 10.0
_TICK = 1.0


@dataclass(frozen=True)
class _Running:
    """What runs, and since when: `place` is that of the statement in `statements`."""

    statements: Sequence[Statement]
    place: int
    since: datetime

    @property
    def statement(self) -> Statement | None:
        return self.statements[self.place] if self.place < len(self.statements) else None


class Steps:
    """What a rollout does, migration by migration and statement by statement."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._now = telling.world.now
        self._migration, self._step = "", ""
        self.running: _Running | None = None
        self._timings: dict[int, StatementTiming] = {}

    def blocked(self, message: str) -> None:
        """Somebody is in the way of the migration that is to run."""
        self._rests()
        self._telling.say(message)
        self._telling.write(Event.BLOCKED, migration=self._migration, message=message)

    def retry(self, attempt: int, message: str) -> None:
        """Its transaction is given up, and begun once more after a moment."""
        self._rests()
        self._telling.say(message)
        self._telling.write(
            Event.RETRY, migration=self._migration, attempt=attempt, message=message
        )

    def waiting_for_replicas(self, text: str) -> None:
        """Between two of its batches."""
        self._telling.waiting_for_replicas(text, self._migration)

    def batch(self, statement: Statement, *, rows: int, changed: int, expected: int) -> None:
        """A batch of this statement is committed: it changed so many rows, and so many are done."""
        self._telling.write(
            Event.BATCH,
            migration=self._migration,
            line=statement.start.line,
            rows=rows,
            changed=changed,
            expected=expected,
        )

    @contextmanager
    def migration(
        self,
        judged: JudgedMigration,
        *,
        place: int = 1,
        of: int = 1,
        resumed: bool = False,
        doing: str = "applying",
    ) -> Iterator[None]:
        """For the length of a block this one is applied, or what else is `doing`."""
        migration = judged.migration
        self._migration = name = migration.name
        self._step = f"[{place}/{of}] " if of > 1 else ""
        self._timings = {}
        self._telling.say(f"{self._step}{doing} {name}")
        self._telling.write(
            Event.MIGRATION_BEGIN,
            migration=name,
            place=place,
            of=of,
            checksum=migration.checksum,
            resumed=resumed,
        )
        try:
            yield
        finally:
            self._rests()

    def of(self, statements: Sequence[Statement]) -> Heard:
        """What is to be told of each of these as it is done; the first begins now."""
        self.running = _Running(statements, 0, self._now())
        self.follow()

        def heard(place: int, seconds: float, rows: int) -> None:
            done = statements[place]
            self.done(done, seconds, rows)
            if seconds >= SLOW:
                line = done.start.line
                self._telling.say(f"  line {line}: {done.kind} took {duration(seconds)}")
            self.running = _Running(statements, place + 1, self._now())
            self.follow()

        return heard

    def done(self, statement: Statement, seconds: float, rows: int) -> None:
        """It took so many seconds, and changed so many rows."""
        line, kind = statement.start.line, statement.kind
        if seconds >= KEPT:
            timing = StatementTiming(statement.index, line, kind, seconds=seconds, rows=rows)
            self._timings[statement.index] = timing
        self._telling.write(
            Event.STATEMENT,
            migration=self._migration,
            index=statement.index,
            line=line,
            kind=kind,
            seconds=round(seconds, 6),
            rows=rows,
        )

    def segment(self, number: int, of: int) -> None:
        """It is committed."""
        self._rests()
        self._telling.write(Event.SEGMENT, migration=self._migration, segment=number, of=of)

    def ended(self, result: AppliedResult) -> None:
        """It is committed whole."""
        self._telling.write(
            Event.MIGRATION_END,
            migration=result.name,
            seconds=round(result.seconds, 3),
            attempts=result.attempts,
        )

    def timings(self) -> tuple[StatementTiming, ...]:
        """Of the statements of this migration that took long enough to be worth it."""
        return tuple(each for _, each in sorted(self._timings.items()))

    @contextmanager
    def watching(self, database: Watching) -> Iterator[None]:
        """For the length of a block, tell of statements that take long."""
        watch = _Watch(self, database)
        with self._telling.world.heart.beating(watch.look):
            yield

    def beat(self, database: Watching) -> None:
        """Tell how the statement goes that runs now."""
        running = self.running
        statement = running.statement if running else None
        if running is None or statement is None:
            return
        seen = database.doing() or Doing()
        if self.running is not running:
            return
        seconds = self.seconds_of(running)
        line, kind = statement.start.line, statement.kind
        words = f": {seen.words}" if seen.words else ""
        self._telling.say(f"  line {line}: {kind} has run for {duration(seconds)}{words}")
        self._telling.write(
            Event.HEARTBEAT,
            migration=self._migration,
            line=line,
            kind=kind,
            seconds=round(seconds, 3),
            wait=seen.wait,
            blockers=list(seen.blockers),
            phase=seen.phase,
            percent=seen.percent,
        )

    def _rests(self) -> None:
        """No statement runs now."""
        self.running = None
        self._telling.world.console.follow("")

    def seconds_of(self, running: _Running) -> float:
        return (self._now() - running.since).total_seconds()

    def follow(self) -> None:
        console, running = self._telling.world.console, self.running
        statement = running.statement if running else None
        if not console.watched or running is None or statement is None:
            return
        which = f"statement {running.place + 1} of {len(running.statements)}"
        seconds = self.seconds_of(running)
        since = f", {duration(seconds)}" if seconds >= _TICK else ""
        where = f"line {statement.start.line}: {statement.kind}"
        console.follow(f"{self._step}{self._migration}, {which}, {where}{since}")


@dataclass
class _Watch:
    """Looks at what runs, a second after the other: `told` is what was looked at last, and `beaten`
    how often it was told of."""

    steps: Steps
    database: Watching
    told: _Running | None = None
    beaten: int = 0

    def look(self) -> None:
        running = self.steps.running
        if running is None:
            return
        if running is not self.told:
            self.told, self.beaten = running, 0
        self.steps.follow()
        beats = int(self.steps.seconds_of(running) / BEAT)
        if beats > self.beaten:
            self.beaten = beats
            self.steps.beat(self.database)
