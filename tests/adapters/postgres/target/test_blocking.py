"""Who is in the way, on real servers."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest

from bot.adapters.postgres.target.opening import TargetDatabase, open_target
from bot.core.migrations.effects import LockMode
from bot.core.rollouts.blocker import Blocker, Blocking, Need
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url

STAGING = default_targets()["staging"]
SCHEMA = """
CREATE TABLE "Order" (id int, mail text);
INSERT INTO "Order" VALUES (1, 'ann@example.org');
CREATE TABLE calm (id int);
CREATE TABLE log (at int) PARTITION BY LIST (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
"""
Session = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def target(database: str) -> Iterator[TargetDatabase]:
    with open_target(STAGING, parse_url(database)) as opened:
        opened.execute(SCHEMA)
        yield opened


@pytest.fixture
def session(database: str) -> Iterator[Callable[..., Session]]:
    with ExitStack() as stack:

        def open_one(*texts: str, user: str | None = None) -> Session:
            opened = psycopg.connect(database, application_name="shop", user=user)
            stack.callback(opened.close)
            for text in texts:
                opened.execute(text.encode())
            return opened

        yield open_one


def needed(relation: str, mode: LockMode = LockMode.ACCESS_EXCLUSIVE) -> list[Need]:
    return [Need(f"public.{relation}", mode)]


@contextmanager
def asking(session: Session, text: str) -> Iterator[None]:
    """Have a query wait for something until the end of the block."""

    def ask() -> None:
        with pytest.raises(psycopg.errors.QueryCanceled):
            session.execute(text.encode())

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        session.cancel()
        thread.join()


def eventually(look: Callable[[], tuple[Blocker, ...]]) -> tuple[Blocker, ...]:
    for _ in range(200):
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("nobody came to be in the way")


def test_a_reader_is_named_without_the_literals_of_its_query(
    target: TargetDatabase, session: Callable[..., Session]
) -> None:
    reader = session("SELECT * FROM \"Order\" WHERE mail = 'ann@example.org'")

    (found,) = target.blockers(needed("Order"), 0)

    assert found.kind is Blocking.SESSION
    assert found.pid == reader.info.backend_pid
    assert (found.relation, found.mode) == ("public.Order", LockMode.ACCESS_SHARE)
    assert (found.application, found.state) == ("shop", "idle in transaction")
    assert found.query == 'SELECT * FROM "Order" WHERE mail = ?'
    assert found.age >= 0


def test_what_does_not_conflict_is_not_in_the_way(
    target: TargetDatabase, session: Callable[..., Session]
) -> None:
    session('SELECT * FROM "Order"')

    assert target.blockers(needed("Order", LockMode.SHARE_ROW_EXCLUSIVE), 0) == ()
    assert target.blockers(needed("calm"), 0) == ()
    assert target.blockers(needed("missing"), 0) == ()


def test_only_transactions_older_than_asked_for_count(
    target: TargetDatabase, session: Callable[..., Session]
) -> None:
    session('SELECT * FROM "Order"')

    assert target.blockers(needed("Order"), 60) == ()


def test_a_session_with_several_locks_is_named_once_by_its_strongest(
    target: TargetDatabase, session: Callable[..., Session]
) -> None:
    session('SELECT * FROM "Order"', 'DELETE FROM "Order"', "SELECT * FROM calm")

    (found,) = target.blockers([*needed("Order"), *needed("calm")], 0)

    assert found.mode is LockMode.ROW_EXCLUSIVE


def test_one_that_waits_in_front_of_us_is_in_the_way_too(
    target: TargetDatabase, session: Callable[..., Session]
) -> None:
    session('SELECT * FROM "Order"')
    waiting = session()
    need = needed("Order", LockMode.SHARE_UPDATE_EXCLUSIVE)

    with asking(waiting, 'LOCK TABLE "Order"'):
        (found,) = eventually(lambda: target.blockers(need, 0))

    assert found.pid == waiting.info.backend_pid
    assert found.mode is LockMode.ACCESS_EXCLUSIVE


def test_a_reader_of_a_partition_is_in_the_way_of_what_locks_them_all(
    target: TargetDatabase, session: Callable[..., Session]
) -> None:
    session("SELECT * FROM log_1")

    (found,) = target.blockers(needed("log"), 0)

    assert found.relation == "public.log_1"
    assert target.blockers(needed("log", LockMode.SHARE_UPDATE_EXCLUSIVE), 0) == ()


def test_of_a_session_that_may_not_be_seen_no_query_is_shown_and_its_age_is_counted_from_now(
    target: TargetDatabase, session: Callable[..., Session], database: str
) -> None:
    target.execute("DROP ROLE IF EXISTS weak")
    target.execute("CREATE ROLE weak LOGIN")
    url = parse_url(database)
    session("SELECT * FROM \"Order\" WHERE mail = 'ann@example.org'")
    try:
        with psycopg.connect(database, user="weak", autocommit=True) as connection:
            weak = TargetDatabase(connection, STAGING, url.schema, url)
            assert weak.blockers(needed("Order"), 0.2) == ()
            time.sleep(0.3)
            (found,) = weak.blockers(needed("Order"), 0.2)
    finally:
        target.execute("DROP ROLE weak")

    assert (found.query, found.state, found.kind) == ("", "", Blocking.SESSION)
    assert found.age >= 0.2


def test_names_are_found_whatever_the_search_path(
    target: TargetDatabase, session: Callable[..., Session]
) -> None:
    session('SELECT * FROM "Order"')
    target.execute("SET search_path = ''")

    assert len(target.blockers(needed("Order"), 0)) == 1


def test_the_deadlock_timeout_is_in_milliseconds(target: TargetDatabase) -> None:
    assert target.deadlock_timeout() == 1000
