"""The target adapter on real servers: lock, rows, transactions, and the promises of a rollout."""

import threading
from collections.abc import Iterator

import psycopg
import pytest

from bot.adapters.postgres.target.locking import OWN_KEY, PRISMA_KEY
from bot.adapters.postgres.target.opening import TargetDatabase, open_target
from bot.core.settings import default_targets
from bot.core.url import parse_url
from bot.errors import PostgresError
from tests.fakes import migration

STAGING = default_targets()["staging"]
INIT = migration("20260101000000_init", "CREATE TABLE a (id int)")


@pytest.fixture
def target(database: str) -> Iterator[TargetDatabase]:
    with open_target(STAGING, parse_url(database)) as opened:
        yield opened


@pytest.fixture
def other(database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database, autocommit=True, application_name="somebody") as connection:
        yield connection


def silent(text: str) -> None:
    """Nobody listens."""


def test_an_empty_database_has_nothing_applied_and_needs_no_baseline(
    target: TargetDatabase,
) -> None:
    assert target.applied() == ()
    assert not target.unbaselined()


def test_tables_without_a_history_need_a_baseline(target: TargetDatabase) -> None:
    target.execute("CREATE TABLE theirs (id int)")

    assert target.unbaselined()


def test_the_facts_are_the_servers(target: TargetDatabase) -> None:
    facts = target.facts()

    assert facts.version.startswith(str(facts.major))
    assert facts.database.startswith("test_")
    assert not facts.read_only
    assert not facts.in_recovery


def test_a_row_is_committed_together_with_the_statements(target: TargetDatabase) -> None:
    target.create_table()
    with target.transaction():
        target.execute(INIT.sql)
        target.record_applied(INIT)

    (row,) = target.applied()
    assert (row.name, row.checksum, row.applied_steps_count) == (INIT.name, INIT.checksum, 1)
    assert row.finished
    assert row.started_at <= row.finished_at  # type: ignore[operator]


def test_a_failure_takes_statements_and_row_back_together(target: TargetDatabase) -> None:
    target.create_table()

    def run() -> None:
        with target.transaction():
            target.execute(INIT.sql)
            target.record_applied(INIT)
            target.execute("CREATE TABLE")

    with pytest.raises(PostgresError, match="syntax error"):
        run()

    assert target.applied() == ()
    target.execute(INIT.sql)


@pytest.mark.parametrize("place", [0, 3, 299])
def test_of_statements_sent_together_the_refused_one_is_known(
    target: TargetDatabase, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    statements = [f"CREATE TABLE t_{number} ()" for number in range(300)]
    statements[place] = "SELECT 'the value of a row'::int"

    with pytest.raises(PostgresError, match="invalid input") as error, target.transaction():
        target.execute_all(statements)

    assert error.value.position == place
    assert "the value of a row" not in error.value.message
    assert caplog.text == ""
    target.execute("CREATE TABLE t_1 ()")


def test_statements_sent_together_see_what_the_earlier_ones_did(target: TargetDatabase) -> None:
    with target.transaction():
        target.execute_all(
            ["CREATE TABLE a (id int)", "ALTER TABLE a ADD b int", "INSERT INTO a (b) VALUES (1)"]
        )

    with pytest.raises(PostgresError, match="already exists"):
        target.execute("CREATE TABLE a ()")


def test_a_connection_lost_between_statements_is_told_without_a_log(
    target: TargetDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    end = "SELECT pg_terminate_backend(pg_backend_pid())"

    # Whether the server's last words still arrive is a matter of chance.
    said = "was lost|terminating connection"
    with pytest.raises(PostgresError, match=said) as error, target.transaction():
        target.execute_all(["SELECT 1", end, "SELECT 2"])

    assert error.value.sqlstate in ("08006", "57P01")
    assert caplog.text == ""


def test_a_migration_that_moves_the_search_path_is_recorded_all_the_same(
    target: TargetDatabase,
) -> None:
    target.create_table()
    with target.transaction():
        target.execute("SELECT pg_catalog.set_config('search_path', '', false)")
        target.record_applied(INIT)

    assert [row.name for row in target.applied()] == [INIT.name]


def test_what_a_file_sets_for_its_session_ends_with_it(target: TargetDatabase) -> None:
    target.create_table()
    with target.transaction():
        target.execute_all(["CREATE SCHEMA aside", "SET search_path = aside"])
        target.execute_all(["SET work_mem = '1GB'", "CREATE ROLE weak", "SET ROLE weak"])
        target.record_applied(INIT)
    with target.transaction():
        target.execute("CREATE TABLE seen AS SELECT current_setting('work_mem') AS m")
        target.execute("SELECT * FROM public.seen")
        target.execute("DROP SCHEMA aside; DROP ROLE weak")


def test_the_lock_is_prismas_and_ours_and_is_let_go_of(
    target: TargetDatabase, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    def held(key: int) -> bool:
        row = other.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        taken = row == (False,)
        if not taken:
            other.execute("SELECT pg_advisory_unlock(%s)", (key,))
        return taken

    with target.exclusively(silent):
        assert held(PRISMA_KEY)
        assert held(OWN_KEY)
        with target.without_prisma_lock():
            assert not held(PRISMA_KEY)
            assert held(OWN_KEY)
        assert held(PRISMA_KEY)
    assert not held(PRISMA_KEY)
    assert not held(OWN_KEY)


def test_waiting_for_the_lock_names_its_holder_and_ends_when_it_is_free(
    target: TargetDatabase, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
    release = threading.Timer(
        0.4, lambda: other.execute("SELECT pg_advisory_unlock(%s)", (PRISMA_KEY,))
    )
    release.start()
    said: list[str] = []

    with target.exclusively(said.append):
        release.join()

    assert len(said) == 1
    assert f"somebody (process {other.info.backend_pid}" in said[0]


def test_the_holder_of_the_lock_is_told_to_whoever_asks(
    target: TargetDatabase, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    assert target.lock_holder() is None

    other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))

    assert "somebody" in (target.lock_holder() or "")


def test_a_lock_on_a_table_is_not_waited_for_longer_than_the_timeout(
    target: TargetDatabase, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    target.execute(INIT.sql)
    with other.transaction():
        other.execute("SELECT * FROM a")
        with pytest.raises(PostgresError) as error, target.transaction():
            target.execute("ALTER TABLE a ADD COLUMN b int")

    assert error.value.sqlstate == "55P03"
    assert "somebody" not in error.value.message


def test_a_concurrent_build_that_fails_is_seen_as_an_invalid_index(target: TargetDatabase) -> None:
    target.execute("CREATE TABLE d (id int); INSERT INTO d VALUES (1), (1)")

    with pytest.raises(PostgresError, match="could not create unique index"), target.untimed():
        target.execute('CREATE UNIQUE INDEX CONCURRENTLY "Mixed" ON d (id)')

    assert target.invalid_indexes() == {'public."Mixed"'}


def test_a_started_row_can_be_followed_finished_failed_or_taken_back(
    target: TargetDatabase,
) -> None:
    target.create_table()
    id = target.record_started(INIT)
    assert target.applied()[0].unfinished

    target.record_step(id, 2)
    target.record_failed(id, "no space left")
    assert (target.applied()[0].applied_steps_count, target.applied()[0].logs) == (
        2,
        "no space left",
    )

    target.record_finished(id)
    assert target.applied()[0].finished

    second = target.record_started(migration("20260102000000_second"))
    target.forget(second)
    assert [row.name for row in target.applied()] == [INIT.name]


def test_the_table_stands_in_the_schema_of_the_url(database: str) -> None:
    joint = "&" if "?" in database else "?"
    with open_target(STAGING, parse_url(f"{database}{joint}schema=tenant_7")) as target:
        target.create_table()
        target.create_table()
        with target.transaction():
            target.record_applied(INIT)

    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM tenant_7._prisma_migrations").fetchone()
    assert row == (1,)
