"""The locks that are taken before the first statement, on real servers."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from bot.adapters.postgres.target.first_locks import FirstLocks
from bot.adapters.postgres.target.opening import TargetDatabase, open_target
from bot.core.migrations.effects import LockMode
from bot.core.rollouts.blocker import Need
from bot.core.rollouts.checkpoint import Whole
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import PostgresError
from tests.asking import ask
from tests.fakes import migration

STAGING = default_targets()["staging"]
FILE = migration("20260101000000_x", "")
AE, SUE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE
SCHEMA = """
CREATE TABLE "Or""der" (id int);
CREATE TABLE b (id int);
CREATE TABLE log (at int) PARTITION BY LIST (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE VIEW v AS SELECT * FROM b;
CREATE MATERIALIZED VIEW m AS SELECT * FROM b;
CREATE SEQUENCE s;
CREATE INDEX i ON b (id);
"""
HELD = """
CREATE TABLE seen AS SELECT relation::regclass::text AS name, mode FROM pg_locks
 WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
   AND relation IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""


@pytest.fixture
def target(database: str) -> Iterator[TargetDatabase]:
    with open_target(STAGING, parse_url(database)) as opened:
        opened.create_table()
        opened.execute(SCHEMA)
        yield opened


def together(target: TargetDatabase, texts: list[str], *needs: Need) -> None:
    target.together(texts, Whole("1", FILE), needs=needs, heard=lambda *_: None)


def statements(target: TargetDatabase, *needs: Need) -> list[str]:
    return [text for text, _ in target._first_locks(needs, 100)]


def test_they_are_held_when_the_first_statement_runs(target: TargetDatabase, database: str) -> None:
    needs = [Need('public.Or"der', AE), Need("public.b", SUE), Need("public.log", AE)]
    target.execute("SET search_path = ''")

    together(target, ["SET LOCAL search_path = public", HELD], *needs)

    assert sorted(ask(database, "SELECT name, mode FROM seen WHERE mode <> 'AccessShareLock'")) == [
        ('"Or""der"', "AccessExclusiveLock"),
        ("b", "ShareUpdateExclusiveLock"),
        ("log", "AccessExclusiveLock"),
    ]


def test_statements_run_under_the_targets_timeout_all_the_same(
    target: TargetDatabase, database: str
) -> None:
    seen = "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock_timeout"

    together(target, [seen], Need("public.b", AE), Need("public.log", AE))

    assert ask(database, "SELECT lock_timeout FROM seen") == [("100ms",)]


def test_what_lock_table_does_not_take_is_left_to_the_statements(target: TargetDatabase) -> None:
    relations = ["v", "m", "s", "i", "missing"]

    assert statements(target, *(Need(f"public.{each}", AE) for each in relations)) == []


def test_a_lock_that_should_come_late_is_not_taken_first(target: TargetDatabase) -> None:
    assert statements(target, Need("public.b", AE, early=False)) == []


def test_the_hardest_to_get_comes_first_and_all_share_one_bound(target: TargetDatabase) -> None:
    found = statements(target, Need("public.b", SUE), Need("public.log", AE))

    assert found[0] == 'LOCK TABLE ONLY "public"."log" IN ACCESS EXCLUSIVE MODE'
    assert "set_config('lock_timeout'" in found[1]
    assert found[2] == 'LOCK TABLE ONLY "public"."b" IN SHARE UPDATE EXCLUSIVE MODE'
    assert found[3] == "SET LOCAL lock_timeout = 100"


def test_after_a_first_attempt_their_order_is_left_to_chance(target: TargetDatabase) -> None:
    needs = Need("public.b", AE), Need("public.log", AE)

    orders = {tuple(statements(target, *needs)) for _ in range(64)}

    assert len(orders) == 2


@pytest.mark.parametrize(("timeout", "most"), [(1000, 700), (100, 1)])
def test_a_lock_may_take_what_those_before_it_have_left(
    target: TargetDatabase, database: str, timeout: int, most: int
) -> None:
    needs = [Need("public.b", SUE), Need("public.log", AE)]
    (_, given) = target._first_locks(needs, timeout)[1]
    query = target._first_locks(needs, timeout)[1][0].replace("$1", "%s")

    with psycopg.connect(database) as connection:
        connection.execute("SELECT pg_sleep(0.3)")
        (left,) = connection.execute(query.encode(), given).fetchall()

    assert 1 <= int(left[0].removesuffix("ms")) <= most


def test_a_role_without_the_privilege_to_lock_relies_on_its_statements(
    target: TargetDatabase, database: str
) -> None:
    target.execute("DROP ROLE IF EXISTS builder")
    target.execute("CREATE ROLE builder LOGIN; GRANT REFERENCES ON b TO builder")
    try:
        with psycopg.connect(database, user="builder", autocommit=True) as connection:
            weak = FirstLocks(connection, STAGING, "public", parse_url(database))
            assert weak._first_locks([Need("public.b", LockMode.SHARE_ROW_EXCLUSIVE)], 100) == []
    finally:
        target.execute("DROP OWNED BY builder; DROP ROLE builder")


def test_a_lock_that_is_taken_ends_the_attempt_and_nothing_is_left(
    target: TargetDatabase, database: str
) -> None:
    with psycopg.connect(database) as reader:
        reader.execute("SELECT * FROM b")
        with pytest.raises(PostgresError) as error:
            together(target, ["CREATE TABLE c ()"], Need("public.b", AE))

    assert error.value.sqlstate == "55P03"
    assert ask(database, "SELECT to_regclass('c') IS NULL, count(*) FROM _prisma_migrations") == [
        (True, 0)
    ]


def test_patience_is_for_what_runs_inside_of_it(database: str) -> None:
    hasty = replace(STAGING, lock_timeout=7)
    with open_target(hasty, parse_url(database)) as target:
        target.create_table()
        with target.lock_patience(1300):
            together(target, ["CREATE TABLE long AS SELECT current_setting('lock_timeout') AS t"])
        target.execute("DELETE FROM _prisma_migrations")
        together(target, ["CREATE TABLE short AS SELECT current_setting('lock_timeout') AS t"])

    assert ask(database, "SELECT long.t, short.t FROM long, short") == [("1300ms", "7ms")]


def test_a_name_without_a_schema_is_looked_for_where_the_session_finds_it(
    target: TargetDatabase, database: str
) -> None:
    target.execute("CREATE SCHEMA tenant; CREATE TABLE tenant.b (id int)")
    needs = [Need("public.b", AE), Need("public.log", SUE)]

    with open_target(STAGING, parse_url(f"{database}&schema=tenant")) as opened:
        with psycopg.connect(database) as reader:
            reader.execute("SELECT FROM public.b")
            assert opened.blockers(needs, 0) == ()
            reader.execute("SELECT FROM tenant.b")
            (found,) = opened.blockers(needs, 0)
        locked = statements(opened, *needs)

    assert found.relation == "tenant.b"
    assert locked[0] == 'LOCK TABLE ONLY "tenant"."b" IN ACCESS EXCLUSIVE MODE'
    assert locked[2] == 'LOCK TABLE ONLY "public"."log" IN SHARE UPDATE EXCLUSIVE MODE'
