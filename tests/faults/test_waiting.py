"""Scenarios 16 to 19: others hold what a rollout wants, and the application must not feel it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import psycopg
import pytest

from bot.adapters.postgres.tools import Installation
from tests.fakes import migration
from tests.faults.campaign import Place, timed
from tests.faults.cluster import cluster
from tests.faults.figures import EVERYTHING, Tally
from tests.faults.invariants import after_convergence, content, left_in_schema, look
from tests.faults.judging import Judge
from tests.faults.proxy import sending
from tests.faults.runner import STAGING, Job, Runner, run
from tests.faults.stories import INDEXED, MIXED, TRANSACTIONAL, Story

pytestmark = pytest.mark.faults

MakePlace = Callable[[Story], Place]
Record = Callable[[Tally], None]

# Seconds that a reader is in the way; without our care everybody waits as long behind us.
READING = 30.0 if EVERYTHING else 6.0
# So long a transaction is waited for, and not tried against (`bot/rollout/locks.py`), in seconds.
KNOWN_AS_LONG = 0.3


@dataclass
class Application:
    """Clients that read and write the table all the time; `worst` is their longest wait, in
    seconds."""

    url: str
    worst: float = 0
    done: int = 0
    errors: list[str] = field(default_factory=list)

    @contextmanager
    def working(self, *, clients: int = 3) -> Iterator[None]:
        ended = threading.Event()
        threads = [threading.Thread(target=self._work, args=(ended, i)) for i in range(clients)]
        for each in threads:
            each.start()
        try:
            yield
        finally:
            ended.set()
            for each in threads:
                each.join()

    def _work(self, ended: threading.Event, client: int) -> None:
        with psycopg.connect(self.url, autocommit=True, prepare_threshold=None) as connection:
            while not ended.wait(0.01):
                begun = time.monotonic()
                try:
                    connection.execute("UPDATE counted SET old = 3 WHERE id = %s", (client + 3,))
                    connection.execute("SELECT count(*) FROM counted")
                except psycopg.Error as error:
                    self.errors.append(str(error))
                self.worst = max(self.worst, time.monotonic() - begun)
                self.done += 1


def job(place: Place, **target: int) -> Job:
    return Job(place.proxy.url, place.story.history, replace(STAGING, **target))  # type: ignore[arg-type]


def test_16_a_long_reader_on_the_table(place: MakePlace, record: Record) -> None:
    tally = Tally("16 a long reader on the table")
    made = place(TRANSACTIONAL)
    made.reset()
    application = Application(made.url)
    with timed(tally), psycopg.connect(made.url) as reader, application.working():
        reader.execute("SELECT count(*) FROM counted")
        pid = reader.info.backend_pid
        time.sleep(KNOWN_AS_LONG)
        made.proxy.arm()
        runner = Runner(job(made))
        time.sleep(READING)
        assert runner.running
        meanwhile = attempts(made)
        reader.rollback()
        ended = time.monotonic()
        ending = runner.ending()
        took = time.monotonic() - ended
        tally.injected = 1
    tally.figure = (
        f"longest stall {application.worst * 1000:.0f} ms in {application.done} calls, "
        f"lock_timeout + 50 ms is {STAGING.lock_timeout + 50} ms; the reader stayed for "
        f"{READING:g} s, done {took:.1f} s after it, in {attempts(made)} attempts"
    )

    assert ending.fine, ending
    assert f"process {pid} " in ending.told
    # Nobody queued behind the reader, and so nobody behind us.
    assert meanwhile == 0
    assert attempts(made) > 0
    assert application.errors == []
    assert application.worst < READING / 2
    record(tally)


def attempts(made: Place) -> int:
    """How often the last run asked for the table."""
    return sum(sending("LOCK TABLE")(each) for each in made.proxy.seen)


def test_17_a_reader_stays_longer_than_the_budget(place: MakePlace) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    with psycopg.connect(made.url, autocommit=True) as other:
        before = content(other)
        with psycopg.connect(made.url, application_name="reports") as reader:
            reader.execute("SELECT 'a secret', count(*) FROM counted")
            ending = run(job(made, lock_budget=1500))
            pid = reader.info.backend_pid

        assert ending.sqlstate == "55P03"
        assert "reports" in ending.message
        assert str(pid) in ending.told
        assert "a secret" not in ending.told
        assert content(other) == before
    assert list(made.check_crash(ending)) == []
    assert list(made.check_convergence()) == []


# Slow at one table only: before a worker comes to that one, it goes through all the others.
SLOW_VACUUM = {
    "autovacuum_naptime": "1s",
    "autovacuum_vacuum_cost_delay": "0",
    "autovacuum_freeze_max_age": "100000",
    "vacuum_freeze_min_age": "0",
    "vacuum_freeze_table_age": "0",
    "synchronous_commit": "off",
}
WORKERS = """
SELECT query FROM pg_stat_activity
 WHERE backend_type = 'autovacuum worker' AND query LIKE '%public.big%'
"""
BIG = migration(
    "20260101000000_big",
    "CREATE TABLE big (id int, text text) WITH (autovacuum_enabled = false,"
    " autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);\n"
    "INSERT INTO big SELECT i, repeat('x', 500) FROM generate_series(1, 20000) AS i;",
)
ALTERED = migration("20260102000000_altered", "ALTER TABLE big ADD COLUMN more int;")


@contextmanager
def vacuumed(installation: Installation, *, wraparound: bool) -> Iterator[str]:
    """A database in which a slow autovacuum worker is on the table `big`."""
    with cluster(installation, SLOW_VACUUM) as made:
        made.execute("CREATE DATABASE app TEMPLATE template0")
        url = made.url("app")
        assert run(Job(url, (BIG,))).fine
        made.execute("UPDATE big SET id = id + 1", database="app")
        if wraparound:
            made.execute(
                # Each of its subtransactions takes an id, at far less than a COMMIT.
                "CREATE TABLE burnt ()",
                "DO $$ BEGIN FOR i IN 1..110000 LOOP "
                "BEGIN INSERT INTO burnt DEFAULT VALUES; EXCEPTION WHEN others THEN NULL; END; "
                "END LOOP; END $$",
            )
        else:
            made.execute("ALTER TABLE big SET (autovacuum_enabled = true)", database="app")
        with psycopg.connect(url, autocommit=True) as connection:
            deadline = time.monotonic() + 60
            while not connection.execute(WORKERS.encode()).fetchall():
                assert time.monotonic() < deadline, "no autovacuum worker came"
                time.sleep(0.05)
        yield url


def test_18_an_autovacuum_worker_on_the_table_steps_back(
    installation: Installation, judge: Judge
) -> None:
    with vacuumed(installation, wraparound=False) as url:
        ending = run(Job(url, (BIG, ALTERED)))
        judge.agrees(url, (BIG, ALTERED))

    assert ending.applied == (ALTERED.name,), ending
    assert "autovacuum" in ending.told


def test_18_an_autovacuum_against_wraparound_is_left_to_work(
    installation: Installation, judge: Judge
) -> None:
    with vacuumed(installation, wraparound=True) as url:
        ending = run(Job(url, (BIG, ALTERED)))
        with psycopg.connect(url, autocommit=True) as connection:
            assert connection.execute(WORKERS.encode()).fetchall()
        judge.agrees(url, (BIG, ALTERED))

    assert ending.error == "PostgresError"
    assert "wraparound" in ending.message


def test_19_an_old_snapshot_on_an_unrelated_table_holds_up_a_concurrent_build(
    place: MakePlace,
) -> None:
    made = place(MIXED)
    made.reset()
    with psycopg.connect(made.url) as idle, psycopg.connect(made.url, autocommit=True) as other:
        idle.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        idle.execute("SELECT 1 FROM felt")
        runner = Runner(job(made))
        while not other.execute("SELECT FROM pg_stat_progress_create_index").fetchall():
            assert runner.running
        # Ten times lock_timeout: nothing may run out meanwhile.
        time.sleep(STAGING.lock_timeout * 10 / 1000)
        assert runner.running
        idle.rollback()
    assert runner.ending().fine
    assert list(after_convergence(made.url, MIXED, made.expected)) == []
    assert look(made.url, MIXED).finished


@pytest.mark.parametrize(
    ("story", "table", "kept", "left"),
    [
        (MIXED, "felt", "Everything before line 3", []),
        (INDEXED, "counted", "", ["invalid index counted_n"]),
    ],
    ids=["another table", "the same table"],
)
def test_19_an_old_snapshot_stays_longer_than_a_concurrent_build_may_wait(
    place: MakePlace, judge: Judge, story: Story, table: str, kept: str, left: list[str]
) -> None:
    """On another table it holds up the build alone; on the same one the removal of what the build
    leaves as well, and then that is left to the next run."""
    made = place(story)
    made.reset()
    with psycopg.connect(made.url, application_name="reports") as idle:
        idle.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        idle.execute(f"SELECT 'a secret' FROM {table}".encode())
        ending = run(job(made, lock_budget=1500))

        assert ending.error == "PostgresError", ending
        assert f"process {idle.info.backend_pid} (reports" in ending.message
        assert kept in ending.message
        assert "a secret" not in ending.told
        judge.agrees(made.url, story.history)
    with psycopg.connect(made.url, autocommit=True) as connection:
        assert left_in_schema(connection) == left
    assert list(made.check_crash(ending)) == []
    assert list(made.check_convergence()) == []
