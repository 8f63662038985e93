"""What the bot says about the sizes of tables, against what real servers hold."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.sizes import read_sizes
from bot.core.rehearsals.sizes import ColumnSize, RelationKind, RowSource, Sizes
from bot.core.rehearsals.sizes_file import dump
from bot.errors import PostgresError

ORDERS = """
CREATE TABLE orders (id int PRIMARY KEY, note text);
INSERT INTO orders SELECT n, 'canary-' || n FROM generate_series(1, 5000) AS n;
ANALYZE orders;
"""


def silent(_: float) -> None:
    """Nothing happens meanwhile."""


def sizes_of(url: str, *, seconds: float = 0.0, columns: bool = False) -> Sizes:
    connection = connect(url, application_name="tests")
    try:
        return read_sizes(connection, "production", sleep=silent, seconds=seconds, columns=columns)
    finally:
        connection.close()


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for each in statements:
            connection.execute(each.encode())


def test_an_empty_database_has_no_relations(database: str) -> None:
    found = sizes_of(database)

    assert found.relations == ()
    assert found.target == "production"
    assert found.postgres >= 13


def test_bytes_are_the_servers_own_and_rows_are_its_estimate(database: str) -> None:
    run(database, ORDERS)

    size = sizes_of(database).of("public.orders")

    assert size is not None
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT pg_total_relation_size('orders'), pg_indexes_size('orders')"
        ).fetchone()
    assert row is not None
    assert (size.bytes, size.indexes) == row
    assert size.heap == size.bytes - size.indexes
    assert (size.rows, size.rows_from) == (5000, RowSource.PLANNER)


def test_the_estimate_grows_with_the_pages_since_the_table_was_analysed(database: str) -> None:
    run(
        database,
        ORDERS,
        "INSERT INTO orders SELECT n, 'canary-' || n FROM generate_series(5001, 10000) AS n",
    )

    size = sizes_of(database).of("public.orders")

    assert size is not None
    assert size.rows is not None
    assert 9000 < size.rows < 11000


def test_columns_are_counted_and_none_of_their_values_is_told(database: str) -> None:
    run(
        database,
        "CREATE TABLE people (id int, mood text, nick text)",
        "INSERT INTO people SELECT n, (ARRAY['canary-a', 'canary-b'])[1 + n % 2], "
        "CASE WHEN n % 4 = 0 THEN 'canary' END FROM generate_series(1, 1000) AS n",
        "CREATE TABLE log (at date) PARTITION BY RANGE (at)",
        "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
        "INSERT INTO log SELECT '2026-01-05' FROM generate_series(1, 1000) AS n",
        "ANALYZE",
    )

    found = sizes_of(database, columns=True)

    people, log = found.of("public.people"), found.of("public.log")
    assert people is not None
    assert log is not None
    assert people.columns == (
        ColumnSize("id", 0.0, -1.0, 4),
        ColumnSize("mood", 0.0, 2.0, 9),
        ColumnSize("nick", 0.75, 1.0, 7),
    )
    assert log.columns == (ColumnSize("at", 0.0, 1.0, 4),)
    assert "canary" not in dump(found)
    assert sizes_of(database).of("public.people") == replace(people, columns=())


def test_a_role_that_may_not_read_a_table_gets_no_counts_of_its_columns(database: str) -> None:
    name = f"looker_{secrets.token_hex(4)}"
    run(database, ORDERS, f"CREATE ROLE {name}")
    try:
        connection = connect(database, application_name="tests")
        connection.execute(f"SET ROLE {name}".encode())
        found = read_sizes(connection, "production", sleep=silent, seconds=0.0, columns=True)
        connection.close()
    finally:
        run(database, f"DROP ROLE {name}")

    assert [each.columns for each in found.relations] == [()]


def test_a_table_without_pages_is_known_to_be_empty(database: str) -> None:
    run(database, "CREATE TABLE orders (id int)")

    size = sizes_of(database).of("public.orders")

    assert size is not None
    assert (size.rows, size.rows_from, size.bytes) == (0, RowSource.NO_PAGES, 0)


def test_a_table_that_was_never_analysed_has_counters_or_nothing(database: str) -> None:
    run(
        database,
        "CREATE TABLE orders (id int) WITH (autovacuum_enabled = false)",
        "INSERT INTO orders SELECT generate_series(1, 5000)",
    )
    counted = sizes_of(database).of("public.orders")
    run(database, "SELECT pg_stat_reset()")
    unknown = sizes_of(database).of("public.orders")

    assert counted is not None
    assert unknown is not None
    assert (counted.rows, counted.rows_from) == (5000, RowSource.COUNTERS)
    assert (unknown.rows, unknown.rows_from) == (None, None)
    assert unknown.bytes > 100_000


def test_a_partitioned_table_is_the_sum_of_its_partitions(database: str) -> None:
    run(
        database,
        "CREATE TABLE log (id int, at date) PARTITION BY RANGE (at)",
        "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
        "CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') "
        "PARTITION BY RANGE (id)",
        "CREATE TABLE log_2_1 PARTITION OF log_2 FOR VALUES FROM (0) TO (9999)",
        "INSERT INTO log SELECT n, '2026-01-05' FROM generate_series(1, 1000) AS n",
        "INSERT INTO log SELECT n, '2026-02-05' FROM generate_series(1, 2000) AS n",
        "ANALYZE log_1",
        "ANALYZE log_2_1",
    )

    found = sizes_of(database)

    log, middle = found.of("public.log"), found.of("public.log_2")
    parts = found.of("public.log_1"), found.of("public.log_2_1")
    assert log is not None
    assert middle is not None
    assert log.kind is RelationKind.PARTITIONED
    assert log.rows == 3000
    assert log.bytes == sum(each.bytes for each in parts if each is not None) > 0
    assert (middle.partition_of, middle.rows) == ("public.log", 2000)


def test_views_temporary_tables_and_the_catalogue_are_left_out(database: str) -> None:
    run(
        database,
        "CREATE TABLE orders (id int)",
        "CREATE VIEW recent AS SELECT * FROM orders",
        "CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders",
        'CREATE SCHEMA "Odd schema"',
        'CREATE TABLE "Odd schema"."Ünïcode" (id int)',
        "CREATE TEMPORARY TABLE scratch (id int)",
    )

    found = sizes_of(database)

    assert [each.relation for each in found.relations] == [
        "Odd schema.Ünïcode",
        "public.orders",
        "public.totals",
    ]
    assert found.relations[2].kind is RelationKind.VIEW


def test_writes_are_counted_between_two_looks(database: str) -> None:
    run(database, ORDERS, "CREATE TABLE quiet (id int)")
    connection = connect(database, application_name="tests")

    def write(_: float) -> None:
        # A session reports its counters at the latest when it ends.
        run(database, "UPDATE orders SET note = 'x' WHERE id <= 500")
        _wait_for_counters(connection)

    found = read_sizes(connection, "production", sleep=write, seconds=1)
    connection.close()

    orders, quiet = found.of("public.orders"), found.of("public.quiet")
    assert orders is not None
    assert quiet is not None
    assert orders.writes is not None
    assert orders.writes > 0
    assert quiet.writes == 0
    assert found.seconds == 1


def _wait_for_counters(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    for _ in range(500):
        row = connection.execute(
            "SELECT n_tup_upd >= 500 FROM pg_stat_user_tables WHERE relname = 'orders'"
        ).fetchone()
        if row and row[0]:
            return
        threading.Event().wait(0.02)
    raise AssertionError("the server never counted the update")


def test_no_value_of_a_row_is_in_the_file(database: str) -> None:
    run(database, ORDERS)

    text = dump(sizes_of(database))

    assert "public.orders" in text
    assert "canary" not in text


@contextmanager
def role(url: str, *, name: str = "stranger") -> Iterator[str]:
    """A role that may connect, and nothing else."""
    run(url, f"CREATE ROLE {name}", "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    try:
        yield name
    finally:
        run(url, f"DROP ROLE {name}")


def test_a_role_that_may_only_connect_sees_the_same(database: str) -> None:
    run(database, ORDERS, "CREATE SCHEMA hidden", "CREATE TABLE hidden.t (id int)")
    with role(database) as name:
        connection = connect(database, application_name="tests")
        connection.execute(f"SET ROLE {name}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT 1 FROM public.orders")
        found = read_sizes(connection, "production", sleep=silent, seconds=0)
        connection.close()

        assert found.relations == sizes_of(database).relations
    assert [each.relation for each in found.relations] == ["hidden.t", "public.orders"]


@pytest.mark.parametrize("lock", ["LOCK TABLE orders", "REINDEX INDEX orders_pkey"])
def test_a_locked_table_is_told_from_the_catalogue_and_nobody_waits(
    database: str, lock: str
) -> None:
    run(database, ORDERS, "CREATE TABLE free (id int)")
    with psycopg.connect(database) as holder:
        holder.execute(lock.encode())
        found = sizes_of(database)

    orders, free = found.of("public.orders"), found.of("public.free")
    assert orders is not None
    assert free is not None
    assert (orders.measured, free.measured) == (False, True)
    assert orders.rows == 5000
    assert orders.bytes > 100_000


def test_if_measuring_has_to_wait_all_is_told_from_the_catalogue(database: str) -> None:
    """The index of a table's long values is not looked for among the locks."""
    run(database, ORDERS, "CREATE TABLE fresh (id int)")
    with psycopg.connect(database) as holder:
        row = holder.execute(
            "SELECT indexrelid::regclass FROM pg_index JOIN pg_class AS c "
            "ON indrelid = c.reltoastrelid WHERE c.relname = 'orders'"
        ).fetchone()
        assert row is not None
        holder.execute(f"REINDEX INDEX {row[0]}".encode())
        found = sizes_of(database)

    assert [each.measured for each in found.relations] == [False, False]
    orders = found.of("public.orders")
    assert orders is not None
    assert orders.bytes > 100_000


def test_where_nothing_is_counted_nobody_waits_for_writes(database: str) -> None:
    run(database, ORDERS)
    connection = connect(database, application_name="tests")
    connection.execute("SET track_counts = off")

    def refuse(_: float) -> None:
        raise AssertionError("there is nothing to wait for")

    found = read_sizes(connection, "production", sleep=refuse, seconds=2)
    connection.close()

    orders = found.of("public.orders")
    assert orders is not None
    assert (orders.writes, found.seconds) == (None, 0.0)


def test_a_server_that_goes_away_is_an_error_with_a_hint(database: str) -> None:
    connection = connect(database, application_name="tests")

    def end(_: float) -> None:
        run(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE pid = {connection.info.backend_pid}",
        )

    with pytest.raises(PostgresError) as error:
        read_sizes(connection, "production", sleep=end, seconds=1)

    assert error.value.hint


def test_what_a_database_defines_does_not_stand_in_for_what_the_server_has(database: str) -> None:
    with psycopg.connect(database) as connection:
        name = connection.info.dbname
    run(
        database,
        ORDERS,
        "CREATE FUNCTION public.pg_table_size(oid) RETURNS bigint LANGUAGE sql AS 'SELECT 1::int8'",
        "CREATE VIEW public.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false",
        f"ALTER DATABASE {name} SET search_path = public, pg_catalog",
    )

    size = sizes_of(database).of("public.orders")

    assert size is not None
    assert size.heap > 100_000
