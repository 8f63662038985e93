"""The button beside a check run, and what it must not be good for."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.errors import ExitCode, UsageError
from bot.flows.asked.answering import answer
from tests.fakes import FakeConsole
from tests.flows.world import NUMBER, RISKY, Stage, pull

# FakeCheckout is always at this commit.
HERE = "h" * 40
MAIN = "d" * 40


def pressed(*, name: str = "Migrations", head: str = HERE, fork: bool = False) -> Mapping[str, Any]:
    mention = {
        "number": NUMBER,
        "head": {"sha": head, "ref": "topic", "repo": {"id": 2 if fork else 1}},
        "base": {"sha": "b" * 40, "ref": "main", "repo": {"id": 1}},
    }
    run = {"name": name, "head_sha": head, "pull_requests": [mention]}
    return {"action": "rerequested", "check_run": run}


def stage_with(*, merged: bool = False) -> Stage:
    stage = Stage(newest=RISKY)
    stage.github.pulls[NUMBER] = pull(merged=merged, head=HERE)
    return stage


def test_it_is_checked_again_and_told_everywhere() -> None:
    stage = stage_with()
    assert answer(stage.world(), "check_run", pressed(), MAIN) is ExitCode.FINDINGS
    assert [each.commit for each in stage.github.check_runs.values()] == [HERE]
    assert "index-create-blocking" in stage.comments[0]


@pytest.mark.parametrize(
    "asked", [pressed(name="build"), pressed(fork=True)], ids=["other", "fork"]
)
def test_what_is_not_ours_or_from_a_fork_is_said_and_left_alone(asked: Mapping[str, Any]) -> None:
    stage = stage_with()
    world = stage.world()
    assert answer(world, "check_run", asked, MAIN) is ExitCode.FINE
    assert stage.github.check_runs == {}
    assert stage.comments == []
    assert isinstance(world.console, FakeConsole)
    assert len(world.console.said) == 1


def test_what_was_merged_keeps_its_check_run() -> None:
    stage = stage_with(merged=True)
    answer(stage.world(), "check_run", pressed(), MAIN)
    assert stage.github.check_runs == {}


def test_the_default_branch_is_not_what_the_event_is_about() -> None:
    with pytest.raises(UsageError, match="The checkout is at hhhh"):
        answer(stage_with().world(), "check_run", pressed(head="e" * 40), HERE)
