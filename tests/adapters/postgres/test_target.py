"""The target adapter on real servers: lock, rows, transactions, and the promises of a rollout."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.target.locking import OWN_KEY, PRISMA_KEY
from bot.adapters.postgres.target.opening import TargetDatabase, open_target
from bot.core.rollouts.checkpoint import (
    Checkpoint,
    Last,
    Note,
    Record,
    Step,
    Whole,
    read_checkpoint,
)
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import HistoryError, PostgresError
from tests.fakes import migration

STAGING = default_targets()["staging"]
UNIQUE = 'CREATE UNIQUE INDEX CONCURRENTLY "Mixed" ON d (id)'
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


def run(target: TargetDatabase, *texts: str, record: Record | None = None) -> list[int]:
    """The places of the statements that were told of as done."""
    done: list[int] = []
    target.together(
        texts,
        record or Whole("id-1", INIT),
        needs=(),
        heard=lambda place, seconds, rows: done.append(place),
    )
    return done


def test_a_row_is_committed_together_with_the_statements(target: TargetDatabase) -> None:
    target.create_table()
    assert run(target, INIT.sql, "INSERT INTO a VALUES (1)") == [0, 1]

    (row,) = target.applied()
    assert (row.name, row.checksum, row.applied_steps_count) == (INIT.name, INIT.checksum, 1)
    assert (row.id, row.finished, row.logs) == ("id-1", True, None)
    assert row.started_at <= row.finished_at  # type: ignore[operator]


def test_a_failure_takes_statements_and_row_back_together(target: TargetDatabase) -> None:
    target.create_table()

    with pytest.raises(PostgresError, match="syntax error") as error:
        run(target, INIT.sql, "CREATE TABLE")

    assert error.value.position == 1
    assert target.applied() == ()
    target.execute(INIT.sql)


def test_a_row_that_cannot_be_written_takes_the_statements_back(target: TargetDatabase) -> None:
    with pytest.raises(PostgresError, match="_prisma_migrations"):
        run(target, INIT.sql)

    target.execute(INIT.sql)


@pytest.mark.parametrize("place", [0, 3, 299])
def test_of_statements_sent_together_the_refused_one_is_known(
    target: TargetDatabase, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    statements = [f"CREATE TABLE t_{number} ()" for number in range(300)]
    statements[place] = "SELECT 'the value of a row'::int"

    with pytest.raises(PostgresError, match="invalid input") as error:
        run(target, *statements)

    assert error.value.position == place
    assert "the value of a row" not in error.value.message
    assert caplog.text == ""
    target.execute("CREATE TABLE t_1 ()")


def test_a_connection_lost_between_statements_is_told_without_a_log(
    target: TargetDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    end = "SELECT pg_terminate_backend(pg_backend_pid())"

    # Whether the server's last words still arrive is a matter of chance.
    said = "was lost|terminating connection"
    with pytest.raises(PostgresError, match=said) as error:
        run(target, "SELECT 1", end, "SELECT 2")

    assert error.value.sqlstate in ("08006", "57P01")
    assert caplog.text == ""


class _Spoiled(TargetDatabase):
    """One whose session is cancelled whenever it is reset."""

    def spoil(self) -> None:
        assert not self._sessionless
        self._reset = ("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(1)",)


def test_a_session_that_cannot_be_reset_is_lost_and_what_was_committed_stays(
    target: TargetDatabase, database: str
) -> None:
    target.create_table()
    url = parse_url(database)
    connection = connect(url, application_name="spoiled")
    spoiled = _Spoiled(connection, STAGING, "public", url)
    spoiled.spoil()

    with pytest.raises(PostgresError, match="reset the session: canceling") as error:
        run(spoiled, "CREATE TABLE kept ()")

    assert error.value.sqlstate == "08006"
    assert connection.closed
    assert len(target.applied()) == 1


def test_a_migration_that_moves_the_search_path_is_recorded_all_the_same(
    target: TargetDatabase,
) -> None:
    target.create_table()
    run(target, "SELECT pg_catalog.set_config('search_path', '', false)")

    assert [row.name for row in target.applied()] == [INIT.name]


def test_what_a_file_sets_for_its_session_ends_with_it(target: TargetDatabase) -> None:
    target.create_table()
    run(
        target,
        *("CREATE SCHEMA aside", "SET search_path = aside"),
        *("SET work_mem = '1GB'", "CREATE ROLE weak", "SET ROLE weak"),
    )
    run(
        target,
        *("CREATE TABLE seen AS SELECT current_setting('work_mem') AS m", "TABLE public.seen"),
        *("DROP SCHEMA aside", "DROP ROLE weak"),
        record=Whole("id-2", migration("20260102000000_next")),
    )


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
        with target.without_prisma_lock(silent):
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


def test_prismas_half_is_taken_back_with_patience_and_whoever_has_it_is_named(
    target: TargetDatabase, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    said: list[str] = []
    let_go = threading.Timer(
        0.4, lambda: other.execute("SELECT pg_advisory_unlock(%s)", (PRISMA_KEY,))
    )

    with target.exclusively(silent):
        with target.without_prisma_lock(said.append):
            other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
            let_go.start()
        let_go.join()
        row = other.execute("SELECT pg_try_advisory_lock(%s)", (PRISMA_KEY,)).fetchone()

    assert row == (False,)
    assert len(said) == 1
    assert "somebody" in said[0]


def test_an_error_without_prismas_half_is_the_one_that_is_told(
    target: TargetDatabase, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    def fail() -> None:
        with target.exclusively(silent), target.without_prisma_lock(silent):
            other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
            target.execute("TABLE nowhere")

    with pytest.raises(PostgresError, match="nowhere"):
        fail()


def test_the_holder_of_the_lock_is_told_to_whoever_asks(
    target: TargetDatabase, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    assert target.lock_holder() is None

    other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))

    holder = target.lock_holder()
    assert holder is not None
    assert holder.application == "somebody"


def test_a_lock_on_a_table_is_not_waited_for_longer_than_the_timeout(
    target: TargetDatabase, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    target.execute(INIT.sql)
    with other.transaction():
        other.execute("SELECT * FROM a")
        with pytest.raises(PostgresError) as error:
            run(target, "ALTER TABLE a ADD COLUMN b int")

    assert error.value.sqlstate == "55P03"
    assert "somebody" not in error.value.message


def test_a_concurrent_build_that_fails_is_seen_as_an_invalid_index(target: TargetDatabase) -> None:
    target.execute("CREATE TABLE d (id int); INSERT INTO d VALUES (1), (1)")

    with pytest.raises(PostgresError, match="could not create unique index"):
        target.alone(UNIQUE, settings=(), heard=lambda *_: None)

    assert target.invalid_indexes() == {'public."Mixed"'}


def test_constraints_that_are_not_valid_are_named(target: TargetDatabase) -> None:
    target.execute('CREATE TABLE a (n int); ALTER TABLE a ADD CONSTRAINT "C" CHECK (n > 0)')
    assert target.unvalidated() == frozenset()

    target.execute("ALTER TABLE a ADD CHECK (n > 1) NOT VALID")

    assert target.unvalidated() == {"public.a.a_n_check"}


def test_a_started_row_is_followed_step_by_step_and_finished(target: TargetDatabase) -> None:
    target.create_table()
    checkpoint = Checkpoint(INIT.checksum)
    target.start("id-1", INIT.name, checkpoint)
    assert target.applied()[0].unfinished

    one = checkpoint.after("d1")
    run(target, "CREATE TABLE one ()", record=Step("id-1", one))
    noted = replace(one, error="no space left")
    target.note(Note("id-1", noted))
    (row,) = target.applied()
    assert (row.applied_steps_count, read_checkpoint(row.logs)) == (1, noted)

    run(target, "CREATE TABLE two ()", record=Last("id-1", one.after("d2")))
    (row,) = target.applied()
    assert (row.finished, row.applied_steps_count, row.logs) == (True, 1, None)


def test_a_started_row_is_taken_back_only_as_it_was_left(target: TargetDatabase) -> None:
    target.create_table()
    target.start("id-1", INIT.name, Checkpoint(INIT.checksum))

    target.forget("id-1", 1)
    assert len(target.applied()) == 1

    target.forget("id-1", 0)
    assert target.applied() == ()


@pytest.mark.parametrize("kind", [Step, Last, Note])
def test_a_row_that_somebody_else_has_changed_stops_the_segment(
    target: TargetDatabase, kind: type[Step | Note]
) -> None:
    target.create_table()
    target.start("id-1", INIT.name, Checkpoint(INIT.checksum))
    target.execute("UPDATE _prisma_migrations SET rolled_back_at = now()")

    with pytest.raises(HistoryError, match="changed by somebody else"):
        run(target, "CREATE TABLE one ()", record=kind("id-1", Checkpoint("c").after("d1")))

    target.execute("CREATE TABLE one ()")


def test_the_table_stands_in_the_schema_of_the_url(database: str) -> None:
    joint = "&" if "?" in database else "?"
    with open_target(STAGING, parse_url(f"{database}{joint}schema=tenant_7")) as target:
        target.create_table()
        target.create_table()
        run(target)

    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM tenant_7._prisma_migrations").fetchone()
    assert row == (1,)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("SELECT true", ""),
        ("SELECT 1 = 1, true FROM generate_series(1, 3)", ""),
        ("SELECT true WHERE false", "it gave no rows."),
        ("SELECT n > 1 FROM generate_series(1, 3) AS n", "1 of its 3 rows are not true."),
        ("SELECT NULL::boolean", "1 of its 1 rows are not true."),
        ("SELECT 1", "1 of its 1 rows are not true."),
        ("SET work_mem = '1MB'", "it gave no rows."),
    ],
)
def test_a_query_of_the_targets_own_has_to_give_rows_and_nothing_but_true(
    target: TargetDatabase, query: str, wrong: str
) -> None:
    assert target.wrong_with(query, timeout=30_000) == wrong


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("CREATE TABLE b ()", "read-only transaction"),
        ("SELECT true; SELECT true", "cannot insert multiple commands"),
        ("SELECT pg_sleep(60) IS NULL", "statement timeout"),
    ],
)
def test_a_query_that_writes_or_takes_too_long_is_refused(
    target: TargetDatabase, query: str, said: str
) -> None:
    with pytest.raises(PostgresError, match=said):
        target.wrong_with(query, timeout=50)

    assert target.wrong_with("SELECT true", timeout=30_000) == ""
