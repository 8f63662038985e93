from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from bot.core.github.deployment import Deployment
from bot.core.migrations.migration import Migration
from bot.core.rollouts.forecast import forecast_from, with_digest
from bot.core.rollouts.plan import digest_of
from bot.core.rollouts.progress import State
from tests.fakes import NOON, migration

HISTORY = [migration(f"2026010{each}000000_m", f"SELECT {each}") for each in range(1, 7)]


def deployment(*numbers: int, state: State = State.APPLIED) -> Deployment:
    texts = {HISTORY[each].name: HISTORY[each].checksum for each in numbers}
    return Deployment("production", "c" * 40, state, NOON, texts)


def pending(*deployments: Deployment) -> tuple[Migration, ...] | None:
    return forecast_from("production", deployments, HISTORY).pending


def test_everything_after_the_last_that_was_applied_is_pending() -> None:
    assert pending(deployment(2, 3), deployment(0, 1)) == tuple(HISTORY[4:])
    assert pending(deployment(5)) == ()


def test_what_was_recorded_later_than_it_was_applied_is_not_the_last() -> None:
    assert pending(deployment(1), deployment(3)) == tuple(HISTORY[4:])


def test_a_rollout_that_failed_or_was_kept_out_has_applied_nothing() -> None:
    for state in (State.FAILED, State.CLOSED):
        assert pending(deployment(4, state=state), deployment(3)) == tuple(HISTORY[4:])


def test_nothing_is_foretold_of_a_target_that_nobody_knows_or_that_is_at_work() -> None:
    unknown = forecast_from("production", [], HISTORY)
    assert unknown.pending is None
    assert unknown.digest is None
    assert "remembers no rollout" in unknown.why
    assert pending(deployment(4, state=State.APPLYING), deployment(3)) is None


def test_another_text_of_a_name_is_not_this_history() -> None:
    other: Mapping[str, str] = {HISTORY[3].name: "0" * 64}
    assert pending(Deployment("production", "c" * 40, State.APPLIED, NOON, other)) is None


def test_the_digest_is_that_of_the_plan_under_the_lock() -> None:
    found = forecast_from("production", [deployment(3)], HISTORY)

    assert found.digest == digest_of(HISTORY[4:])


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_stretch_of_the_history_is_found_by_its_digest(start: int, end: int) -> None:
    stretch = HISTORY[start:end]
    found = with_digest(digest_of(stretch), HISTORY)

    assert found is not None or not stretch
    assert digest_of(found or ()) == digest_of(stretch)


def test_a_digest_of_nothing_here_is_not_found() -> None:
    assert with_digest("sha256:0", HISTORY) is None
