"""The base has moved: open pull requests that it overtook are judged again."""

from dataclasses import replace

import pytest

from bot.core.github.check_run import Conclusion
from bot.core.github.pull import Pull
from bot.errors import ExitCode, UsageError
from bot.flows.asked import recheck as module
from bot.flows.asked.answering import WORK_VARIABLE, answer
from bot.flows.asked.recheck import BRANCH_VARIABLE
from tests.fakes import FakeConsole, history, migration
from tests.flows.asked.test_answering import HERE
from tests.flows.world import HEAD, INIT, MORE, NUMBER, Stage, facts, pull

EARLY = migration("20260115000000_early", 'ALTER TABLE "a" ADD COLUMN "c" int;')
LATE = migration("20260301000000_late", 'ALTER TABLE "a" ADD COLUMN "d" int;')
PUSH = {"after": HERE}


def stage_with(*, early: bool = True, **changes: object) -> Stage:
    """Main has the second migration; #7 is open with one from before it, or after."""
    environ = {WORK_VARIABLE: "recheck", BRANCH_VARIABLE: "main"}
    stage = Stage(environ=environ)
    brought = EARLY if early else LATE
    proposed: Pull = pull(merged=False, files=(brought.path,), **changes)
    stage.github.pulls = {NUMBER: proposed}
    stage.github.pull_facts = {NUMBER: facts(each=brought)}
    stage.checkout.base_history = None
    stage.checkout.proposed = {NUMBER: HEAD}
    stage.checkout.proposals = {HEAD: history(INIT, brought)}
    return stage


def said(stage: Stage) -> tuple[ExitCode, list[str]]:
    world = stage.world()
    code = answer(world, "push", PUSH, HERE)
    assert isinstance(world.console, FakeConsole)
    return code, world.console.said


def test_one_that_was_overtaken_is_told_that_it_comes_too_early_now() -> None:
    stage = stage_with()
    code, lines = said(stage)
    assert code is ExitCode.FINE
    assert lines[0].startswith(f"#{NUMBER}: judged again: block, ")
    assert "prisma-out-of-order" in stage.comments[0]
    assert lines[0] in stage.runner.written[0]
    assert [each.commit for each in stage.github.check_runs.values()] == [HEAD]
    assert stage.github.concluded[1].conclusion is Conclusion.FAILURE
    assert len(stage.github.stuck[NUMBER]) == 1


@pytest.mark.parametrize(
    "changes",
    [{"merged": True}, {"base_name": "release"}, {"files": ("README.md", MORE.path[:-20])}],
    ids=["merged", "to another base", "without migrations"],
)
def test_others_are_left_alone(changes: dict[str, object]) -> None:
    stage = stage_with()
    stage.github.pulls[NUMBER] = replace(stage.github.pulls[NUMBER], **changes)  # type: ignore[arg-type]
    assert said(stage)[1] == ["no open pull request was overtaken"]
    assert stage.comments == []


def test_one_that_still_comes_last_is_left_alone() -> None:
    stage = stage_with(early=False)
    assert said(stage)[1] == ["no open pull request was overtaken"]
    assert stage.comments == []


@pytest.mark.parametrize("head", [None, "2" * 40])
def test_one_that_moved_meanwhile_is_left_to_its_own_check(head: str | None) -> None:
    stage = stage_with()
    stage.checkout.proposed = {} if head is None else {NUMBER: head}
    assert "pushed to meanwhile" in said(stage)[1][0]
    assert stage.comments == []


def test_how_many_were_left_is_said() -> None:
    stage = stage_with()
    one = stage.github.pulls[NUMBER]
    many = range(NUMBER, NUMBER + module.MOST_LISTED + 5)
    stage.github.pulls = {each: replace(one, number=each) for each in many}
    lines = said(stage)[1]
    assert len(lines) == module.MOST_JUDGED + 2
    assert lines[-2] == "80 more were overtaken and not judged again"
    assert lines[-1] == "only the 100 that changed last were looked at"


def test_without_a_branch_nothing_is_looked_at() -> None:
    stage = stage_with()
    stage.environ = {WORK_VARIABLE: "recheck"}
    with pytest.raises(UsageError, match=BRANCH_VARIABLE):
        said(stage)


def test_a_push_can_ask_for_no_other_work() -> None:
    stage = stage_with()
    stage.environ = {WORK_VARIABLE: "everything"}
    with pytest.raises(UsageError, match="no work everything"):
        said(stage)
