"""The guard, on a real server: what is ended, how, and that nothing is left of it."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg
import pytest

from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.running import execute_bounded
from bot.adapters.postgres.server import Server, start_server
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal_order import Limits
from tests.adapters.postgres.processes import alive, becomes_true

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

STUBBORN = """
DO $$ BEGIN
  LOOP
    BEGIN PERFORM pg_sleep(100); EXCEPTION WHEN query_canceled THEN NULL; END;
  END LOOP;
END $$
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with start_server() as started:
        yield started


@dataclass
class Measures:
    """What a guard may do to a server, and a diary of what it did."""

    server: Server
    disk: Callable[[], int] = lambda: 0
    obedient: bool = True
    taken: list[str] = field(default_factory=list)

    def terminate(self, pid: int) -> None:
        self.taken.append("terminate")
        if self.obedient:
            with connect(self.server.url(), application_name="test") as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", (pid,))

    def kill(self) -> None:
        self.taken.append("kill")
        os.kill(self.server.pid, signal.SIGQUIT)

    def guard(self, **limits: float) -> Guard:
        found = Limits(**limits)  # type: ignore[arg-type]
        return Guard(found, terminate=self.terminate, disk_used=self.disk, kill=self.kill)

    def connect(self) -> Connection:
        return connect(self.server.url(), application_name="test")


def ended(guard: Guard, measures: Measures, sql: str) -> psycopg.Error | None:
    """How a statement ended under that guard; None is as it should."""
    with measures.connect() as connection:
        try:
            with guard.watching(connection):
                execute_bounded(connection, sql)
        except psycopg.Error as error:
            return error
    return None


def test_a_quick_statement_is_left_alone(shared: Server) -> None:
    measures = Measures(shared)
    guard = measures.guard()
    assert ended(guard, measures, "SELECT 1") is None
    assert guard.stopped is None
    assert not guard.exhausted
    assert measures.taken == []


def test_its_limits_are_what_is_left_of_the_time(shared: Server) -> None:
    guard = Measures(shared).guard(total=100.0, disk=7)
    ended(guard, Measures(shared), "SELECT pg_sleep(0.01)")
    assert guard.limits.disk == 7
    assert 0.0 < guard.limits.total < 100.0
    over = Measures(shared).guard(total=0.0)
    assert (over.limits.total, over.exhausted) == (0.0, True)


def test_what_runs_too_long_is_cancelled(shared: Server) -> None:
    measures = Measures(shared)
    guard = measures.guard(statement=0.2)
    error = ended(guard, measures, "SET statement_timeout = 0; SELECT pg_sleep(100)")
    assert isinstance(error, psycopg.errors.QueryCanceled)
    assert guard.stopped is Stop.TIME
    assert measures.taken == []


def test_the_next_statement_starts_with_a_clean_slate(shared: Server) -> None:
    measures = Measures(shared)
    guard = measures.guard(statement=0.2)
    with measures.connect() as connection:
        with pytest.raises(psycopg.errors.QueryCanceled), guard.watching(connection):
            execute_bounded(connection, "SELECT pg_sleep(100)")
        with guard.watching(connection):
            execute_bounded(connection, "SELECT 1")
        assert guard.stopped is None


def test_a_block_may_have_a_time_of_its_own(shared: Server) -> None:
    measures = Measures(shared)
    guard = measures.guard(statement=100)
    with (
        measures.connect() as connection,
        pytest.raises(psycopg.errors.QueryCanceled),
        guard.watching(connection, seconds=0.1),
    ):
        execute_bounded(connection, "SELECT pg_sleep(100)")
    assert guard.stopped is Stop.TIME


def test_what_catches_being_cancelled_is_cut_off(shared: Server) -> None:
    measures = Measures(shared)
    guard = measures.guard(statement=0.2)
    error = ended(guard, measures, STUBBORN)
    assert isinstance(error, psycopg.errors.AdminShutdown)
    assert measures.taken == ["terminate"]


def test_what_cannot_be_cut_off_takes_its_server_along() -> None:
    with start_server() as server:
        measures = Measures(server, obedient=False)
        guard = measures.guard(statement=0.1)
        error = ended(guard, measures, STUBBORN)
        assert isinstance(error, psycopg.OperationalError)
        assert measures.taken == ["terminate", "kill"]
        assert guard.stopped is Stop.TIME
        assert becomes_true(lambda: not alive(server.pid))


def test_where_the_server_is_quicker_it_was_the_time_all_the_same(shared: Server) -> None:
    measures = Measures(shared)
    guard = measures.guard(statement=0.3)
    slow = "SET statement_timeout = 100; SELECT pg_sleep(100)"
    with measures.connect() as connection:
        with pytest.raises(psycopg.errors.QueryCanceled), guard.watching(connection):
            execute_bounded(connection, slow)
        assert guard.stopped is None
        with pytest.raises(psycopg.errors.QueryCanceled), guard.watching(connection, seconds=0):
            execute_bounded(connection, slow)
        assert guard.stopped is Stop.TIME


def test_the_time_for_everything_ends_a_statement_too(shared: Server) -> None:
    measures = Measures(shared)
    guard = measures.guard(statement=100, total=0.2)
    assert isinstance(ended(guard, measures, "SELECT pg_sleep(99)"), psycopg.errors.QueryCanceled)
    assert guard.stopped is Stop.TIME
    assert guard.exhausted


def test_what_fills_the_disk_is_cut_off(shared: Server) -> None:
    measures = Measures(shared, disk=lambda: 101)
    guard = measures.guard(disk=100)
    error = ended(guard, measures, "SELECT pg_sleep(100)")
    assert isinstance(error, psycopg.errors.AdminShutdown)
    assert guard.stopped is Stop.DISK
    assert measures.taken == ["terminate"]


def test_what_goes_on_filling_the_disk_takes_its_server_along() -> None:
    used = iter(range(90, 10_000, 15))
    with start_server() as server:
        measures = Measures(server, disk=lambda: next(used), obedient=False)
        guard = measures.guard(disk=100)
        assert ended(guard, measures, "SELECT pg_sleep(100)") is not None
        assert guard.stopped is Stop.DISK
        assert measures.taken == ["terminate", "kill"]


def test_whatever_its_measures_raise_the_statement_is_ended() -> None:
    with start_server() as server:
        measures = Measures(server)

        def refuse(_: int) -> None:
            raise RuntimeError("no")

        def vanish() -> int:
            raise FileNotFoundError("base/5/1234")

        guard = Guard(Limits(statement=0.1), terminate=refuse, disk_used=vanish, kill=measures.kill)
        assert ended(guard, measures, STUBBORN) is not None
        assert measures.taken == ["kill"]


def test_no_thread_is_left(shared: Server) -> None:
    measures = Measures(shared)
    guard = measures.guard(statement=0.1)
    before = threading.active_count()
    ended(guard, measures, "SELECT pg_sleep(100)")
    ended(guard, measures, "SELECT 1")
    with (
        measures.connect() as connection,
        pytest.raises(ValueError, match="ours"),
        guard.watching(connection),
    ):
        raise ValueError("ours")
    assert threading.active_count() == before


def test_a_connection_that_is_closed_can_be_watched(shared: Server) -> None:
    measures = Measures(shared)
    guard = measures.guard()
    connection = measures.connect()
    connection.close()
    with pytest.raises(psycopg.OperationalError), guard.watching(connection):
        execute_bounded(connection, "SELECT 1")
    assert guard.stopped is None
