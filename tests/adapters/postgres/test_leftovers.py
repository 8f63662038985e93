"""What is found of statements that run alone, on real servers."""

import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from bot.adapters.postgres.target.opening import TargetDatabase, open_target
from bot.core.findings.found import Attachment
from bot.core.migrations.statement import Statement
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import PostgresError
from bot.sql.indexes import same_index
from bot.sql.parse import parse

TABLE = 'CREATE TABLE "T" (a int, "b B" text, c timestamptz, d jsonb)'


@pytest.fixture
def target(database: str) -> Iterator[TargetDatabase]:
    with open_target(default_targets()["staging"], parse_url(database)) as opened:
        yield opened


def statement(sql: str) -> Statement:
    (found,) = parse(sql).statements
    return found


def test_an_index_is_found_on_its_table_and_by_its_name(target: TargetDatabase) -> None:
    target.execute(TABLE)
    target.execute('CREATE UNIQUE INDEX "I i" ON "T" (lower("b B"), a) WHERE a > 1')

    (found,) = target.indexes_on('"T"', ())

    assert (found.name, found.bare, found.table) == ('public."I i"', "I i", 'public."T"')
    assert (found.valid, found.builder) == (True, 0)
    assert found.keys == ('lower("b B")', "a")
    assert target.index('"I i"', ()) == found
    assert target.index('"public"."I i"', ()) == found
    assert target.index('"i i"', ()) is None
    assert target.indexes_on('"nowhere"."T"', ()) == ()


def test_the_query_for_what_is_there_twice_finds_it(target: TargetDatabase, database: str) -> None:
    target.execute(TABLE)
    target.execute("""INSERT INTO "T" (a, "b B") VALUES (2, 'X'), (2, 'x'), (1, 'x'), (2, NULL)""")
    with pytest.raises(PostgresError, match="could not create unique index"):
        target.alone(
            'CREATE UNIQUE INDEX CONCURRENTLY u ON "T" (lower("b B"), a) WHERE a > 1',
            settings=(),
            heard=lambda *_: None,
        )

    (found,) = target.indexes_on('"T"', ())
    assert not found.valid
    with psycopg.connect(database) as connection:
        assert connection.execute(found.doubles.encode()).fetchall() == [("x", 2, 2)]


def test_a_name_without_a_schema_means_what_the_file_has_set(target: TargetDatabase) -> None:
    target.execute(
        "CREATE SCHEMA aside; CREATE TABLE aside.t (a int); CREATE INDEX i ON aside.t (a)"
    )

    settings = ["SET search_path = aside"]
    assert target.index('"i"', ()) is None
    assert [each.name for each in target.indexes_on('"t"', settings)] == ["aside.i"]
    assert target.index('"i"', ()) is None


def test_settings_of_the_file_hold_for_a_statement_that_runs_alone_and_end_with_it(
    target: TargetDatabase,
) -> None:
    target.execute("CREATE SCHEMA aside; CREATE TABLE aside.t (a int)")
    settings = ["SET search_path = aside", "SET statement_timeout = 1"]

    target.alone("CREATE INDEX CONCURRENTLY i ON t (a)", settings=settings, heard=lambda *_: None)

    assert target.index('"aside"."i"', ()) is not None
    target.execute("SELECT pg_sleep(0.01)")
    with pytest.raises(PostgresError, match="does not exist"):
        target.execute("TABLE t")


def test_a_partition_is_attached_or_not(target: TargetDatabase) -> None:
    target.execute("CREATE TABLE p (a int) PARTITION BY LIST (a)")
    target.execute("CREATE TABLE one PARTITION OF p FOR VALUES IN (1)")

    assert target.attachment('"p"', '"one"', ()) is Attachment.ATTACHED
    target.alone(
        "ALTER TABLE p DETACH PARTITION one CONCURRENTLY", settings=(), heard=lambda *_: None
    )
    assert target.attachment('"p"', '"one"', ()) is Attachment.DETACHED
    assert target.attachment('"p"', '"nothing"', ()) is Attachment.DETACHED


def test_our_own_session_is_alive_and_another_that_began_at_another_time_is_not(
    target: TargetDatabase,
) -> None:
    pid, began = target.session()

    assert target.alive(pid, began)
    assert not target.alive(pid, "2001-01-01 00:00:00.000000")
    assert not target.alive(0, began)


def test_a_session_notices_soon_that_its_client_is_gone_also_after_a_file(
    target: TargetDatabase,
) -> None:
    def holds() -> None:
        target.execute(
            "DO $$BEGIN ASSERT current_setting('client_connection_check_interval') = '2s' "
            "AND current_setting('idle_in_transaction_session_timeout') = '1min' "
            "AND current_setting('idle_session_timeout') = '0'; END$$"
        )

    holds()
    target.alone("VACUUM", settings=["RESET ALL"], heard=lambda *_: None)
    holds()


def test_no_timeout_of_a_role_breaks_off_what_runs_alone(
    target: TargetDatabase, database: str
) -> None:
    with psycopg.connect(database) as connection:
        newer = connection.info.server_version >= 170000
    names = ["statement_timeout", *(["transaction_timeout"] if newer else [])]

    settings = [f"SET {name} = '50ms'" for name in names]
    target.alone("SELECT pg_sleep(0.2)", settings=settings, heard=lambda *_: None)


def test_who_builds_an_index_is_known_to_a_role_that_may_not_see_it(
    target: TargetDatabase, database: str
) -> None:
    target.execute(TABLE)
    target.execute("DROP ROLE IF EXISTS outsider; CREATE ROLE outsider LOGIN")
    stranger = replace(parse_url(database), user="outsider")
    with (
        psycopg.connect(database) as writer,
        psycopg.connect(database, autocommit=True) as building,
        open_target(default_targets()["staging"], stranger) as weak,
    ):
        writer.execute("""INSERT INTO "T" VALUES (1)""")
        building.pgconn.send_query(b'CREATE INDEX CONCURRENTLY x ON "T" (a)')
        building.pgconn.flush()
        deadline = time.monotonic() + 30
        while not (found := weak.indexes_on('"T"', ())):
            assert time.monotonic() < deadline

        assert [(each.valid, each.builder) for each in found] == [
            (False, building.pgconn.backend_pid)
        ]
        target.execute(f"SELECT pg_cancel_backend({building.pgconn.backend_pid})")
        while building.pgconn.get_result() is not None:
            continue
        assert [each.builder for each in weak.indexes_on('"T"', ())] == [0]
    target.execute("DROP ROLE outsider")


@pytest.mark.parametrize(
    "written",
    [
        "CREATE INDEX CONCURRENTLY x ON {table} (a)",
        "CREATE INDEX ON {table} ((a))",
        "CREATE UNIQUE INDEX x ON {table} USING btree (a DESC, {b} NULLS FIRST)",
        "CREATE INDEX x ON {table} (a DESC NULLS FIRST, {b} ASC NULLS LAST)",
        "CREATE INDEX x ON {table} (lower({b}), (a + 1))",
        "CREATE INDEX x ON {table} (({b} || 'x'), date_trunc('day', c AT TIME ZONE 'UTC'))",
        "CREATE INDEX x ON {table} USING gin (d jsonb_path_ops)",
        "CREATE INDEX x ON {table} USING hash ({b})",
        'CREATE INDEX x ON {table} ({b} COLLATE "C" text_pattern_ops) WHERE a IN (1, -2)',
        "CREATE INDEX x ON {table} (a) INCLUDE ({b}, c) WITH (fillfactor = 70) WHERE {b} <> 'x'",
        "CREATE INDEX x ON {table} (a) WHERE {b} IS NOT NULL AND c > '2026-01-01'",
        "CREATE INDEX x ON {table} (coalesce(a, 0), ((d ->> 'k')::int))",
    ],
)
def test_an_index_is_known_again_however_the_server_writes_it(
    target: TargetDatabase, written: str
) -> None:
    sql = written.format(table='"T"', b='"b B"')
    target.execute(TABLE)
    target.execute(sql.replace("CONCURRENTLY ", ""))

    (found,) = target.indexes_on('"T"', ())
    assert same_index(statement(sql), found.definition)
