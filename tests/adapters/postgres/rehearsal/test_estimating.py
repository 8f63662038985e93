"""From made-up rows over a trace to an estimate, on real servers."""

from collections.abc import Iterator

import pytest

from bot.adapters.postgres.rehearsal.rows.fill import fill
from bot.adapters.postgres.rehearsal.trace.tracing import Tracer
from bot.core.findings.review import JudgedStatement
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import DataKind, Estimate, Measured
from bot.core.rehearsals.rehearsal_order import DataOrder, Part, Step
from bot.core.rehearsals.sizes import RelationSize, Sizes
from bot.rehearsing.estimates import estimates_of
from tests.adapters.postgres.rehearsal.bases import Base, Unwatched, new_base
from tests.conftest import RunningServer
from tests.fakes import NOON
from tests.judging import judged

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

LEDGER = "public.ledger"
TABLE = """CREATE TABLE ledger (
    id bigint PRIMARY KEY, account int NOT NULL, note text NOT NULL DEFAULT '', state text
        CHECK (state IS NOT NULL)
)"""
ROWS, TIMES, HEAP = 80_000, 1000, 6_000_000
STATEMENTS = (
    "ALTER TABLE ledger ADD COLUMN extra int",
    "CREATE INDEX made ON ledger (account)",
    "ALTER TABLE ledger ALTER note SET NOT NULL, ADD CHECK (account >= 0)",
    "ALTER TABLE ledger ALTER account TYPE bigint",
    "UPDATE ledger SET note = 'x' WHERE id % 2 = 0",
)


@pytest.fixture
def base(server: RunningServer, database: str) -> Iterator[Base]:
    with new_base(server.url(), database) as made:
        yield made


def traced(base: Base) -> tuple[list[tuple[JudgedStatement, Measured]], tuple[RelationSize, ...]]:
    """The statements in one transaction, on made-up rows, each with what it did."""
    known = RelationSize(LEDGER, bytes=9_000_000, heap=HEAP, rows=ROWS)
    order = DataOrder(DataKind.SYNTHETIC, sizes=Sizes("production", NOON, 16, (known,)))
    base.run(TABLE)
    data, sizes = fill(base, order, Unwatched(), base.note)
    assert data.skipped == ()
    steps = tuple(Step(place, each) for place, each in enumerate(STATEMENTS))
    with base.admin() as admin:
        found = Tracer(base.author, admin, Unwatched()).run((Part(steps),))
    assert found.refused is None
    migration = judged(";\n".join(STATEMENTS) + ";", before=(TABLE + ";",))
    measured = [each.measured for each in found.statements]
    return [
        (each, one) for each, one in zip(migration.statements, measured, strict=True) if one
    ], sizes


def test_what_grows_with_the_table_is_carried_over_and_the_rest_is_not(base: Base) -> None:
    pairs, sizes = traced(base)
    production = RelationSize(
        LEDGER,
        bytes=TIMES * 9_000_000,
        heap=TIMES * HEAP,
        indexes=TIMES * 3_000_000,
        rows=TIMES * ROWS,
    )

    found = estimates_of(pairs, sizes, Sizes("production", NOON, 16, (production,)))

    assert [(each.statement, each.unit, each.sorts) for each in found] == [
        (1, "rows", True),
        (2, "bytes", False),
        (3, "bytes", False),
        (4, "rows", False),
    ]
    assert [each.lock for each in found] == [LockMode.ACCESS_EXCLUSIVE] * 4
    assert [each.relation for each in found] == [LEDGER] * 4
    assert all(_much_longer(each) for each in found)
    assert found[0].held_ms > sum(each.most_ms for each in found)


def _much_longer(estimate: Estimate) -> bool:
    return estimate.least_ms > 100 * estimate.measured_ms
