"""Whole rollouts on real servers: judged, applied, recorded, and cleaned up after a failure."""

import secrets
from dataclasses import replace

import psycopg
import pytest

from bot.core.targets.url import parse_url
from bot.errors import HistoryError, PostgresError, UsageError
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.real import Apply, Rollout

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY, n int);\n")
INDEX = migration("20260102000000_index", "CREATE INDEX CONCURRENTLY a_n ON a (n);\n")


def rows(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT migration_name, finished_at IS NOT NULL, applied_steps_count, logs "
        "FROM _prisma_migrations ORDER BY started_at",
    )


def test_a_history_is_applied_once_and_then_nothing_is_pending(apply: Apply, database: str) -> None:
    assert [each.name for each in apply(INIT, INDEX).applied] == [INIT.name, INDEX.name]
    assert apply(INIT, INDEX).applied == ()
    assert rows(database) == [(INIT.name, True, 1, None), (INDEX.name, True, 1, None)]


def test_checksums_are_prismas(apply: Apply, database: str) -> None:
    apply(INIT)

    assert ask(database, "SELECT checksum FROM _prisma_migrations") == [(INIT.checksum,)]


def test_a_failing_file_leaves_no_trace_and_the_next_run_goes_on(
    apply: Apply, database: str
) -> None:
    broken = migration("20260102000000_more", "CREATE TABLE b (id int);\nALTER TABLE c ADD d int;")

    with pytest.raises(
        PostgresError, match=r"20260102000000_more, line 2: .*\"c\" does not exist .*P3018"
    ):
        apply(INIT, broken)

    assert ask(database, "SELECT to_regclass('b') IS NULL") == [(True,)]
    mended = replace(broken, sql="CREATE TABLE b (id int);")
    assert [each.name for each in apply(INIT, mended).applied] == [broken.name]


def test_a_failed_unique_build_leaves_neither_an_index_nor_a_row(
    apply: Apply, database: str
) -> None:
    doubles = "CREATE TABLE d (n int); INSERT INTO d (n) VALUES (1), (1)"
    start = migration("20260101000000_init", doubles)
    apply(start)
    unique = migration("20260102000000_unique", "CREATE UNIQUE INDEX CONCURRENTLY d_n ON d (n)")

    with pytest.raises(PostgresError, match="Nothing of 20260102000000_unique was kept") as error:
        apply(start, unique)

    assert "(1)" not in error.value.message
    assert ask(database, "SELECT to_regclass('d_n') IS NULL") == [(True,)]
    assert len(rows(database)) == 1


def test_a_file_with_concurrent_and_other_statements_is_applied_in_segments(
    apply: Apply, database: str
) -> None:
    mixed = migration(
        "20260102000000_mixed",
        "ALTER TABLE a ADD COLUMN m int;\nCREATE INDEX CONCURRENTLY a_m ON a (m);\n"
        "COMMENT ON COLUMN a.m IS 'counted';",
    )

    apply(INIT, mixed)

    assert rows(database)[1] == (mixed.name, True, 1, None)
    assert ask(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_m'::regclass") == [
        (True,)
    ]


def test_a_file_that_stops_between_segments_is_gone_on_with_once_its_rest_is_mended(
    apply: Apply, database: str
) -> None:
    mixed = migration(
        "20260102000000_mixed",
        "ALTER TABLE a ADD COLUMN m int;\nCREATE INDEX CONCURRENTLY a_x ON a (missing);",
    )

    with pytest.raises(PostgresError, match="Everything before line 2"):
        apply(INIT, mixed)
    assert rows(database)[1][1:3] == (False, 1)

    mended = replace(mixed, sql=mixed.sql.replace("missing", "m"))
    apply(INIT, mended)
    assert rows(database)[1] == (mixed.name, True, 1, None)
    assert ask(database, "SELECT checksum FROM _prisma_migrations")[1] == (mended.checksum,)


def test_what_has_run_already_may_not_be_edited(apply: Apply) -> None:
    mixed = migration(
        "20260102000000_mixed",
        "ALTER TABLE a ADD COLUMN m int;\nCREATE INDEX CONCURRENTLY a_x ON a (missing);",
    )
    with pytest.raises(PostgresError, match="Everything before line 2"):
        apply(INIT, mixed)

    with pytest.raises(HistoryError, match="was edited since, at line 1"):
        apply(INIT, replace(mixed, sql=mixed.sql.replace("COLUMN m", "COLUMN k")))


def test_a_migration_that_somebody_else_began_is_left_alone(apply: Apply, database: str) -> None:
    apply(INIT)
    ask(
        database,
        "INSERT INTO _prisma_migrations (id, checksum, migration_name) "
        "VALUES ('theirs', 'c', '20260102000000_index') RETURNING 1",
    )

    with pytest.raises(HistoryError, match="P3009"):
        apply(INIT, INDEX)


def test_a_new_enum_value_can_be_used_further_down_the_same_file(
    apply: Apply, database: str
) -> None:
    enum = migration(
        "20260101000000_init", "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE m (f mood)"
    )
    used = migration(
        "20260102000000_used",
        "ALTER TYPE mood ADD VALUE 'good';\nINSERT INTO m (f) VALUES ('good');",
    )

    apply(enum, used)

    assert ask(database, "SELECT f::text FROM m") == [("good",)]


def test_prismas_own_enum_replacement_with_begin_and_commit_is_one_transaction(
    apply: Apply, database: str
) -> None:
    enum = migration(
        "20260101000000_init",
        "CREATE TYPE mood AS ENUM ('ok', 'bad'); CREATE TABLE m (f mood NOT NULL DEFAULT 'ok')",
    )
    replaced = migration(
        "20260102000000_replaced",
        "BEGIN;\nCREATE TYPE mood_new AS ENUM ('ok');\n"
        "ALTER TABLE m ALTER COLUMN f DROP DEFAULT;\n"
        "ALTER TABLE m ALTER COLUMN f TYPE mood_new USING (f::text::mood_new);\n"
        "ALTER TYPE mood RENAME TO mood_old;\nALTER TYPE mood_new RENAME TO mood;\n"
        "DROP TYPE mood_old;\nALTER TABLE m ALTER COLUMN f SET DEFAULT 'ok';\nCOMMIT;\n",
    )

    apply(enum, replaced)

    assert ask(database, "SELECT enum_range(NULL::mood)::text") == [("{ok}",)]


def test_percent_signs_and_dollar_quotes_are_sent_as_they_stand(
    apply: Apply, database: str
) -> None:
    function = migration(
        "20260101000000_f",
        "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$BEGIN RETURN '100 %s %';END$$;",
    )

    apply(function)

    assert ask(database, "SELECT f()") == [("100 %s %",)]


def test_a_file_that_cannot_be_read_is_refused_before_anything_is_recorded(
    apply: Apply, database: str
) -> None:
    with pytest.raises(UsageError, match="20260102000000_bad, line 1"):
        apply(INIT, migration("20260102000000_bad", "CREATE TABEL b (id int);"))

    assert ask(database, "SELECT to_regclass('_prisma_migrations') IS NULL") == [(True,)]


def test_an_empty_or_comment_only_file_is_recorded_as_prisma_does(
    apply: Apply, database: str
) -> None:
    apply(migration("20260101000000_e", ""), migration("20260102000000_c", "-- nothing\n"))

    assert [row[:3] for row in rows(database)] == [
        ("20260101000000_e", True, 1),
        ("20260102000000_c", True, 1),
    ]


DEFERRED = (
    "CREATE TABLE p (id int PRIMARY KEY);\n"
    "CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);\n"
    "INSERT INTO c VALUES (1);\n"
    "SELECT 1;\n"
)


@pytest.mark.parametrize("more", ["", "CREATE INDEX CONCURRENTLY c_p ON c (p);\n"])
def test_what_is_refused_at_the_commit_is_blamed_on_no_line_and_leaves_nothing(
    apply: Apply, database: str, more: str
) -> None:
    name = "20260101000000_deferred"

    with pytest.raises(
        PostgresError, match=rf"^{name}: PostgreSQL did not let me commit it: .*foreign key"
    ) as error:
        apply(migration(name, DEFERRED + more))

    assert error.value.sqlstate == "23503"
    assert rows(database) == []
    assert ask(database, "SELECT to_regclass('p')") == [(None,)]


def test_a_row_that_cannot_be_written_is_blamed_on_no_line(apply: Apply, database: str) -> None:
    name = "20260101000000_gone"

    with pytest.raises(PostgresError, match=rf"^{name}: PostgreSQL did not let me record it: "):
        apply(migration(name, "CREATE TABLE b ();\nDROP TABLE _prisma_migrations;\n"))

    assert rows(database) == []
    assert ask(database, "SELECT to_regclass('b')") == [(None,)]


def test_a_role_that_may_not_delete_rows_is_told_why_its_migration_failed(
    apply: Apply, database: str
) -> None:
    apply(INIT)
    role = f"role_{secrets.token_hex(4)}"
    broken = migration("20260103000000_broken", f"SELECT 1 / 0;\n{INDEX.sql}")
    stranger = database.replace(f"//{parse_url(database).user}", f"//{role}", 1)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN".encode())
        rights = "SELECT, INSERT, UPDATE"
        connection.execute(f"GRANT {rights} ON _prisma_migrations TO {role}".encode())
        connection.execute(f"GRANT CREATE ON SCHEMA public TO {role}".encode())
        connection.execute(f"ALTER TABLE a OWNER TO {role}".encode())

        with pytest.raises(PostgresError, match=r"line 1: .*division by zero") as error:
            Rollout(stranger, (INIT, broken)).run()

        assert "goes on at line 1" in error.value.hint
        assert rows(database)[-1][:3] == (broken.name, False, 0)
        connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())
