"""Where the gates' facts come from: targets, deployments, reviews."""

import pytest

from bot.core.gates.gate import Gate
from bot.core.github.deployment import Deployment
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.progress import State
from bot.core.settings import default_targets
from bot.errors import GitHubError, PostgresError
from bot.flows.gating.earlier import earlier_of
from bot.flows.gating.gates import gates_of
from tests.fakes import NOON, FakeDatabase, applied
from tests.flows.world import APPROVED, INIT, MERGE, MORE, NUMBER, Stage, facts

DEVELOPMENT, STAGING, PRODUCTION = default_targets().values()
REACHABLE = {"STAGING_DATABASE_URL": "postgresql://staging"}


def deployed(state: State = State.APPLIED, checksum: str = MORE.checksum) -> Deployment:
    return Deployment("staging", MERGE, state, NOON, {MORE.name: checksum})


def gates(stage: Stage, *, github: bool = True) -> dict[str, Gate]:
    plan = make_plan("production", [INIT, MORE], stage.production.applied())
    found = gates_of(plan, PRODUCTION, stage.world(github))
    return {gate.name: gate for gate in found}


def test_a_plan_with_nothing_pending_meets_no_gate() -> None:
    stage = Stage(production=FakeDatabase([applied(INIT), applied(MORE)]))
    stage.github.down = True

    assert gates(stage) == {}


def test_the_target_before_is_asked_itself_where_it_can_be_reached() -> None:
    stage = Stage(environ=REACHABLE)
    stage.github.announced.append(deployed())
    assert not gates(stage)["after staging"].open

    stage.staging.rows.append(applied(MORE))
    assert gates(stage)["after staging"].open


def test_a_migration_that_staging_began_and_never_finished_does_not_count() -> None:
    stage = Stage(environ=REACHABLE)
    stage.staging.rows.append(applied(MORE, finished=False))

    assert not gates(stage)["after staging"].open


def test_a_target_that_cannot_be_reached_is_believed_by_its_deployments() -> None:
    stage = Stage()
    assert not gates(stage)["after staging"].open

    for unfinished in (deployed(State.FAILED), deployed(State.APPLYING)):
        stage.github.announced.append(unfinished)
        assert not gates(stage)["after staging"].open
    stage.github.announced.append(deployed())
    assert gates(stage)["after staging"].open


def test_another_text_on_staging_keeps_production_closed() -> None:
    stage = Stage()
    stage.github.announced.append(deployed(checksum="0" * 64))

    assert "another text" in gates(stage)["after staging"].reason


def test_where_nobody_can_say_the_gates_stay_closed() -> None:
    found = gates(Stage(), github=False)

    assert [name for name, gate in found.items() if not gate.open] == ["after staging", "approval"]
    assert earlier_of(STAGING, [MORE], Stage().world(github=False)) is None


def test_a_target_before_that_is_named_and_does_not_answer_is_an_error() -> None:
    """To take its deployments for an answer would be to guess."""
    stage = Stage(environ={**REACHABLE, "DATABASE_URL": "postgresql://development"})
    stage.github.announced.append(deployed())

    with pytest.raises(PostgresError, match="development does not answer"):
        earlier_of(DEVELOPMENT, [MORE], stage.world())


def test_an_approval_of_the_merged_head_opens_the_gate() -> None:
    assert gates(Stage())["approval"].open
    assert not gates(Stage(opinions=()))["approval"].open


def test_a_text_that_was_not_in_the_approved_head_keeps_it_closed() -> None:
    stage = Stage()
    stage.github.pull_facts[NUMBER] = facts(*APPROVED, each=INIT)

    assert "is not the text that was approved in #7" in gates(stage)["approval"].reason


def test_a_migration_pushed_without_a_pull_request_keeps_it_closed() -> None:
    stage = Stage()
    stage.checkout.commits = {}

    assert "came without a pull request" in gates(stage)["approval"].reason


def test_github_being_down_never_opens_a_gate() -> None:
    stage = Stage()
    stage.github.down = True

    with pytest.raises(GitHubError):
        gates(stage)
