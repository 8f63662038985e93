from collections.abc import Mapping
from dataclasses import replace

from bot.core.github.deployment import Deployment, carried_by, overtaken, progress_of, unrecorded
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import Progress, State
from bot.core.settings import default_targets
from tests.fakes import NOON, migration

ONE = migration("20260101000000_one", "SELECT 1")
TWO = migration("20260102000000_two", "SELECT 2")
BOTH = {ONE.name: ONE.checksum, TWO.name: TWO.checksum}


def deployment(state: State, texts: Mapping[str, str]) -> Deployment:
    return Deployment("staging", "c" * 40, state, NOON, texts)


def left_out(
    *deployments: Deployment, names: tuple[str, ...] = (), applied: tuple[str, ...] = tuple(BOTH)
) -> dict[str, str]:
    return unrecorded(Plan("staging", applied=applied), [ONE, TWO], deployments, names)


def test_what_succeeded_is_recorded() -> None:
    assert left_out(deployment(State.APPLIED, BOTH), names=tuple(BOTH)) == {}


def test_what_was_begun_and_applied_is_missing() -> None:
    assert left_out(deployment(State.APPLYING, BOTH)) == BOTH


def test_of_a_rollout_that_stopped_half_way_the_first_half_is_missing() -> None:
    stopped = deployment(State.FAILED, BOTH)
    assert left_out(stopped, applied=(ONE.name,)) == {ONE.name: ONE.checksum}


def test_what_was_recorded_later_is_not_missing() -> None:
    later = deployment(State.APPLIED, {ONE.name: ONE.checksum})
    assert left_out(later, deployment(State.FAILED, BOTH), applied=(ONE.name,)) == {}


BEHIND = Plan("staging", applied=(ONE.name,), missing=(TWO.name,))


def test_a_run_is_overtaken_where_a_newer_rollout_brought_what_it_lacks() -> None:
    assert overtaken(BEHIND, [deployment(State.APPLIED, BOTH)])


def test_a_run_is_not_overtaken_by_what_no_rollout_has_brought() -> None:
    assert not overtaken(BEHIND, [])
    assert not overtaken(BEHIND, [deployment(State.APPLIED, {ONE.name: ONE.checksum})])
    assert not overtaken(BEHIND, [deployment(State.FAILED, BOTH)])


def test_a_run_that_has_work_of_its_own_or_other_trouble_is_not_overtaken() -> None:
    newer = [deployment(State.APPLIED, BOTH)]
    assert not overtaken(replace(BEHIND, missing=()), newer)
    assert not overtaken(replace(BEHIND, pending=(ONE,)), newer)
    assert not overtaken(replace(BEHIND, modified=(ONE.name,)), newer)


def test_what_nobody_asks_about_is_not_looked_for() -> None:
    """A history from before the bot came is nothing that GitHub must be told."""
    assert left_out() == {}
    assert left_out(names=(TWO.name,)) == {TWO.name: TWO.checksum}


def test_an_edited_text_is_not_what_the_target_has() -> None:
    plan = Plan("staging", applied=tuple(BOTH), modified=(ONE.name,))
    assert unrecorded(plan, [ONE, TWO], [], BOTH) == {TWO.name: TWO.checksum}


def test_what_was_found_wrong_afterwards_is_recorded_anew_by_a_run_that_finds_it_right() -> None:
    wrong = Deployment("staging", "c" * 40, State.APPLIED, NOON, BOTH, "Not verified: an index.")
    assert left_out(wrong) == BOTH


def test_only_the_newest_rollout_of_a_migration_counts() -> None:
    """One that failed is not made good by an older success."""
    newest = deployment(State.FAILED, {ONE.name: ONE.checksum})
    found = carried_by([newest, deployment(State.APPLIED, BOTH)], tuple(BOTH))

    assert not found[ONE.name].done
    assert found[TWO.name].done


def progress(*deployments: Deployment) -> Progress:
    return progress_of(default_targets()["staging"], deployments, BOTH)


def test_another_text_of_the_same_name_is_another_migration() -> None:
    other = {ONE.name: TWO.checksum, TWO.name: ONE.checksum}
    assert progress(deployment(State.APPLIED, other)).state is State.WAITING


def test_what_was_applied_before_a_rollout_stopped_does_not_make_it_a_success() -> None:
    first = deployment(State.APPLIED, {ONE.name: ONE.checksum})
    found = progress(first, deployment(State.FAILED, BOTH))

    assert found.state is State.FAILED
    assert found.migrations == (ONE.name,)
    assert progress(first, deployment(State.APPLIED, BOTH)).state is State.APPLIED
