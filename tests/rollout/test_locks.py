"""Waiting for those in the way, told by a target that says who is."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.migrations.effects import LockMode
from bot.core.rollouts.blocker import Blocker, Blocking, Need
from bot.core.settings import default_targets
from bot.errors import PostgresError
from bot.flows.reviewing.review import cut_named
from bot.rollout.locks import Locks, needs_of, wait_before_concurrently, with_locks
from bot.rollout.telling.steps import Steps
from bot.rollout.telling.telling import Telling
from bot.world import World
from tests.fakes import NOON, FakeCheckout, FakeConsole, FakeDatabase, history, migration, world

STAGING = replace(default_targets()["staging"], lock_budget=5_000)
NEEDS = (Need("public.a", LockMode.ACCESS_EXCLUSIVE),)
READER = Blocker(
    Blocking.SESSION,
    4711,
    "public.a",
    LockMode.ACCESS_SHARE,
    12.4,
    application="report",
    user="app",
    state="idle in transaction",
    query="SELECT * FROM a WHERE mail = ?",
)
VACUUM = Blocker(
    Blocking.AUTOVACUUM, 99, "public.a", LockMode.SHARE_UPDATE_EXCLUSIVE, 3.0, query="autovacuum"
)
INIT = migration(
    "20260101000000_init",
    "CREATE TABLE a (id int, n int); CREATE TABLE b (id int); CREATE VIEW v AS SELECT * FROM b;",
)


def nothing() -> None:
    """An attempt that gets its locks."""


def refused(sqlstate: str, times: int) -> Callable[[], None]:
    left = [times]

    def attempt() -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise PostgresError("canceled", hint="Wait.", sqlstate=sqlstate)

    return attempt


def go(
    database: FakeDatabase, attempt: Callable[[], None] = nothing, needs: tuple[Need, ...] = NEEDS
) -> tuple[int, World]:
    made = world(FakeCheckout(history()))
    return with_locks(
        attempt, Locks(needs, "m", database, STAGING, made, Steps(Telling(STAGING, made)))
    ), made


def said(made: World) -> list[str]:
    assert isinstance(made.console, FakeConsole)
    return made.console.said


def needs(sql: str, *before: str) -> dict[str, tuple[str, bool]]:
    earlier = [migration(f"2026010200000{n}_x", text) for n, text in enumerate(before)]
    pending = migration("20260103000000_x", sql)
    made = history(INIT, *earlier, pending)
    names = [*(each.name for each in earlier), pending.name]
    judged = cut_named(names, made, world(FakeCheckout(made)))[-1]
    statements = [each.statement for each in judged.statements]
    return {each.relation: (each.mode.label, each.early) for each in needs_of(judged, statements)}


AE = "AccessExclusiveLock"
RE = "RowExclusiveLock"


def test_needed_is_the_strongest_lock_on_each_relation() -> None:
    assert needs("SELECT n FROM a; ALTER TABLE a ADD COLUMN m int; COMMENT ON TABLE b IS 'x';") == {
        "public.a": (AE, True),
        "public.b": ("ShareUpdateExclusiveLock", True),
    }


def test_what_pending_migrations_make_is_not_needed() -> None:
    assert needs("CREATE TABLE c (id int); ALTER TABLE c ADD COLUMN m int;") == {}
    assert needs("ALTER TABLE c ADD COLUMN m int;", "CREATE TABLE c (id int);") == {}


def test_a_lock_that_comes_after_a_change_of_rows_is_not_taken_before_it() -> None:
    assert needs("UPDATE a SET n = 0; ALTER TABLE a ALTER COLUMN n SET NOT NULL;") == {
        "public.a": (AE, False)
    }
    assert needs("ALTER TABLE a ADD COLUMN m int; UPDATE a SET m = 0; ALTER TABLE b ADD o int") == {
        "public.a": (AE, True),
        "public.b": (AE, False),
    }


def test_rows_of_a_table_that_nobody_else_sees_hold_no_lock_back() -> None:
    sql = "CREATE TABLE c (id int); INSERT INTO c VALUES (1); ALTER TABLE a ADD COLUMN m int;"

    assert needs(sql) == {"public.a": (AE, True)}


def test_a_file_that_chooses_its_isolation_is_not_preceded_by_anything() -> None:
    sql = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; ALTER TABLE a ADD COLUMN m int;"

    assert needs(sql) == {}


def test_with_nobody_in_the_way_the_first_attempt_is_made_at_once() -> None:
    database = FakeDatabase()

    tried, made = go(database)

    assert (tried, said(made), database.patience) == (1, [], [STAGING.lock_timeout])
    assert made.now() == NOON


def test_without_needs_nobody_is_looked_for() -> None:
    database = FakeDatabase(in_the_way=[(READER,)])

    go(database, needs=())

    assert database.looked == []


def test_one_in_the_way_is_waited_for_and_named_once_in_ten_seconds() -> None:
    database = FakeDatabase(in_the_way=[(READER,)] * 12)

    tried, made = go(database)

    assert tried == 1
    assert said(made) == [
        "m waits, and nobody behind it: process 4711 (report, user app, idle in transaction, for "
        "12 s) has AccessShareLock on public.a: SELECT * FROM a WHERE mail = ?"
    ]
    assert len(database.looked) == 13


def test_one_who_stays_longer_than_the_budget_is_named_with_what_to_do() -> None:
    database = FakeDatabase(in_the_way=[(READER,)] * 1000)

    with pytest.raises(PostgresError, match=r"within 5 s, and did not run without.*4711") as error:
        go(database, refused("XX000", 1))

    assert "pg_cancel_backend(4711)" in error.value.hint


def test_those_who_come_and_go_do_not_keep_us_out_for_ever() -> None:
    brief = replace(READER, age=0.3)
    database = FakeDatabase(in_the_way=[(brief,)] * 1000)

    tried, made = go(database)

    assert tried == 1
    assert 3 < (made.now() - NOON).total_seconds() < 4


def test_a_prepared_transaction_is_named_with_what_ends_it() -> None:
    prepared = replace(READER, kind=Blocking.PREPARED, pid=0, application="tx-1")
    database = FakeDatabase(in_the_way=[(prepared,)] * 1000)

    with pytest.raises(PostgresError, match="the prepared transaction 'tx-1'") as error:
        go(database)

    assert "ROLLBACK PREPARED 'tx-1'" in error.value.hint


@pytest.mark.parametrize("sqlstate", ["55P03", "40P01"])
def test_after_a_lock_that_somebody_else_took_first_it_is_looked_again(sqlstate: str) -> None:
    database = FakeDatabase()

    tried, made = go(database, refused(sqlstate, 2))

    assert tried == 3
    assert len(database.looked) == 3
    assert said(made)[0] == "m: a lock is taken, trying again (attempt 1)"


def test_every_other_error_is_told_at_once() -> None:
    with pytest.raises(PostgresError, match="canceled"):
        go(FakeDatabase(), refused("42P01", 1))


def test_attempts_that_never_get_through_end_with_the_budget() -> None:
    with pytest.raises(PostgresError, match=r"in \d+ attempts within 5 s.*nobody for long"):
        go(FakeDatabase(), refused("55P03", 1000))


def test_an_autovacuum_alone_is_sent_away_by_one_attempt_that_waits_long_enough() -> None:
    database = FakeDatabase(in_the_way=[(VACUUM,), (), (VACUUM,)])

    tried, made = go(database, refused("55P03", 1))

    assert tried == 2
    assert database.patience == [1300, STAGING.lock_timeout]
    assert "this attempt may wait 1.3 s" in said(made)[0]


def test_the_same_autovacuum_is_not_tried_a_second_time() -> None:
    database = FakeDatabase(in_the_way=[(VACUUM,), (VACUUM,), ()])

    go(database, refused("55P03", 1))

    assert database.patience == [1300, STAGING.lock_timeout]
    assert len(database.looked) == 3


def test_an_autovacuum_and_a_session_are_waited_for() -> None:
    database = FakeDatabase(in_the_way=[(VACUUM, READER), ()])

    go(database)

    assert database.patience == [STAGING.lock_timeout]


def test_an_autovacuum_against_wraparound_stops_everything() -> None:
    database = FakeDatabase(in_the_way=[(replace(VACUUM, kind=Blocking.WRAPAROUND),)])

    with pytest.raises(PostgresError, match="to prevent transaction id wraparound") as error:
        go(database)

    assert "pg_stat_progress_vacuum" in error.value.hint
    assert database.patience == []


def test_before_what_runs_concurrently_everybody_at_its_tables_is_waited_for() -> None:
    database = FakeDatabase(in_the_way=[(replace(READER, age=61),), (READER,)])
    made = world(FakeCheckout(history()))
    build = (Need("public.a", LockMode.SHARE_UPDATE_EXCLUSIVE),)

    wait_before_concurrently(
        Locks(build, "m", database, STAGING, made, Steps(Telling(STAGING, made)))
    )

    assert database.looked == [NEEDS, NEEDS]
    assert len(said(made)) == 1
