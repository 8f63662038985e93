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
from tests.faults.campaign import Place
from tests.faults.cluster import cluster
from tests.faults.invariants import after_convergence, content, look
from tests.faults.runner import STAGING, Job, Runner, run
from tests.faults.stories import MIXED, TRANSACTIONAL, Story

pytestmark = pytest.mark.faults

MakePlace = Callable[[Story], Place]

# Seconds that a reader is in the way; without our care everybody waits as long behind us.
READING = 4.0
# A machine with other work may be late by so much, and that is not our stall.
LATE = 1.0


@dataclass
class Application:
    """Reads and writes the table all the time; `worst` is its longest wait, in seconds."""

    url: str
    worst: float = 0
    errors: list[str] = field(default_factory=list)

    @contextmanager
    def working(self) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=self._work, args=(ended,))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _work(self, ended: threading.Event) -> None:
        with psycopg.connect(self.url, autocommit=True, prepare_threshold=None) as connection:
            while not ended.wait(0.01):
                begun = time.monotonic()
                try:
                    connection.execute("UPDATE counted SET old = id WHERE id = 3")
                    connection.execute("SELECT count(*) FROM counted")
                except psycopg.Error as error:
                    self.errors.append(str(error))
                self.worst = max(self.worst, time.monotonic() - begun)


def job(place: Place, **target: int) -> Job:
    return Job(place.proxy.url, place.story.history, replace(STAGING, **target))  # type: ignore[arg-type]


def test_16_a_long_reader_on_the_table(place: MakePlace) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    application = Application(made.url)
    with psycopg.connect(made.url) as reader, application.working():
        reader.execute("SELECT count(*) FROM counted")
        runner = Runner(job(made))
        time.sleep(READING)
        assert runner.running
        reader.rollback()
        ended = time.monotonic()
        ending = runner.ending()
        took = time.monotonic() - ended

    assert ending.fine, ending
    assert application.errors == []
    assert application.worst < STAGING.lock_timeout / 1000 + LATE
    assert took < 2 + LATE
    assert "pid" in ending.told or "process" in ending.told


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


SLOW_VACUUM = {
    "autovacuum_naptime": "1s",
    "autovacuum_vacuum_cost_delay": "100ms",
    "autovacuum_vacuum_cost_limit": "1",
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
    "CREATE TABLE big (id int, text text) WITH (autovacuum_enabled = false);\n"
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
                "CREATE PROCEDURE burn() LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..110000 LOOP "
                "PERFORM txid_current(); COMMIT; END LOOP; END $$",
                "CALL burn()",
            )
        else:
            made.execute("ALTER TABLE big SET (autovacuum_enabled = true)", database="app")
        with psycopg.connect(url, autocommit=True) as connection:
            deadline = time.monotonic() + 60
            while not connection.execute(WORKERS.encode()).fetchall():
                assert time.monotonic() < deadline, "no autovacuum worker came"
                time.sleep(0.05)
        yield url


def test_18_an_autovacuum_worker_on_the_table_steps_back(installation: Installation) -> None:
    with vacuumed(installation, wraparound=False) as url:
        ending = run(Job(url, (BIG, ALTERED)))

    assert ending.applied == (ALTERED.name,), ending
    assert "autovacuum" in ending.told


def test_18_an_autovacuum_against_wraparound_is_left_to_work(installation: Installation) -> None:
    with vacuumed(installation, wraparound=True) as url:
        ending = run(Job(url, (BIG, ALTERED)))
        with psycopg.connect(url, autocommit=True) as connection:
            assert connection.execute(WORKERS.encode()).fetchall()

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
