"""When which lock was held."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import MeasuredLock, RehearsedMigration, RehearsedStatement
from bot.report.rehearsals.timeline import Timeline
from tests.report.rehearsal_samples import ran

EXCLUSIVE = LockMode.ACCESS_EXCLUSIVE
ORDERS = MeasuredLock("public.orders", EXCLUSIVE, held_ms=13.0)
USERS = MeasuredLock("public.users", LockMode.SHARE, held_ms=3.0)


def timeline(*statements: RehearsedStatement) -> Timeline:
    return Timeline(RehearsedMigration("20261120000000_x", statements))


def test_a_lock_is_held_until_the_commit() -> None:
    made = timeline(ran(0, 1.0, ORDERS), ran(1, 9.0), ran(2, 3.0, USERS))
    assert [(each.start, each.end) for each in made.bars] == [(0.0, 13.0), (10.0, 13.0)]
    assert made.held_before(0) == ()
    assert made.held_before(2) == (ORDERS,)
    assert made.total == 13.0


def test_looking_on_between_statements_holds_nothing_longer() -> None:
    watched = MeasuredLock("public.orders", EXCLUSIVE, held_ms=900.0)
    (bar,) = timeline(ran(0, 1.0, watched), ran(1, 9.0)).bars
    assert (bar.start, bar.end) == (0.0, 10.0)


def test_without_a_transaction_a_lock_ends_with_its_statement() -> None:
    made = timeline(
        ran(0, 1.0, MeasuredLock("public.orders", EXCLUSIVE, held_ms=50.0), transactional=False),
        ran(1, 9.0, transactional=False),
    )
    assert [each.end for each in made.bars] == [1.0]
    assert made.held_before(1) == ()


def test_a_commit_in_the_file_lets_go() -> None:
    early = MeasuredLock("public.orders", EXCLUSIVE, held_ms=2.0)
    made = timeline(ran(0, 1.0, early), ran(1, 1.0), ran(2, 5.0))
    assert made.held_before(1) == (early,)
    assert made.held_before(2) == ()


def test_a_statement_that_was_stopped_has_no_place_in_time() -> None:
    made = timeline(ran(0, 1.0, ORDERS), RehearsedStatement(1))
    assert list(made.spans) == [0]
    assert made.measured(1) is None
    assert made.told(1) == ()


MEASURED = st.tuples(st.floats(0, 1e6), st.floats(0, 1e7), st.booleans())


@given(st.lists(MEASURED, max_size=12))
def test_no_bar_leaves_the_picture(given_steps: list[tuple[float, float, bool]]) -> None:
    made = timeline(
        *(
            ran(place, took, MeasuredLock("a.b", EXCLUSIVE, held_ms=held), transactional=inside)
            for place, (took, held, inside) in enumerate(given_steps)
        )
    )
    assert len(made.bars) == len(given_steps)
    for bar in made.bars:
        span = made.spans[bar.statement]
        assert 0 <= bar.start == span.start <= span.end <= bar.end <= made.total
