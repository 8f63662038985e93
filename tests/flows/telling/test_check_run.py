"""The check run: begun first, concluded always, and never more important than the verdict."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.core.github.check_run import Conclusion
from bot.core.github.request import CheckRequest
from bot.errors import ExitCode, Interrupted, UsageError
from bot.flows.asked.check import check
from bot.flows.telling.check_run import check_run
from bot.world import World
from tests.fakes import FakeConsole
from tests.flows.world import HEAD, NUMBER, RISKY, Stage

PULL = CheckRequest(HEAD, "b" * 40, "main", pull=NUMBER)


def said(world: World) -> list[str]:
    assert isinstance(world.console, FakeConsole)
    return world.console.said


@pytest.mark.parametrize(
    ("error", "conclusion"),
    [
        (UsageError("No base.", hint="Fetch it."), Conclusion.FAILURE),
        (Interrupted("Stopped.", hint="Run it again."), Conclusion.CANCELLED),
        (KeyboardInterrupt(), Conclusion.CANCELLED),
        (MemoryError(), Conclusion.FAILURE),
        (SystemExit(3), Conclusion.FAILURE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_ends_the_work_ends_the_check_run(
    error: BaseException, conclusion: Conclusion
) -> None:
    stage = Stage()
    with pytest.raises(type(error)), check_run(PULL, stage.world()):
        raise error
    assert [each.conclusion for each in stage.github.concluded.values()] == [conclusion]


def test_an_error_that_can_be_mended_is_told_with_its_hint() -> None:
    stage = Stage()
    with pytest.raises(UsageError), check_run(PULL, stage.world()):
        raise UsageError("There is no base.", hint="Fetch ``` it.")
    (result,) = stage.github.concluded.values()
    assert "There is no base." in result.summary
    assert "Fetch ``` it." in result.summary
    assert result.summary.startswith("````")


def test_a_fault_says_nothing_of_what_it_knew() -> None:
    stage = Stage()
    with pytest.raises(KeyError), check_run(PULL, stage.world()):
        raise KeyError("hunter2")
    (result,) = stage.github.concluded.values()
    assert "KeyError" in result.summary
    assert "hunter2" not in result.summary


@pytest.mark.parametrize("request_of", [{"fork": True}, {"merged": True}], ids=str)
def test_nothing_is_begun_where_it_could_not_be_written_or_would_say_nothing(
    request_of: Mapping[str, Any],
) -> None:
    stage = Stage()
    request = CheckRequest(HEAD, "b" * 40, "main", pull=NUMBER, **request_of)
    with check_run(request, stage.world()) as shown:
        assert shown.number is None
    assert stage.github.check_runs == {}


def test_a_merge_group_has_one_too() -> None:
    stage = Stage(newest=RISKY)
    assert check(CheckRequest(HEAD, "b" * 40, "main"), [stage.world()]) is ExitCode.FINDINGS
    (begun,) = stage.github.check_runs.values()
    assert (begun.commit, begun.name) == (HEAD, "Migrations")
    assert stage.github.concluded[1].conclusion is Conclusion.FAILURE


def test_without_the_permission_the_verdict_stands_and_the_log_has_the_findings() -> None:
    stage = Stage(newest=RISKY)
    stage.github.refused = {"checks: write"}
    world = stage.world()
    assert check(PULL, [world]) is ExitCode.FINDINGS
    assert "::error " in stage.runner.logged[0]
    assert [each for each in said(world) if "permissions: checks: write" in each] != []
    assert "index-create-blocking" in stage.comments[0]


def test_without_the_annotations_the_log_has_the_findings_and_it_is_concluded() -> None:
    stage = Stage(newest=RISKY)
    stage.github.refused = {"annotations"}
    assert check(PULL, [stage.world()]) is ExitCode.FINDINGS
    assert "::error " in stage.runner.logged[0]
    assert stage.github.concluded[1].conclusion is Conclusion.FAILURE


def test_a_conclusion_that_did_not_arrive_is_tried_once_more_at_the_end() -> None:
    stage = Stage(newest=RISKY)
    world = stage.world()
    stage.github.refused = {"conclusions"}
    with check_run(PULL, world) as shown:
        shown.end(KeyError())
        assert stage.github.concluded == {}
        stage.github.refused = set()
    assert stage.github.concluded[1].conclusion is Conclusion.FAILURE
    assert shown.url == "https://github.example/runs/1"


def test_the_run_and_attempt_are_part_of_what_it_is_known_by() -> None:
    stage = Stage()
    check(PULL, [stage.world()])
    (begun,) = stage.github.check_runs.values()
    run = stage.runner.run(HEAD)
    assert begun.id.startswith("migration-bot/")
    assert begun.id.endswith(f"/{run.id}/{run.attempt}")
    assert begun.url == run.url
