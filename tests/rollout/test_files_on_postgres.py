"""Files that Prisma mishandles, on real servers: what their authors meant is what happens."""

import psycopg
import pytest

from bot.errors import PostgresError
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.real import Apply

INIT = migration("20260101000000_init", "CREATE TABLE a (id int, n int)")
LAST = "20260103000000_last"
BUILD = "CREATE INDEX CONCURRENTLY a_n ON a (n)"
# Ends its own session, but only the first time: what a sequence counts is not rolled back.
LOST_ONCE = (
    "DO $$BEGIN IF nextval('lives') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); "
    "END IF; END$$"
)


def applied(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT migration_name FROM public._prisma_migrations "
        "WHERE finished_at IS NOT NULL AND applied_steps_count = 1 AND logs IS NULL ORDER BY 1",
    )


@pytest.mark.parametrize(
    ("sql", "seen"),
    [
        ("CREATE TABLE b ();\nALTER TABLE nothing ADD x int", False),
        ("BEGIN;\nCREATE TABLE b ();\nCOMMIT;\nALTER TABLE nothing ADD x int", True),
    ],
    ids=["one transaction", "a COMMIT of its own"],
)
def test_the_first_error_is_the_one_that_is_told_and_a_commit_is_a_commit(
    apply: Apply, database: str, sql: str, seen: bool
) -> None:
    with pytest.raises(PostgresError, match=r'line [24]: .*"nothing" does not exist') as error:
        apply(INIT, migration(LAST, sql))

    assert ask(database, "SELECT to_regclass('b') IS NOT NULL") == [(seen,)]
    assert ("goes on at line 4" in error.value.hint) is seen


@pytest.mark.parametrize(
    "sql",
    [
        "BEGIN; CREATE TABLE b ();",
        "BEGIN; BEGIN; CREATE TABLE b (); COMMIT; COMMIT",
        "START TRANSACTION; CREATE TABLE b (); COMMIT AND CHAIN; CREATE TABLE c (); END",
        "BEGIN ISOLATION LEVEL SERIALIZABLE, READ WRITE; CREATE TABLE b (); COMMIT",
        "SAVEPOINT s; CREATE TABLE b (); ROLLBACK TO s; CREATE TABLE b (); RELEASE s",
        "SET search_path = nowhere; CREATE TABLE public.b ()",
        "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.b ()",
        "SET lock_timeout = '1h'; SET statement_timeout = '1h'; CREATE TABLE b ()",
        "CREATE TABLE b (); DISCARD ALL",
        "CREATE TABLE b (); SET default_transaction_read_only = on",
        "CREATE TABLE b (); SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "CREATE ROLE weak_%s; CREATE TABLE b (); SET ROLE weak_%s",
        "CREATE ROLE weak_%s; CREATE TABLE b (); SET SESSION AUTHORIZATION weak_%s",
        "CREATE ROLE weak_%s; CREATE TABLE b (); COMMIT; SET LOCAL ROLE weak_%s",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1; PREPARE p AS SELECT 1; CREATE TABLE b ()",
        "LISTEN c; CREATE TEMP TABLE a (x int); CREATE TABLE b ()",
    ],
)
def test_it_is_committed_and_recorded_and_the_next_file_knows_nothing_of_it(
    apply: Apply, database: str, sql: str
) -> None:
    middle = migration("20260102000000_odd", sql.replace("%s", database.partition("test_")[2][:8]))
    after = "ALTER TABLE a ADD COLUMN b_n int; INSERT INTO a (id) VALUES (1); PREPARE p AS SELECT 2"

    apply(INIT, middle, migration(LAST, after))

    assert ask(database, "SELECT to_regclass('b') IS NOT NULL") == [(True,)]
    assert applied(database) == [(INIT.name,), (middle.name,), (LAST,)]
    roles = ask(database, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'weak_%'")
    with psycopg.connect(database, autocommit=True) as connection:
        for (role,) in roles:
            connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_what_a_file_sets_holds_for_its_concurrent_statements_too(
    apply: Apply, database: str
) -> None:
    aside = (
        "CREATE SCHEMA aside; CREATE TABLE aside.a AS SELECT 1 AS n;"
        "CREATE FUNCTION aside.slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql"
        " AS 'BEGIN PERFORM pg_sleep(0.3); RETURN n; END';"
    )
    settings = "SET search_path = aside; SET statement_timeout = 250;"
    build = "CREATE INDEX CONCURRENTLY a_n ON a (slow(n))"
    sql = f"{aside} {settings} {build}; CREATE TABLE b AS SELECT 1 AS n"

    apply(INIT, migration(LAST, sql))

    assert ask(
        database,
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indisvalid "
        "AND indrelid = 'aside.a'::regclass",
    ) == [("aside.a_n",)]
    assert ask(database, "SELECT count(*) FROM aside.b") == [(1,)]
    assert applied(database) == [(INIT.name,), (LAST,)]


def test_several_concurrent_statements_and_a_vacuum_are_one_migration(
    apply: Apply, database: str
) -> None:
    sql = (
        f"{BUILD};\nCREATE UNIQUE INDEX CONCURRENTLY ON a (id);\nVACUUM a;\n"
        "REINDEX TABLE CONCURRENTLY a;\nDROP INDEX CONCURRENTLY a_n;\nANALYZE a"
    )

    apply(INIT, migration(LAST, sql))

    assert ask(database, "SELECT relname FROM pg_class WHERE relname LIKE 'a\\_%'") == [
        ("a_id_idx",)
    ]
    assert applied(database) == [(INIT.name,), (LAST,)]


def test_a_new_enum_value_is_used_in_the_same_file_and_also_by_a_default(
    apply: Apply, database: str
) -> None:
    sql = (
        "CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE mood ADD VALUE 'good';\n"
        "CREATE TABLE m (f mood DEFAULT 'good'); INSERT INTO m DEFAULT VALUES"
    )

    apply(INIT, migration(LAST, sql))

    assert ask(database, "SELECT f::text FROM m") == [("good",)]


def test_a_procedure_that_commits_by_itself_leaves_nothing(apply: Apply, database: str) -> None:
    sql = (
        "CREATE PROCEDURE f() LANGUAGE plpgsql AS $$BEGIN COMMIT; END$$;\n"
        "CREATE TABLE b ();\nCALL f()"
    )

    with pytest.raises(PostgresError, match=r"line 3: .*invalid transaction termination") as error:
        apply(INIT, migration(LAST, sql))

    assert "commits by itself" in error.value.hint
    assert ask(database, "SELECT to_regclass('b') IS NULL") == [(True,)]
    assert applied(database) == [(INIT.name,)]


@pytest.mark.parametrize(
    "sql",
    [
        f"CREATE TABLE b (x int);\n{LOST_ONCE};\nINSERT INTO b VALUES (1)",
        f"CREATE TABLE b (x int);\n{BUILD};\n{LOST_ONCE};\nINSERT INTO b VALUES (1)",
        f"CREATE TABLE b (x int);\nCOMMIT;\n{LOST_ONCE};\n{BUILD};\nINSERT INTO b VALUES (1)",
    ],
)
def test_a_session_that_is_ended_in_the_middle_is_begun_anew_and_nothing_is_done_twice(
    apply: Apply, database: str, sql: str
) -> None:
    lives = migration("20260102000000_lives", "CREATE SEQUENCE lives")

    outcome = apply(INIT, lives, migration(LAST, sql))

    assert [each.name for each in outcome.applied] == [INIT.name, lives.name, LAST]
    assert ask(database, "TABLE b") == [(1,)]
    assert applied(database) == [(INIT.name,), (lives.name,), (LAST,)]
    assert ask(database, "SELECT 1 FROM pg_index WHERE NOT indisvalid") == []
