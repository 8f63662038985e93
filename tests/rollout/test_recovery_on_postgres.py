"""What an earlier run left half done, made on purpose on real servers, and the run after it."""

from dataclasses import replace

import psycopg
import pytest

from bot.adapters.postgres.target.opening import open_target
from bot.core.rollouts.checkpoint import Checkpoint, Intent, Note
from bot.core.targets.url import parse_url
from bot.errors import HistoryError, PostgresError
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.real import STAGING, Apply

pytestmark = pytest.mark.slow

INIT = migration(
    "20260101000000_init",
    "CREATE TABLE a (id int PRIMARY KEY, n int);\nINSERT INTO a VALUES (1, 1), (2, 2);\n"
    "CREATE TABLE p (k int) PARTITION BY LIST (k);\n"
    "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);",
)
BUILD = "CREATE INDEX CONCURRENTLY a_n ON a (n)"
UNNAMED = "CREATE UNIQUE INDEX CONCURRENTLY ON a (n)"
DETACH = "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY"
NAME = "20260102000000_next"


@pytest.fixture
def apply(apply: Apply) -> Apply:
    """To a database that INIT was applied to."""
    apply(INIT)
    return apply


def broken_off(database: str, sql: str, *, while_open: str) -> None:
    """Run it until it waits for another transaction, and cancel it there."""
    with psycopg.connect(database) as other, psycopg.connect(database, autocommit=True) as own:
        other.execute(while_open.encode())
        own.execute("SET statement_timeout = '300ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            own.execute(sql.encode())


def intended(database: str, text: str, intent: Intent) -> None:
    """The row of a migration of which an earlier run has written what it was going to run."""
    with open_target(STAGING, parse_url(database)) as target:
        start = Checkpoint(migration(NAME, text).checksum)
        target.start("id-1", NAME, start)
        target.note(Note("id-1", replace(start, intent=intent)))


def indexes(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT indexrelid::regclass::text, indisvalid FROM pg_index "
        "WHERE indrelid = 'a'::regclass AND NOT indisprimary ORDER BY 1",
    )


def finished(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT finished_at IS NOT NULL, applied_steps_count, logs FROM _prisma_migrations "
        f"WHERE migration_name = '{NAME}'",
    )


DONE = [(True, 1, None)]
WRITER = "UPDATE a SET n = n"
READER = "SELECT * FROM p"


@pytest.mark.parametrize("sql", [BUILD, UNNAMED])
def test_an_intent_that_was_not_begun_is_carried_out(apply: Apply, database: str, sql: str) -> None:
    intended(database, sql, Intent(0, sql, there=("public.a_pkey",)))

    apply(INIT, migration(NAME, sql))

    assert [valid for _, valid in indexes(database)] == [True]
    assert finished(database) == DONE


@pytest.mark.parametrize("sql", [BUILD, UNNAMED])
def test_an_index_that_was_built_before_the_run_died_is_not_built_again(
    apply: Apply, database: str, sql: str
) -> None:
    intended(database, sql, Intent(0, sql, there=("public.a_pkey",)))
    ask(database, f"{sql.replace('CONCURRENTLY', '')}")
    before = ask(database, "SELECT oid FROM pg_class WHERE relname LIKE 'a_n%'")

    apply(INIT, migration(NAME, sql))

    assert ask(database, "SELECT oid FROM pg_class WHERE relname LIKE 'a_n%'") == before
    assert finished(database) == DONE


@pytest.mark.parametrize("sql", [BUILD, UNNAMED])
def test_an_index_that_was_half_built_is_dropped_and_built_again(
    apply: Apply, database: str, sql: str
) -> None:
    intended(database, sql, Intent(0, sql, there=("public.a_pkey",)))
    broken_off(database, sql, while_open=WRITER)
    assert [valid for _, valid in indexes(database)] == [False]

    apply(INIT, migration(NAME, sql))

    assert [valid for _, valid in indexes(database)] == [True]
    assert finished(database) == DONE


def test_an_index_that_is_built_and_cannot_be_counted_is_not_built_again(
    apply: Apply, database: str
) -> None:
    apply(INIT)
    ask(
        database,
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'not now'; END$$;"
        "CREATE TRIGGER no BEFORE UPDATE OF applied_steps_count ON _prisma_migrations "
        "FOR EACH ROW EXECUTE FUNCTION no()",
    )
    with pytest.raises(PostgresError, match="not now") as error:
        apply(INIT, migration(NAME, BUILD))
    assert "Nothing of" not in error.value.message
    before = ask(database, "SELECT oid FROM pg_class WHERE relname = 'a_n'")
    ask(database, "DROP TRIGGER no ON _prisma_migrations")

    apply(INIT, migration(NAME, BUILD))

    assert ask(database, "SELECT oid FROM pg_class WHERE relname = 'a_n'") == before
    assert finished(database) == DONE


def test_an_index_of_that_name_without_an_intent_of_ours_is_never_dropped(
    apply: Apply, database: str
) -> None:
    broken_off(database, BUILD, while_open=WRITER)

    for sql in (BUILD, BUILD.replace("CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS")):
        with pytest.raises(PostgresError, match=r"line 1: .*public\.a_n is there already") as error:
            apply(INIT, migration(NAME, sql))
        assert "DROP INDEX CONCURRENTLY public.a_n" in error.value.hint

    assert indexes(database) == [("a_n", False)]
    assert finished(database) == []


def test_if_not_exists_is_content_with_an_index_that_works(apply: Apply, database: str) -> None:
    ask(database, "CREATE INDEX a_n ON a (n)")
    sql = BUILD.replace("CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS")

    apply(INIT, migration(NAME, sql))

    assert finished(database) == DONE


def test_another_index_of_that_name_made_meanwhile_by_hand_stops_with_its_definition(
    apply: Apply, database: str
) -> None:
    intended(database, BUILD, Intent(0, BUILD, there=("public.a_pkey",)))
    ask(database, "CREATE INDEX a_n ON a (id)")

    with pytest.raises(HistoryError, match=r"it is CREATE INDEX a_n ON public\.a"):
        apply(INIT, migration(NAME, BUILD))

    assert indexes(database) == [("a_n", True)]


@pytest.mark.parametrize(
    ("mended", "left"),
    [
        ("CREATE INDEX CONCURRENTLY a_other ON a (n)", [("a_other", True)]),
        ("CREATE INDEX a_n ON a (n)", [("a_n", True)]),
        ("SELECT 1; CREATE INDEX CONCURRENTLY a_n ON a (n)", [("a_n", True)]),
        ("-- migration-bot: batch size=1\nDELETE FROM a", []),
        ("", []),
    ],
)
def test_what_an_edited_statement_had_begun_is_taken_back(
    apply: Apply, database: str, mended: str, left: list[tuple[object, ...]]
) -> None:
    intended(database, BUILD, Intent(0, BUILD, there=("public.a_pkey",)))
    broken_off(database, BUILD, while_open=WRITER)

    apply(INIT, migration(NAME, mended))

    assert indexes(database) == left
    assert finished(database) == DONE


@pytest.mark.parametrize("mended", ["CREATE INDEX CONCURRENTLY a_other ON a (n)", "SELECT 1"])
def test_an_edited_statement_that_was_done_is_not_forgotten(
    apply: Apply, database: str, mended: str
) -> None:
    intended(database, BUILD, Intent(0, BUILD, there=("public.a_pkey",)))
    ask(database, "CREATE INDEX a_n ON a (n)")

    with pytest.raises(HistoryError, match="was done already before its text was changed"):
        apply(INIT, migration(NAME, mended))


def test_a_drop_that_was_broken_off_is_ended(apply: Apply, database: str) -> None:
    ask(database, "CREATE INDEX a_n ON a (n)")
    drop = "DROP INDEX CONCURRENTLY a_n"
    intended(database, drop, Intent(0, drop))
    broken_off(database, drop, while_open=WRITER)
    assert indexes(database) == [("a_n", False)]

    apply(INIT, migration(NAME, drop))

    assert indexes(database) == []
    assert finished(database) == DONE


DROP = "DROP INDEX CONCURRENTLY a_n"


@pytest.fixture
def half_dropped(apply: Apply, database: str) -> None:
    ask(database, "CREATE INDEX a_n ON a (n)")
    intended(database, DROP, Intent(0, DROP))
    broken_off(database, DROP, while_open=WRITER)
    assert indexes(database) == [("a_n", False)]


@pytest.mark.usefixtures("half_dropped")
@pytest.mark.parametrize("mended", ["", "SELECT 1", "CREATE INDEX CONCURRENTLY a_m ON a (n)"])
def test_a_drop_that_was_taken_out_half_done_is_told_of_and_can_be_settled_both_ways(
    apply: Apply, database: str, mended: str
) -> None:
    for _ in range(2):
        with pytest.raises(HistoryError, match="broken off half-way before its text") as error:
            apply(INIT, migration(NAME, mended))
    assert "REINDEX INDEX CONCURRENTLY" in error.value.hint

    ask(database, "REINDEX INDEX CONCURRENTLY a_n")
    apply(INIT, migration(NAME, mended))

    assert ("a_n", True) in indexes(database)
    assert finished(database) == DONE


@pytest.mark.usefixtures("half_dropped")
@pytest.mark.parametrize(
    "mended", [DROP, "DROP INDEX a_n", "DROP INDEX CONCURRENTLY IF EXISTS a_n", f"{DROP}; SELECT 1"]
)
def test_a_drop_that_was_half_done_is_ended_by_whatever_drops_it(
    apply: Apply, database: str, mended: str
) -> None:
    apply(INIT, migration(NAME, mended))

    assert indexes(database) == []
    assert finished(database) == DONE


def test_an_index_that_was_not_in_use_before_its_drop_is_nobodys_half_work(
    apply: Apply, database: str
) -> None:
    broken_off(database, BUILD, while_open=WRITER)
    intended(database, DROP, Intent(0, DROP, there=("public.a_n",)))

    apply(INIT, migration(NAME, "SELECT 1"))

    assert finished(database) == DONE


def test_a_drop_that_was_done_is_recorded(apply: Apply, database: str) -> None:
    drop = "DROP INDEX CONCURRENTLY a_n"
    intended(database, drop, Intent(0, drop))

    apply(INIT, migration(NAME, drop))

    assert finished(database) == DONE


def test_a_drop_of_nothing_is_an_error_unless_it_says_if_exists(
    apply: Apply, database: str
) -> None:
    with pytest.raises(PostgresError, match="There is no index"):
        apply(INIT, migration(NAME, "DROP INDEX CONCURRENTLY a_n"))
    assert finished(database) == []

    apply(INIT, migration(NAME, "DROP INDEX CONCURRENTLY IF EXISTS a_n"))
    assert finished(database) == DONE


@pytest.mark.parametrize("what", ["INDEX CONCURRENTLY a_n", "TABLE CONCURRENTLY a"])
def test_the_copies_of_a_broken_off_reindex_are_dropped(
    apply: Apply, database: str, what: str
) -> None:
    ask(database, "CREATE INDEX a_n ON a (n)")
    sql = f"REINDEX {what}"
    intended(database, sql, Intent(0, sql))
    broken_off(database, sql, while_open=WRITER)
    assert any("_ccnew" in str(name) for name, _ in indexes(database))

    apply(INIT, migration(NAME, sql))

    assert indexes(database) == [("a_n", True)]
    assert finished(database) == DONE


def test_a_partition_that_was_half_taken_off_is_taken_off(apply: Apply, database: str) -> None:
    intended(database, DETACH, Intent(0, DETACH))
    broken_off(database, DETACH, while_open=READER)
    assert ask(database, "SELECT inhdetachpending FROM pg_inherits") == [(True,)]

    apply(INIT, migration(NAME, DETACH))

    assert ask(database, "SELECT inhdetachpending FROM pg_inherits") == []
    assert finished(database) == DONE


def test_a_partition_that_somebody_else_has_half_taken_off_is_left_to_them(
    apply: Apply, database: str
) -> None:
    broken_off(database, DETACH, while_open=READER)

    with pytest.raises(PostgresError, match="Somebody has begun to detach") as error:
        apply(INIT, migration(NAME, DETACH))

    assert 'DETACH PARTITION "p1" FINALIZE' in error.value.hint


@pytest.mark.parametrize(
    "sql", ["VACUUM a", "VACUUM (ANALYZE)", "CLUSTER", "REINDEX SCHEMA public"]
)
def test_what_does_no_harm_is_done_again(apply: Apply, database: str, sql: str) -> None:
    intended(database, sql, Intent(0, sql))

    apply(INIT, migration(NAME, sql))

    assert finished(database) == DONE


def test_rows_that_are_there_twice_are_found_by_the_query_that_is_shown(
    apply: Apply, database: str
) -> None:
    ask(database, "INSERT INTO a VALUES (3, 2)")

    with pytest.raises(PostgresError, match=r"Nothing of .* was kept") as error:
        apply(INIT, migration(NAME, UNNAMED))

    query = error.value.hint.partition("`")[2].partition("`")[0]
    assert ask(database, query) == [(2, 2)]
    assert "2" not in error.value.message.replace(NAME, "")
    assert (indexes(database), finished(database)) == ([], [])


def test_a_build_on_a_partitioned_table_is_refused_with_the_way_to_do_it(
    apply: Apply, database: str
) -> None:
    with pytest.raises(PostgresError, match="partitioned") as error:
        apply(INIT, migration(NAME, "CREATE INDEX CONCURRENTLY ON p (k)"))

    assert "ON ONLY" in error.value.hint
    assert finished(database) == []


def test_while_the_session_of_an_earlier_run_is_at_it_nothing_is_decided(
    apply: Apply, database: str
) -> None:
    with open_target(STAGING, parse_url(database)) as orphan:
        pid, began = orphan.session()
        intended(database, BUILD, Intent(0, BUILD, pid, began))

        with pytest.raises(PostgresError, match=rf"earlier run \(process {pid}\) is still"):
            apply(INIT, migration(NAME, BUILD))

    assert indexes(database) == []
