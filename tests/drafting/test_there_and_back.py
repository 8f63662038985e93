"""Migrations over every kind of object, taken back by a draft: up, down, identical, up."""

from collections.abc import Iterator, Sequence

import pytest

from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.server import start_server
from bot.core.schemas.schema import Snapshot
from bot.drafting.draft import draft
from tests.conftest import FRUGAL, SERVERS, RunningServer
from tests.drafting.migrations import BASE, CHANGES, mixtures
from tests.drafting.trying import Outcome, forth, look, run, there_and_back

Ground = tuple[Connection, Snapshot]
NEWEST = max(SERVERS.values(), key=lambda each: each.major)


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """One server for all of them, with the base."""
    with start_server(NEWEST, settings=FRUGAL) as server:
        yield from _on(server)


@pytest.fixture(scope="module")
def every_ground(server: RunningServer) -> Iterator[Ground]:
    yield from _on(server)


def _on(server: RunningServer) -> Iterator[Ground]:
    with connect(server.url(), application_name="test") as admin:
        admin.execute("CREATE DATABASE drafting TEMPLATE template0")
        with connect(server.url("drafting"), application_name="test") as connection:
            connection.execute(BASE.encode())
            yield connection, look(connection)
        admin.execute("DROP DATABASE drafting WITH (FORCE)")


def assert_converged(outcomes: Sequence[Outcome], *, at_least: float) -> None:
    """The real figure, with every one that did not."""
    converged = [each for each in outcomes if each.converged]
    share = len(converged) / len(outcomes)
    listed = "\n".join(f"- {each}" for each in outcomes if not each.converged)
    assert share >= at_least, (
        f"{len(converged)} of {len(outcomes)} ({share:.1%}) converged, and not\n{listed}"
    )


def test_there_is_a_change_for_every_kind_of_object() -> None:
    assert len(CHANGES) >= 250
    assert len(set(CHANGES)) == len(CHANGES)


@pytest.mark.slow
def test_a_slice_of_the_changes_is_taken_back(ground: Ground) -> None:
    connection, before = ground
    outcomes = [there_and_back(connection, before, [each]) for each in CHANGES[::4]]
    assert_converged(outcomes, at_least=0.95)


@pytest.mark.slow
def test_a_slice_of_the_changes_is_made_by_a_draft(ground: Ground) -> None:
    connection, before = ground
    outcomes = [forth(connection, before, [each]) for each in CHANGES[2::8]]
    assert_converged(outcomes, at_least=0.95)


@pytest.mark.slow
def test_the_index_of_a_partitioned_table_is_whole_once_those_of_its_partitions_are_attached(
    ground: Ground,
) -> None:
    connection, _ = ground
    half = (
        "CREATE TABLE p (a int, b int) PARTITION BY LIST (a)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
        "CREATE INDEX p_b ON ONLY p (b)",
        "CREATE INDEX p1_b ON p1 (b)",
    )
    with connection.transaction(force_rollback=True):
        connection.execute("; ".join(half).encode())
        there = look(connection)
        connection.execute("ALTER INDEX p_b ATTACH PARTITION p1_b")
        wanted = look(connection)
    drafted = draft(there, wanted)

    with connection.transaction(force_rollback=True):
        connection.execute("; ".join(half).encode())
        wrong = run(connection, drafted, wanted)

    assert drafted.complete
    assert wrong == ""


@pytest.mark.soak
@pytest.mark.slow
def test_every_change_is_taken_back(every_ground: Ground) -> None:
    connection, before = every_ground
    outcomes = [there_and_back(connection, before, [each]) for each in CHANGES]
    assert_converged(outcomes, at_least=0.98)


@pytest.mark.soak
@pytest.mark.slow
def test_every_change_is_made_by_a_draft(every_ground: Ground) -> None:
    connection, before = every_ground
    outcomes = [forth(connection, before, [each]) for each in CHANGES]
    assert_converged(outcomes, at_least=0.98)


@pytest.mark.soak
@pytest.mark.slow
def test_mixtures_of_changes_are_taken_back(every_ground: Ground) -> None:
    connection, before = every_ground
    outcomes = [there_and_back(connection, before, each) for each in mixtures(100)]
    assert_converged(outcomes, at_least=0.9)
