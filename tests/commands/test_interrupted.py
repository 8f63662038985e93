"""Ctrl-C, or a log that nobody reads any more, in the middle of an apply."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from bot.errors import ExitCode
from tests.commands.place import INIT, MORE, SCRIPT, Place
from tests.shell import command, environment

PATIENCE = 60.0
HALF_WAY = "UPDATE a SET n = 2;\nSELECT pg_sleep(600);\n"


@contextmanager
def applying(place: Place, database: str) -> Iterator["subprocess.Popen[str]"]:
    """`apply`, as a shell in a terminal starts it."""
    with subprocess.Popen(
        command("apply", "development"),
        cwd=place.root,
        env=environment(DATABASE_URL=database),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def ask(database: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def busy_with(database: str, text: str) -> bool:
    """Whether a session of ours is running that statement."""
    query = f"""SELECT 1 FROM pg_stat_activity
                 WHERE datname = current_database() AND state = 'active'
                   AND application_name LIKE 'migration-bot%' AND query LIKE '%{text}%'"""
    return ask(database, query) != []


def locks(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database())",
    )


def rows(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT migration_name, finished_at IS NOT NULL FROM _prisma_migrations "
        "ORDER BY started_at",
    )


@pytest.fixture
def started(place: Place) -> Place:
    """The first migration makes a table with rows in it."""
    table = "CREATE TABLE a (id int PRIMARY KEY, n int);\nINSERT INTO a VALUES (1, 1), (2, 1);\n"
    place.write(f"prisma/migrations/{INIT}/migration.sql", table)
    return place


def test_an_interrupted_transaction_leaves_nothing_and_lets_go_of_the_lock(
    started: Place, database: str
) -> None:
    started.write(SCRIPT, HALF_WAY)

    with applying(started, database) as process:
        wait_until(lambda: busy_with(database, "pg_sleep"))
        assert locks(database) != []
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (ExitCode.INTERRUPTED, "")
    assert "interrupted" in err
    assert "Traceback" not in err
    assert locks(database) == []
    assert rows(database) == [(INIT, True)]
    assert ask(database, "SELECT DISTINCT n FROM a") == [(1,)]
    assert not busy_with(database, "pg_sleep")


def test_an_interrupted_concurrent_build_is_cleaned_up_by_the_next_run_and_done(
    started: Place, database: str
) -> None:
    here = {"DATABASE_URL": database}
    assert started.bot("apply", "development", environ=here).code == 0
    started.write(SCRIPT, "CREATE INDEX CONCURRENTLY a_n ON a (n);\n")

    with psycopg.connect(database) as writer:
        # A build waits for every transaction that has written to the table.
        writer.execute("UPDATE a SET n = 3")
        with applying(started, database) as process:
            wait_until(lambda: busy_with(database, "CREATE INDEX CONCURRENTLY"))
            process.send_signal(signal.SIGINT)
            wait_until(lambda: not busy_with(database, "CREATE INDEX CONCURRENTLY"))
            writer.rollback()
            err = process.communicate(timeout=PATIENCE)[1]

    assert process.returncode == ExitCode.INTERRUPTED, err
    assert locks(database) == []
    assert rows(database) == [(INIT, True), (MORE, False)]
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass"
    assert ask(database, valid) == [(False,)]
    assert started.bot("apply", "development", environ=here).code == 0
    assert rows(database) == [(INIT, True), (MORE, True)]
    assert ask(database, valid) == [(True,)]


def test_after_an_interruption_between_segments_the_next_run_goes_on_there(
    started: Place, database: str
) -> None:
    column = "ALTER TABLE a ADD COLUMN m int;\nCREATE INDEX CONCURRENTLY a_m ON a (m);\n"
    started.write(SCRIPT, f"{column}SELECT pg_sleep(600);\n")

    with applying(started, database) as process:
        wait_until(lambda: busy_with(database, "pg_sleep"))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)

    assert process.returncode == ExitCode.INTERRUPTED
    assert rows(database) == [(INIT, True), (MORE, False)]
    started.write(SCRIPT, f"{column}SELECT 1;\n")
    again = started.bot("apply", "development", environ={"DATABASE_URL": database})
    assert again.code == 0, again
    assert rows(database) == [(INIT, True), (MORE, True)]


def test_a_rollout_goes_on_when_nobody_reads_its_log_any_more(
    started: Place, database: str
) -> None:
    started.write(SCRIPT, "ALTER TABLE a ADD m int;\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n")

    with applying(started, database) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stderr.close()
        process.wait(PATIENCE)

    assert process.returncode == 0
    assert rows(database) == [(INIT, True), (MORE, True)]
