"""Locks that others hold, on real servers: who is waited for, who is named, and what is left."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.target.locking import PRISMA_KEY
from bot.adapters.postgres.tools import Installation
from bot.errors import PostgresError
from tests.asking import ask, wait_until
from tests.fakes import migration
from tests.rollout.real import STAGING, Rollout, Running

pytestmark = pytest.mark.slow

INIT = migration(
    "20260101000000_init",
    "CREATE TABLE a (id int PRIMARY KEY, n int);\nCREATE TABLE b (id int PRIMARY KEY, n int);\n"
    "CREATE TABLE unrelated (id int);\n"
    "INSERT INTO a SELECT i, i FROM generate_series(1, 100) i;\n"
    "INSERT INTO b SELECT i, i FROM generate_series(1, 100) i;",
)
COLUMN = migration("20260102000000_column", "ALTER TABLE a ADD COLUMN m int;")
BOTH = migration(
    "20260102000000_both", "ALTER TABLE a ADD COLUMN m int;\nALTER TABLE b ADD COLUMN m int;"
)
INDEX = migration("20260102000000_index", "CREATE INDEX CONCURRENTLY a_n ON a (n);")
MIXED = migration(
    "20260102000000_mixed",
    "ALTER TABLE a ADD COLUMN m int;\nCREATE INDEX CONCURRENTLY a_n ON a (n);",
)
Session = psycopg.Connection[tuple[Any, ...]]
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('a_n')"
NAMES = "SELECT migration_name FROM _prisma_migrations ORDER BY 1"


@pytest.fixture
def session(database: str) -> Iterator[Callable[..., Session]]:
    with ExitStack() as stack:

        def open_one(*texts: str) -> Session:
            opened = psycopg.connect(database, application_name="shop")
            stack.callback(opened.close)
            for text in texts:
                opened.execute(text.encode())
            return opened

        yield open_one


@pytest.fixture
def place(database: str) -> str:
    Rollout(database, (INIT,)).run()
    return database


def waits(database: str) -> bool:
    """Whether a rollout waits for a lock at the server."""
    query = """SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
                AND application_name LIKE 'migration-bot%' AND wait_event_type = 'Lock'"""
    return ask(database, query) != []


def test_a_long_reader_is_waited_for_and_nobody_queues_behind_us(
    place: str, session: Callable[..., Session]
) -> None:
    reader = session("SELECT * FROM a WHERE n = 4242")
    ask(place, "SELECT pg_sleep(0.3)")
    rollout = Rollout(place, (INIT, COLUMN))
    running = Running(rollout.run)

    wait_until(lambda: "waits" in rollout.said)
    for _ in range(20):
        assert not waits(place)
        session("SELECT 1 FROM a LIMIT 1").rollback()
    reader.rollback()

    (result,) = running.result().applied
    assert result.attempts == 1
    assert f"process {reader.info.backend_pid} (shop" in rollout.said
    assert "SELECT * FROM a WHERE n = ?" in rollout.said
    assert "4242" not in rollout.said


def test_a_reader_that_stays_longer_than_the_budget_leaves_everything_as_it_was(
    place: str, session: Callable[..., Session]
) -> None:
    session("SELECT * FROM a WHERE n = 4242")
    hasty = replace(STAGING, lock_budget=1_000)

    with pytest.raises(PostgresError, match=r"within 1 s.*n = \?") as error:
        Rollout(place, (INIT, COLUMN), hasty).run()

    assert "4242" not in error.value.message
    assert "pg_cancel_backend" in error.value.hint
    assert ask(place, NAMES) == [(INIT.name,)]
    assert ask(place, "SELECT 1 FROM pg_attribute WHERE attname = 'm'") == []


def test_an_application_that_locks_in_the_opposite_order_sees_at_most_one_error(
    place: str,
) -> None:
    ends: list[bool] = []

    def shop() -> tuple[int, int]:
        done = errors = 0
        with psycopg.connect(place) as connection:
            while not ends:
                try:
                    connection.execute("UPDATE b SET n = n + 1 WHERE id = 1")
                    connection.execute("UPDATE a SET n = n + 1 WHERE id = 1")
                    connection.commit()
                    done += 1
                except psycopg.errors.DeadlockDetected:
                    connection.rollback()
                    errors += 1
        return done, errors

    clients = [Running(shop) for _ in range(4)]
    wait_until(lambda: ask(place, "SELECT n FROM a WHERE id = 1") > [(20,)])
    outcome = Rollout(place, (INIT, BOTH)).run()
    ends.append(True)

    counts = [each.result() for each in clients]
    assert [each.name for each in outcome.applied] == [BOTH.name]
    assert sum(errors for _, errors in counts) <= 1
    total = sum(done for done, _ in counts)
    assert ask(place, "SELECT n - 1 FROM a WHERE id = 1") == [(total,)]


def test_of_three_runners_at_once_exactly_one_applies(place: str) -> None:
    runners = [Rollout(place, (INIT, MIXED), who=f"run {number}") for number in range(3)]
    running = [Running(each.run) for each in runners]

    applied = [len(each.result().applied) for each in running]

    assert sorted(applied) == [0, 0, 1]
    assert ask(place, NAMES) == [(INIT.name,), (MIXED.name,)]
    assert ask(place, VALID) == [(True,)]
    assert sum("waiting for the migration lock" in each.said for each in runners) >= 1


def test_a_runner_that_does_not_want_to_wait_says_who_is_at_work(
    place: str, session: Callable[..., Session]
) -> None:
    reader = session("SELECT * FROM a")
    first = Rollout(place, (INIT, COLUMN), who="run 1")
    running = Running(first.run)
    wait_until(lambda: "waits" in first.said)

    with pytest.raises(PostgresError, match=r"migrated by somebody else: .*staging/run 1 \("):
        Rollout(place, (INIT, COLUMN), replace(STAGING, lock_wait=0)).run()

    reader.rollback()
    assert len(running.result().applied) == 1


def test_a_deploy_of_prismas_that_waits_for_its_lock_does_not_deadlock_a_concurrent_build(
    place: str, session: Callable[..., Session]
) -> None:
    reader = session("SELECT * FROM a")
    snapshot = session("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1 FROM unrelated")
    rollout = Rollout(place, (INIT, MIXED))
    running = Running(rollout.run)
    wait_until(lambda: "waits" in rollout.said)

    prisma = session()
    prisma.autocommit = True
    locking = Running(lambda: prisma.execute(f"SELECT pg_advisory_lock({PRISMA_KEY})".encode()))
    wait_until(
        lambda: ask(place, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    )
    reader.rollback()
    locking.result()
    # Longer than deadlock_timeout.
    ask(place, "SELECT pg_sleep(1.5)")
    assert waits(place)
    snapshot.rollback()
    wait_until(lambda: ask(place, VALID) == [(True,)])
    prisma.execute(f"SELECT pg_advisory_unlock({PRISMA_KEY})".encode())

    assert [each.name for each in running.result().applied] == [MIXED.name]
    assert ask(place, VALID) == [(True,)]


def test_a_concurrent_build_that_waits_too_long_is_cut_off_and_taken_back(
    place: str, session: Callable[..., Session]
) -> None:
    snapshot = session(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 4242 FROM unrelated"
    )
    hasty = replace(STAGING, lock_budget=1_000)

    with pytest.raises(PostgresError, match=r"waited for others for more than 1 s") as error:
        Rollout(place, (INIT, INDEX), hasty).run()

    assert f"process {snapshot.info.backend_pid} (shop" in error.value.message
    assert "SELECT ? FROM unrelated" in error.value.message
    assert ask(place, VALID) == []
    snapshot.rollback()
    assert [each.name for each in Rollout(place, (INIT, INDEX), hasty).run().applied] == [
        INDEX.name
    ]
    assert ask(place, VALID) == [(True,)]


@pytest.fixture
def busy_with_vacuum(installation: Installation) -> Iterator[str]:
    """A server whose autovacuum comes at once and takes very long."""
    settings = {"autovacuum_naptime": "1s", "autovacuum": "on", "max_prepared_transactions": "2"}
    with start_server(installation, settings=settings) as server:
        url = server.url()
        Rollout(url, (INIT,)).run()
        ask(
            url,
            "ALTER TABLE a SET (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit"
            " = 1, autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);"
            " INSERT INTO a SELECT i, i FROM generate_series(101, 60000) i; DELETE FROM a"
            " WHERE id > 100",
        )
        yield url


def vacuumed(url: str, words: str = "autovacuum: VACUUM%public.a%") -> list[tuple[Any, ...]]:
    query = f"SELECT pid FROM pg_stat_activity WHERE query LIKE '{words}' AND state = 'active'"
    return ask(url, query)


def test_an_autovacuum_steps_back_once(busy_with_vacuum: str) -> None:
    url = busy_with_vacuum
    wait_until(lambda: vacuumed(url))
    ((pid,),) = vacuumed(url)
    ask(url, "SELECT pg_sleep(0.3)")
    rollout = Rollout(url, (INIT, COLUMN))

    (result,) = rollout.run().applied

    assert result.attempts <= 3
    assert f"autovacuum, process {pid}" in rollout.said
    assert "this attempt may wait 1.3 s" in rollout.said
    assert (pid,) not in vacuumed(url)


def test_an_autovacuum_against_wraparound_is_left_alone(busy_with_vacuum: str) -> None:
    url = busy_with_vacuum
    burn = """DO $$ BEGIN CREATE TEMP TABLE burnt (n int);
        FOR n IN 1..105000 LOOP
            BEGIN INSERT INTO burnt VALUES (n); EXCEPTION WHEN division_by_zero THEN END;
        END LOOP; END $$"""
    with psycopg.connect(url, autocommit=True) as connection:
        # An ordinary one that came first would be at it for minutes.
        connection.execute(
            "ALTER TABLE a SET (autovacuum_freeze_max_age = 100000, autovacuum_enabled = false)"
        )
        connection.execute(burn.encode())
    wait_until(lambda: vacuumed(url, "%public.a (to prevent wraparound)"))
    ask(url, "SELECT pg_sleep(0.3)")

    with pytest.raises(PostgresError, match="to prevent transaction id wraparound"):
        Rollout(url, (INIT, COLUMN)).run()

    assert vacuumed(url, "%public.a (to prevent wraparound)") != []
    assert ask(url, NAMES) == [(INIT.name,)]


def test_a_prepared_transaction_is_named(busy_with_vacuum: str) -> None:
    url = busy_with_vacuum
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("BEGIN")
        connection.execute("UPDATE b SET n = 0 WHERE id = 1")
        connection.execute("PREPARE TRANSACTION 'forgotten'")
    hasty = replace(STAGING, lock_budget=500)
    column = migration(COLUMN.name, "ALTER TABLE b ADD COLUMN m int;")

    with pytest.raises(PostgresError, match="prepared transaction 'forgotten'") as error:
        Rollout(url, (INIT, column), hasty).run()

    assert "ROLLBACK PREPARED 'forgotten'" in error.value.hint
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ROLLBACK PREPARED 'forgotten'")
