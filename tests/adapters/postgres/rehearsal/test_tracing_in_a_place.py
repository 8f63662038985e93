"""The Tracer where it works: as the author, who is no superuser, on a server that may go down."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

import pytest

from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.adapters.postgres.rehearsal.places.templates import Templates
from bot.adapters.postgres.rehearsal.trace.tracing import Traced, Tracer
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal import TouchedRows
from bot.core.rehearsals.rehearsal_order import Limits, Part, Step
from tests.adapters.postgres.rehearsal.places import order
from tests.adapters.postgres.rehearsal.traced import modes, only, together

pytestmark = pytest.mark.slow
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s AND query ~ 'pg_sleep'
"""


@contextmanager
def traced_place() -> Iterator[tuple[Place, Tracer]]:
    with open_own_place(order(0), templates=Templates(None)) as place, place.admin() as admin:
        guard = Guard(
            Limits(),
            terminate=lambda pid: None,
            disk_used=place.disk_used,
            kill=place.kill,
        )
        yield place, Tracer(place.author, admin, guard)


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Place, Tracer]]:
    with traced_place() as found:
        yield found


def alone(sql: str) -> Part:
    return Part((Step(0, sql),), transactional=False)


def stop_of(traced: Traced) -> tuple[Stop, int | None]:
    assert traced.refused is not None
    return traced.refused.stop, traced.refused.statement


def test_the_author_is_measured_without_rights_of_its_own(shared: tuple[Place, Tracer]) -> None:
    _, tracer = shared
    traced = tracer.run(
        [
            together(
                "CREATE TABLE orders (id integer PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT n FROM generate_series(1, 9) n",
                "ALTER TABLE orders ALTER COLUMN id TYPE bigint",
                "ALTER TABLE orders RENAME COLUMN note TO notes",
            ),
            alone("CREATE INDEX CONCURRENTLY fresh ON orders (notes)"),
            together("DROP TABLE orders"),
        ]
    )
    assert only(traced, 1).rows == (TouchedRows("public.orders", inserted=9),)
    assert only(traced, 2).rewrites == ("public.orders",)
    assert only(traced, 3).misses == ("public.orders.note",)
    assert only(traced, 4).indexes == ("public.fresh",)
    assert only(traced, 5).loses == ("public.orders",)
    assert modes(only(traced, 5)) == {"public.orders": "AccessExclusiveLock"}


def test_what_only_a_superuser_may_is_refused(shared: tuple[Place, Tracer]) -> None:
    _, tracer = shared
    for part in (together("SELECT 1", "CREATE ROLE other SUPERUSER"), alone("CHECKPOINT")):
        stop, statement = stop_of(tracer.run([part]))
        assert (stop, statement) == (Stop.NOT_POSSIBLE, len(part.steps) - 1)


@pytest.mark.parametrize("kind", [together, alone])
def test_a_session_that_is_ended_from_elsewhere_is_said_so(
    shared: tuple[Place, Tracer], kind: Callable[[str], Part]
) -> None:
    place, tracer = shared

    def end() -> None:
        with place.admin() as admin:
            admin.execute(END_OTHERS, (place.role,))

    timer = Timer(0.3, end)
    timer.start()
    traced = tracer.run([together("SELECT 1"), kind("SELECT pg_sleep(60)")])
    timer.join()
    assert stop_of(traced) == (Stop.CONNECTION, 0)
    assert traced.committed == 1
    assert only(tracer.run([together("SELECT 1")])).duration_ms > 0


@pytest.mark.parametrize("kind", [together, alone])
def test_a_server_that_goes_down_meanwhile_leaves_what_was_seen(
    kind: Callable[[str], Part],
) -> None:
    with traced_place() as (place, tracer):
        timer = Timer(0.3, place.kill)
        timer.start()
        made = together("CREATE TABLE t (id integer)", "DROP TABLE t")
        traced = tracer.run([made, kind("SELECT pg_sleep(60)")])
        timer.join()
        assert stop_of(traced) == (Stop.SERVER, 0)
        assert [each.measured is None for each in traced.statements] == [False, False, True]
        assert traced.committed == 1
        again = tracer.run([together("SELECT 1")])
        assert again.refused is not None
        assert again.statements == ()
