"""Drift in every kind of object, on a target of one major beside a history run on another."""

from collections.abc import Iterator

import pytest

from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.shape import shape_of
from bot.core.drift.deviation import Deviations, deviations
from bot.core.drift.policy import DriftPolicy
from bot.core.schemas.schema import Snapshot
from tests.adapters.postgres.test_catalogue import CHANGES, KITCHEN_SINK
from tests.conftest import FRUGAL, SERVERS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(len(SERVERS) < 2, reason="needs two majors of PostgreSQL"),
]

SCHEMAS = ("public", "shop")
# Each major comes with a version of its own.
SAME_MAJOR_ONLY = ("UPDATE pg_extension",)


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Snapshot, Connection]]:
    """What the older server makes of the kitchen sink, and the newer one itself."""
    older, newer = sorted(SERVERS.values(), key=lambda each: each.major)[:2]
    with (
        start_server(older, databases=("sink",), settings=FRUGAL) as one,
        start_server(newer, databases=("sink",), settings=FRUGAL) as other,
        connect(one.url("sink"), application_name="test") as made,
        connect(other.url("sink"), application_name="test") as target,
    ):
        made.execute(KITCHEN_SINK)
        target.execute(KITCHEN_SINK)
        yield shape_of(made, None), target


def drift(expected: Snapshot, target: Connection, *, across_majors: bool = True) -> Deviations:
    there = shape_of(target, None)
    return deviations(expected, there, DriftPolicy(), schemas=SCHEMAS, across_majors=across_majors)


def test_an_untouched_copy_has_not_drifted(both: tuple[Snapshot, Connection]) -> None:
    assert drift(*both) == Deviations()


def test_there_are_enough_kinds() -> None:
    assert len(CHANGES) > 68


def test_every_kind_of_change_is_drift(both: tuple[Snapshot, Connection]) -> None:
    expected, target = both
    missed = []
    for change in CHANGES:
        with target.transaction(force_rollback=True):
            target.execute(change.encode())
            if not drift(expected, target).told and not change.startswith(SAME_MAJOR_ONLY):
                missed.append(change)
    assert missed == []


def test_on_the_same_major_an_extension_that_was_updated_is_drift(
    both: tuple[Snapshot, Connection],
) -> None:
    _, target = both
    before = shape_of(target, None)
    with target.transaction(force_rollback=True):
        target.execute("UPDATE pg_extension SET extversion = '0' WHERE extname = 'citext'")
        [found] = drift(before, target, across_majors=False).told
    assert found.line.startswith("has otherwise: extension citext: version")
    assert not found.stops
