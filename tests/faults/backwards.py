"""Migrations that are taken back, and killed while they are: where that is, and what must hold."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import psycopg

from bot.adapters.postgres.migrations_table import TABLE
from bot.core.migrations.migration import Migration
from bot.core.rollouts.checkpoint import read_checkpoint
from tests.fakes import migration
from tests.faults.campaign import kill
from tests.faults.figures import Tally
from tests.faults.invariants import content, left_in_schema, left_in_server
from tests.faults.proxy import Message, Proxy, nth
from tests.faults.runner import Ending, Job, Runner, run
from tests.faults.stories import BEFORE, has_index, has_relation, tallied

_ROW = (
    f"SELECT finished_at IS NOT NULL, rolled_back_at IS NOT NULL, applied_steps_count, logs "
    f"FROM public.{TABLE} WHERE migration_name = %s"
)


@dataclass(frozen=True)
class BackStory:
    """`file` is applied on top of BEFORE, and taken back. `witnesses` has for each segment of its
    down.sql a condition that holds exactly when the segment is done; `atomic` that one transaction
    carries it all."""

    file: Migration
    witnesses: tuple[str, ...]
    atomic: bool = False

    @property
    def history(self) -> tuple[Migration, ...]:
        return BEFORE, self.file


ATOMIC = BackStory(
    replace(
        migration(
            "20260102000000_atomic",
            "ALTER TABLE counted ADD COLUMN more int NOT NULL DEFAULT 7;\n"
            "CREATE TABLE made (id int PRIMARY KEY REFERENCES counted (id));\n",
        ),
        down="DROP TABLE made;\nALTER TABLE counted DROP COLUMN more;\n"
        "UPDATE counted SET n = n + 1;\nINSERT INTO tally (what) VALUES ('back');\n",
    ),
    (tallied("back"),),
    atomic=True,
)
IN_PARTS = BackStory(
    replace(
        migration(
            "20260102000000_in_parts",
            "ALTER TABLE counted ADD COLUMN more int;\n"
            "CREATE INDEX CONCURRENTLY counted_n ON counted (n);\n"
            "DROP INDEX CONCURRENTLY counted_old;\n",
        ),
        down="INSERT INTO tally (what) VALUES ('first');\n"
        "UPDATE counted SET n = n + 1;\n"
        "CREATE INDEX CONCURRENTLY counted_old ON counted (old);\n"
        "INSERT INTO tally (what) VALUES ('third');\n"
        "DROP INDEX CONCURRENTLY counted_n;\n"
        "ALTER TABLE counted DROP COLUMN more;\n"
        "INSERT INTO tally (what) VALUES ('last');\n",
    ),
    (
        tallied("first"),
        has_index("counted_old"),
        tallied("third"),
        f"NOT {has_relation('counted_n')}",
        tallied("last"),
    ),
)
BACK_STORIES = {"atomic": ATOMIC, "in parts": IN_PARTS}


@dataclass
class BackPlace:
    """One database in which a story is applied, and taken back through a proxy."""

    url: str
    proxy: Proxy
    story: BackStory
    expected: Sequence[str] = field(default_factory=list)

    @property
    def job(self) -> Job:
        return Job(self.proxy.url, self.story.history, haste=20, back_to=BEFORE.name)

    def prepare(self) -> list[Message]:
        """What an undisturbed run says, and what it leaves."""
        self.reset()
        self.proxy.arm()
        ending = run(self.job)
        assert ending.applied == (self.story.file.name,), ending
        with psycopg.connect(self.url, autocommit=True) as connection:
            self.expected = content(connection)
        return self.proxy.seen

    def reset(self) -> None:
        """The story is applied, and nothing else has ever been there."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        ending = run(Job(self.url, self.story.history))
        assert ending.fine, ending

    def crash(self, message: Message, tally: Tally, *, after: bool) -> None:
        """Kill at this message, look, run again, look."""
        self.reset()
        victim: Future[Runner] = Future()
        armed = kill(nth(message.side, message.number), after=after)(victim)
        self.proxy.arm(armed)
        runner = Runner(self.job)
        victim.set_result(runner)
        ending = runner.ending()
        self.proxy.hang_up()
        tally.injected += armed.hit is not None
        name = f"killed {'after' if after else 'before'} {message}"
        tally.note(name, self.after_crash())
        tally.note(name, self.after_convergence(ending))

    def after_crash(self) -> Iterator[str]:
        """The row and the schema must agree at once."""
        with psycopg.connect(self.url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            rows = connection.execute(_ROW.encode(), (self.story.file.name,)).fetchall()
            done = [self._holds(connection, each) for each in self.story.witnesses]
        if len(rows) != 1:
            yield f"{len(rows)} rows"
            return
        ((applied, taken_back, steps, logs),) = rows
        if applied and (taken_back or any(done)):
            yield f"applied, and {done}"
        elif taken_back and not all(done):
            yield f"taken back, and {done}"
        elif not applied and not taken_back:
            yield from self._in_parts(steps, logs, done)

    def after_convergence(self, before: Ending) -> Iterator[str]:
        """Run again until it is done: as in a run that nobody disturbed, and nobody is left."""
        if before.error == "fault":
            yield f"a fault of the bot: {before.message}"
        self.proxy.arm()
        ending = run(self.job)
        if not ending.fine:
            yield f"the next run ended with {ending}"
            return
        with psycopg.connect(self.url, autocommit=True) as connection:
            found = content(connection)
            if _untimed(found) != _untimed(self.expected):
                lost, more = set(self.expected) - set(found), set(found) - set(self.expected)
                yield f"lacks {sorted(lost)}, has {sorted(more)}"
            yield from left_in_schema(connection)
            yield from left_in_server(connection)

    def _in_parts(self, steps: int, logs: str | None, done: Sequence[bool]) -> Iterator[str]:
        checkpoint = read_checkpoint(logs)
        if self.story.atomic or checkpoint is None or checkpoint.down is None:
            yield f"neither applied nor taken back, and it says {logs}"
            return
        if checkpoint.steps != steps or not all(done[:steps]) or any(done[steps + 1 :]):
            yield f"{steps} steps, {logs}, and {done}"
        if steps < len(done) and done[steps] and checkpoint.intent is None:
            yield f"part {steps} is done, not counted, and not intended: {logs}"

    def _holds(self, connection: psycopg.Connection, condition: str) -> bool:
        row = connection.execute(f"SELECT {condition}".encode()).fetchone()
        return bool(row and row[0])


def _untimed(found: Sequence[str]) -> list[str]:
    """Without the time that a row says it had been applied at."""
    return sorted(each.partition(" It had been applied at ")[0] for each in found)
