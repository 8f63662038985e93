"""What the Tracer says of migrations that behave, and of those that do not."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest

from bot.adapters.postgres.rehearsal.trace.tracing import Tracer
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal import TouchedRows
from bot.core.rehearsals.rehearsal_order import Limits, Part, Step
from bot.errors import PostgresError
from tests.adapters.postgres.processes import becomes_true
from tests.adapters.postgres.rehearsal.traced import Bench, bench, guard, modes, only, together

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

SCHEMA = """
CREATE TABLE orders (id integer PRIMARY KEY, total integer, note text);
CREATE INDEX orders_total ON orders (total);
CREATE TABLE customers (id integer PRIMARY KEY);
INSERT INTO orders SELECT n, n, 'x' FROM generate_series(1, 100) n;
"""
AE = "AccessExclusiveLock"


@pytest.fixture
def place(database: str) -> Iterator[Bench]:
    with bench(database, SCHEMA) as found:
        yield found


def test_a_lock_counts_for_the_statement_that_takes_it_and_is_held_to_the_end(place: Bench) -> None:
    traced = place.run(
        "ALTER TABLE orders ADD COLUMN a integer",
        "ALTER TABLE orders ADD COLUMN b integer",
        "CREATE INDEX ON customers (id)",
    )
    first, second, third = (only(traced, index) for index in range(3))
    assert modes(first) == {"public.orders": AE}
    assert second.locks == ()
    assert modes(third) == {"public.customers": "ShareLock"}
    together_ms = first.duration_ms + second.duration_ms + third.duration_ms
    assert first.locks[0].held_ms >= together_ms
    assert first.locks[0].held_ms > third.locks[0].held_ms >= third.duration_ms
    assert traced.committed == 1


def test_a_stronger_lock_counts_once_more(place: Bench) -> None:
    traced = place.run("LOCK TABLE orders IN SHARE MODE", "LOCK TABLE orders")
    found = [each.mode for index in (0, 1) for each in only(traced, index).locks]
    assert found == [LockMode.SHARE, LockMode.ACCESS_EXCLUSIVE]


def test_relations_made_since_the_tracer_are_new(place: Bench) -> None:
    place.run("CREATE TABLE fresh (id integer)")
    traced = place.run("ALTER TABLE fresh ADD COLUMN a integer", "ALTER TABLE orders DROP note")
    assert [each.new for each in only(traced, 0).locks] == [True]
    assert [each.new for each in only(traced, 1).locks] == [False]


def test_a_relation_goes_by_the_name_that_it_had(place: Bench) -> None:
    traced = place.run("ALTER TABLE orders RENAME TO sales", "ALTER TABLE sales DROP note")
    assert modes(only(traced, 0)) == {"public.orders": AE}
    assert only(traced, 0).misses == ("public.orders",)
    assert only(traced, 1).loses == ("public.sales.note",)


def test_rewrites_and_rebuilt_and_new_indexes_are_told_apart(place: Bench) -> None:
    traced = place.run(
        "ALTER TABLE orders ALTER COLUMN total TYPE bigint", "CREATE INDEX fresh ON orders (note)"
    )
    first, second = only(traced, 0), only(traced, 1)
    assert first.rewrites == ("public.orders",)
    assert first.rebuilds == ("public.orders_pkey", "public.orders_total")
    assert (first.scans, first.indexes) == ((), ())
    assert (second.scans, second.indexes) == (("public.orders",), ("public.fresh",))
    assert first.wal_bytes > 4096


def test_times_are_told_to_the_microsecond(place: Bench) -> None:
    traced = [
        *place.run("SELECT 1", "LOCK TABLE orders").statements,
        *place.alone("SELECT 1").statements,
    ]
    measured = [each.measured for each in traced if each.measured]
    times = [each.duration_ms for each in measured]
    times += [lock.held_ms for each in measured for lock in each.locks]
    assert len(times) == 4
    assert times == [round(each, 3) for each in times]


def test_what_others_did_between_two_migrations_is_seen(place: Bench) -> None:
    place.run("CREATE TABLE first (id integer)")
    place.admin.execute("CREATE TABLE between (id integer)")
    place.admin.execute("ALTER TABLE customers RENAME TO clients")
    place.admin.execute("DROP TABLE first")
    traced = place.run("DROP TABLE between", "ALTER TABLE clients ADD a integer")
    assert only(traced, 0).loses == ("public.between",)
    assert modes(only(traced, 1)) == {"public.clients": AE}


def test_what_code_took_back_in_part_is_told_from_what_stays(place: Bench) -> None:
    sql = """DO $$ BEGIN
        DROP TABLE customers;
        BEGIN DROP TABLE orders; RAISE 'no'; EXCEPTION WHEN OTHERS THEN NULL; END;
    END $$"""
    traced = place.run(
        "CREATE TABLE fresh (id integer)", sql, "DROP TABLE fresh", "DROP TABLE orders"
    )
    lost = [only(traced, index).loses for index in range(1, 4)]
    assert lost == [("public.customers",), ("public.fresh",), ("public.orders",)]


def test_rows_are_counted_by_statement(place: Bench) -> None:
    traced = place.run(
        "INSERT INTO customers VALUES (1), (2)",
        "UPDATE orders SET note = 'y' WHERE id <= 7",
        "DELETE FROM orders WHERE id > 90",
        "CREATE TABLE copied AS SELECT * FROM customers",
    )
    assert [only(traced, index).rows for index in range(4)] == [
        (TouchedRows("public.customers", inserted=2),),
        (TouchedRows("public.orders", updated=7),),
        (TouchedRows("public.orders", deleted=10),),
        (TouchedRows("public.copied", inserted=2),),
    ]


def test_an_emptied_table_is_not_rewritten(place: Bench) -> None:
    measured = only(place.run("TRUNCATE orders"))
    assert (measured.rewrites, measured.rebuilds, measured.scans) == ((), (), ())


def test_a_failure_takes_its_part_back_and_stops(place: Bench) -> None:
    traced = place.tracer.run(
        [
            together("CREATE TABLE first (id integer)"),
            together("CREATE TABLE second (id integer)", "SELECT 1 / 0", "SELECT 1"),
            together("CREATE TABLE third (id integer)"),
        ]
    )
    assert traced.committed == 1
    assert traced.refused is not None
    assert (traced.refused.statement, traced.refused.sqlstate) == (1, "22012")
    assert [each.measured is None for each in traced.statements] == [False, False, True]
    row = place.admin.execute("SELECT to_regclass('first'), to_regclass('second')").fetchone()
    assert row == ("first", None)


def test_a_deferred_constraint_refuses_the_end_of_its_transaction(database: str) -> None:
    history = "CREATE TABLE t (id integer, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)"
    with bench(database, history) as place:
        traced = place.run("INSERT INTO t VALUES (1), (1)")
    assert traced.committed == 0
    assert traced.refused is not None
    assert (traced.refused.statement, traced.refused.sqlstate) == (None, "23505")
    assert traced.statements[0].measured is not None


@pytest.mark.parametrize("sql", ["COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN"])
def test_a_statement_that_ends_its_transaction_is_refused(place: Bench, sql: str) -> None:
    traced = place.run("CREATE TABLE fresh (id integer)", sql, "SELECT 1")
    assert traced.refused is not None
    assert traced.refused.statement == 1
    assert "ended the transaction" in traced.refused.message


def test_a_statement_that_leaves_a_transaction_open_is_refused(place: Bench) -> None:
    traced = place.alone("BEGIN")
    assert traced.refused is not None
    assert "left a transaction open" in traced.refused.message


def test_a_session_that_ends_itself_is_said_so(place: Bench) -> None:
    for run in (place.run, place.alone):
        traced = run("SELECT pg_terminate_backend(pg_backend_pid())")
        assert traced.refused is not None
        assert traced.refused.stop is Stop.CONNECTION
        assert traced.refused.statement == 0
    assert only(place.run("SELECT 1")).duration_ms > 0


def test_a_statement_that_does_not_end_is_stopped(database: str) -> None:
    with bench(database, SCHEMA, Limits(statement=0.3)) as place:
        for run in (place.run, place.alone):
            traced = run("SELECT pg_sleep(60)")
            assert traced.refused is not None
            assert traced.refused.stop is Stop.TIME


def test_nothing_is_begun_when_the_time_is_over(database: str) -> None:
    with bench(database, SCHEMA, Limits(total=0.0)) as place:
        traced = place.run("SELECT 1")
    assert traced.refused is not None
    assert traced.refused.stop is Stop.TIME
    assert traced.statements == ()


def test_text_that_no_connection_can_carry_is_refused(place: Bench) -> None:
    for sql in ("SELECT '\ud800'", "SELECT '\x00'"):
        traced = place.run(sql)
        assert traced.refused is not None


def test_a_connection_that_cannot_be_made_is_a_refusal(database: str) -> None:
    def refused() -> psycopg.Connection[object]:
        raise PostgresError("It is full.", hint="Wait.", sqlstate="53300")

    with psycopg.connect(database, autocommit=True) as admin:
        traced = Tracer(refused, admin, guard()).run([together("SELECT 1")])
    assert traced.refused is not None
    assert traced.refused.message == "It is full."


def test_settings_stay_as_the_migration_has_them(place: Bench) -> None:
    """Whatever is set, each of the next statements finds it so, and is measured all the same."""
    traced = place.run(
        "SET LOCAL search_path = pg_temp, other",
        "SET statement_timeout = '33s'",
        "SET client_encoding = 'LATIN1'",
        "SET LOCAL client_min_messages = error",
        "CREATE TEMPORARY TABLE pg_class (oid integer)",
        "SET CONSTRAINTS ALL DEFERRED",
        "SAVEPOINT migration_bot_reading",
        "CREATE TABLE public.fresh (id integer)",
        "SET LOCAL lock_timeout = '44s'",
        """DO $$ BEGIN
            ASSERT current_setting('search_path') = 'pg_temp, other';
            ASSERT current_setting('statement_timeout') = '33s';
            ASSERT current_setting('client_encoding') = 'LATIN1';
            ASSERT current_setting('lock_timeout') = '44s';
        END $$""",
        "ROLLBACK TO SAVEPOINT migration_bot_reading",
        "CREATE INDEX ON public.orders (note)",
        """DO $$ BEGIN
            ASSERT current_setting('lock_timeout') <> '44s';
            ASSERT to_regclass('public.fresh') IS NULL;
        END $$""",
    )
    assert only(traced, 11).scans == ("public.orders",)


def test_a_level_of_messages_is_kept_and_scans_are_known_all_the_same(place: Bench) -> None:
    traced = place.run(
        "SET client_min_messages = error",
        "CREATE INDEX ON orders (note)",
        "CREATE TABLE levels AS SELECT 1 AS one",
        "ALTER TABLE orders ADD CHECK (id > 0)",
    )
    assert only(traced, 1).scans == only(traced, 3).scans == ("public.orders",)


def test_a_transaction_can_be_set_up_before_its_first_query(place: Bench) -> None:
    traced = place.run(
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET LOCAL lock_timeout = '1s'",
        "SET TRANSACTION READ ONLY, DEFERRABLE",
        "SELECT count(*) FROM orders",
    )
    assert modes(only(traced, 3)) == {"public.orders": "AccessShareLock"}


def test_a_role_with_no_rights_is_traced_and_stays(place: Bench) -> None:
    role = f"without_rights_{secrets.token_hex(4)}"
    place.admin.execute(f"CREATE ROLE {role}".encode())
    try:
        traced = place.run(
            "CREATE TABLE fresh (id integer)",
            f"SET ROLE {role}",
            "CREATE TEMPORARY TABLE own (who name DEFAULT current_user)",
            "INSERT INTO own DEFAULT VALUES",
            f"DO $$ BEGIN ASSERT (SELECT who FROM own) = '{role}'; END $$",
            "DO $$ BEGIN RAISE 'taken back'; END $$",
        )
        assert traced.refused is not None
        assert traced.refused.message == "taken back"
    finally:
        # A session that has ended is still taking its temporary tables away.
        assert becomes_true(lambda: place.alone_there)
        place.admin.execute(f"DROP ROLE {role}".encode())


def test_what_a_savepoint_takes_back_is_there_again(place: Bench) -> None:
    traced = place.run(
        "ALTER TABLE orders ADD COLUMN a integer",
        "SAVEPOINT s",
        "ALTER TABLE orders DROP COLUMN note",
        "ROLLBACK TO s",
        "ALTER TABLE orders DROP COLUMN note",
        "DROP TABLE orders",
    )
    assert only(traced, 2).loses == only(traced, 4).loses == ("public.orders.note",)
    assert only(traced, 5).loses == ("public.orders",)


def test_messages_that_a_migration_makes_up_are_not_believed(place: Bench) -> None:
    sql = """DO $$ BEGIN
        RAISE DEBUG 'building index "x" on table "orders" serially';
        PERFORM FROM orders FOR UPDATE;
    END $$"""
    assert only(place.run(sql)).scans == ()


def test_a_flood_of_messages_is_survived(place: Bench) -> None:
    sql = "DO $$ BEGIN FOR i IN 1..20000 LOOP RAISE NOTICE 'x'; END LOOP; END $$"
    assert only(place.run(sql, "CREATE INDEX ON orders (note)"), 1).scans == ("public.orders",)


def test_reading_takes_no_lock_on_what_is_read(place: Bench) -> None:
    traced = place.run("CREATE TABLE fresh (id integer)", "SELECT 1", "SELECT 2")
    assert [only(traced, index).locks for index in (1, 2)] == [(), ()]


def test_prepared_statements_may_be_thrown_away(place: Bench) -> None:
    traced = place.tracer.run(
        [
            together("PREPARE p AS SELECT 1", "DEALLOCATE ALL", *["SELECT 1"] * 8),
            Part((Step(0, "DISCARD ALL"),), transactional=False),
            together("SELECT 1"),
        ]
    )
    assert (traced.refused, traced.committed) == (None, 3)


def test_each_part_begins_as_apply_begins_it(place: Bench) -> None:
    traced = place.tracer.run(
        [
            together("SET search_path = nowhere", "SET statement_timeout = '33s'"),
            together(
                "DO $$ BEGIN ASSERT current_setting('statement_timeout') <> '33s'; END $$",
                "ALTER TABLE orders DROP note",
            ),
        ]
    )
    assert traced.refused is None


def test_an_extension_is_made_by_the_superuser(place: Bench) -> None:
    step = Step(1, "CREATE EXTENSION earthdistance CASCADE", extension="earthdistance")
    part = Part((Step(0, "SELECT 1"), step, Step(2, "CREATE TABLE fresh (place earth)")))
    traced = place.tracer.run([part])
    if traced.refused and "not available" in traced.refused.message:
        pytest.skip("this server has no contrib modules")
    assert traced.refused is None
    assert len(traced.statements) == 3


def test_a_validated_foreign_key_is_named(database: str) -> None:
    history = """
    CREATE TABLE parent (id integer PRIMARY KEY);
    CREATE TABLE child (id integer, parent_id integer);
    CREATE SCHEMA other;
    CREATE TABLE other.child (id integer, parent_id integer);
    """
    with bench(database, history) as place:
        traced = place.run(
            "ALTER TABLE child ADD CONSTRAINT f FOREIGN KEY (parent_id) REFERENCES parent",
            "ALTER TABLE other.child ADD CONSTRAINT f FOREIGN KEY (parent_id) REFERENCES parent",
        )
    assert only(traced, 0).validated == ("public.child.f",)
    assert only(traced, 1).validated == ("other.child.f",)
    assert only(traced, 1).scans == ("other.child",)


def test_temporary_files_are_added_up(database: str) -> None:
    with bench(database, SCHEMA) as place:
        place.admin.execute("ALTER ROLE CURRENT_USER SET log_temp_files = 0")
        try:
            traced = place.run(
                "SET LOCAL work_mem = '64kB'",
                "CREATE TABLE sorted AS SELECT n FROM generate_series(1, 50000) n ORDER BY -n",
            )
        finally:
            place.admin.execute("ALTER ROLE CURRENT_USER RESET log_temp_files")
    assert only(traced, 1).temporary_bytes > 100_000


def test_a_concurrent_build_is_looked_at_while_it_runs(database: str) -> None:
    rows = "INSERT INTO orders SELECT n, n, 'x' FROM generate_series(101, 50000) n"
    with bench(database, SCHEMA + rows) as place:
        measured = only(place.alone("CREATE INDEX CONCURRENTLY fresh ON orders (note)"))
    assert modes(measured) == {"public.orders": "ShareUpdateExclusiveLock"}
    assert 0 < measured.locks[0].held_ms <= measured.duration_ms * 2
    assert measured.sampled
    assert not measured.transactional
    assert measured.indexes == ("public.fresh",)


def test_a_concurrent_build_that_fails_is_refused_and_what_it_left_is_seen(place: Bench) -> None:
    place.run("UPDATE orders SET total = 1")
    traced = place.alone("CREATE UNIQUE INDEX CONCURRENTLY fresh ON orders (total)")
    assert traced.refused is not None
    assert traced.refused.sqlstate == "23505"
    assert [each.measured for each in traced.statements] == [None]
    assert only(place.run("DROP INDEX fresh")).duration_ms > 0
