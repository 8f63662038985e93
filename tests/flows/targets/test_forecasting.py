"""What is foretold of later targets, and what is said where another plan would run."""

from dataclasses import replace

import pytest

from bot.core.github.deployment import Deployment
from bot.core.rollouts.plan import digest_of, make_plan
from bot.core.rollouts.progress import State
from bot.core.settings import default_targets
from bot.errors import HistoryError
from bot.flows.targets.forecasting import differing, forecast_of, later_forecasts, unreached_gates
from bot.flows.targets.rollout import order_for
from bot.rollout.procedure import roll_out
from tests.fakes import NOON, FakeGitHub, history
from tests.flows.world import INIT, MERGE, MORE, Stage

_, STAGING, PRODUCTION = default_targets().values()
EDITED = replace(MORE, sql="CREATE TABLE c (id int);")


def rolled_out(target: str, *texts: tuple[str, str]) -> Deployment:
    return Deployment(target, MERGE, State.APPLIED, NOON, dict(texts))


def known(stage: Stage) -> Stage:
    stage.github.announced.append(rolled_out("production", (INIT.name, INIT.checksum)))
    return stage


def test_after_staging_production_is_foretold_from_what_github_remembers() -> None:
    (found,) = later_forecasts(STAGING, known(Stage()).world())

    assert (found.target, found.pending) == ("production", (MORE,))
    assert later_forecasts(PRODUCTION, Stage().world()) == ()


def test_what_github_does_not_say_is_not_foretold() -> None:
    stage = known(Stage())
    assert "no GitHub token" in forecast_of(PRODUCTION, stage.world(github=False)).why
    assert "remembers no rollout" in forecast_of(PRODUCTION, Stage().world()).why
    stage.github.down = True
    assert "could not be reached" in forecast_of(PRODUCTION, stage.world()).why


def test_the_gates_of_a_target_out_of_reach_are_those_of_what_it_would_run() -> None:
    found = {each.name: each for each in unreached_gates(PRODUCTION, known(Stage()).world())}

    assert found["after staging"].reason == f"staging has not applied {MORE.name}"
    assert found["approval"].open
    assert "order" not in found


def test_another_plan_than_the_foretold_one_stops_and_tells_each_statement() -> None:
    stage = Stage()
    stage.production.rows.clear()
    order = order_for(STAGING, stage.world(), expect_digest=digest_of([MORE]))
    stage.staging.rows.clear()

    with pytest.raises(HistoryError) as refused:
        roll_out(order, stage.world())

    assert f"{INIT.name} is pending now, and was not agreed to" in refused.value.message
    assert "line 1, new: CREATE TABLE a (id int PRIMARY KEY, b int)" in refused.value.message
    assert stage.staging.diary == ["lock", "unlock"]


@pytest.mark.parametrize("in_git", [True, False])
def test_a_text_that_was_agreed_to_and_edited_since_is_found_by_its_digest(in_git: bool) -> None:
    """A deployment knows which texts its digest was of, and git what they were."""
    stage = Stage(newest=EDITED)
    agreed = digest_of([MORE])
    given = rolled_out("staging", (MORE.name, MORE.checksum))
    stage.github.announced.append(replace(given, digest=agreed))
    stage.checkout.scripts = {MORE.checksum: MORE.sql} if in_git else {}
    plan = make_plan("production", [EDITED], [])
    lines = differing(agreed, history(EDITED), stage.world())(plan)

    if in_git:
        assert lines == (
            f"{MORE.name} has another text",
            f"{MORE.name}, line 1, gone: CREATE TABLE b (id int PRIMARY KEY)",
            f"{MORE.name}, line 1, new: CREATE TABLE c (id int)",
        )
    else:
        assert lines == (f"{MORE.name} has another text; its statements are not known here",)


def test_a_digest_of_nothing_known_is_said_to_be_unknown() -> None:
    stage = Stage()
    plan = make_plan("staging", [MORE], [])
    assert differing("sha256:0", history(MORE), stage.world())(plan) == (
        "which migrations were agreed to is not known here",
    )
    stage.github = FakeGitHub(down=True)
    assert len(differing("sha256:0", history(MORE), stage.world())(plan)) == 1
