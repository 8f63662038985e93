"""What a fork's check found, told by the run that may write."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from bot.core.github.check_run import Conclusion
from bot.core.github.event import request_of
from bot.core.github.request import ReportRequest
from bot.errors import ExitCode, UsageError
from bot.flows.asked.answering import answer
from bot.flows.asked.check import REPORT_VARIABLE
from bot.handoff.schema import ARTIFACT, FILE
from tests.fakes import FakeConsole
from tests.flows.asked.test_answering import HERE, pull_request
from tests.flows.world import HEAD, NUMBER, RISKY, Stage, pull

RUN = 4711
PLACE = ("topic", "eve", 99)


def completed(*, fork: bool = True, head: str = HEAD, branch: str = "topic") -> dict[str, Any]:
    """The event as GitHub sends it, cut to what is read of it."""
    source = {"id": 99 if fork else 1, "owner": {"login": "eve"}}
    run = {
        "id": RUN,
        "run_number": 12,
        "run_attempt": 2,
        "head_sha": head,
        "head_branch": branch,
        "head_repository": source,
    }
    return {"workflow_run": run, "repository": {"id": 1}}


def left_by_fork() -> str:
    """What the check of the fork's pull request writes."""
    stage = Stage(newest=RISKY, environ={REPORT_VARIABLE: "/tmp/report.json"})
    answer(stage.world(github=False), "pull_request", pull_request(fork=True), HERE)
    assert stage.runner.outputs["report"] == "/tmp/report.json"
    return stage.runner.files["/tmp/report.json"]


def archive(text: str, name: str = FILE) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, text)
    return made.getvalue()


def stage_with(text: str | None, **changes: object) -> Stage:
    stage = Stage(newest=RISKY)
    stage.github.pulls[NUMBER] = pull(merged=False, **changes)
    stage.github.places[NUMBER] = PLACE
    if text is not None:
        stage.github.artifacts[RUN, f"{ARTIFACT}-2"] = archive(text)
    return stage


def test_the_event_says_which_run_and_which_branch_of_whom() -> None:
    asked = request_of("workflow_run", completed(), sha=HERE)
    assert asked == ReportRequest(RUN, 12, 2, HEAD, "topic", "eve", 99, fork=True)
    gone = completed()
    gone["workflow_run"]["head_repository"] = None
    assert request_of("workflow_run", gone, sha=HERE).repository == 0  # type: ignore[union-attr]


def test_what_the_fork_found_is_told_in_the_comment() -> None:
    stage = stage_with(left_by_fork())
    assert answer(stage.world(), "workflow_run", completed(), HERE) is ExitCode.FINE
    (comment,) = stage.comments
    assert "index-create-blocking" in comment
    assert RISKY.sql in comment
    assert f"actions/runs/{RUN}" in comment
    assert stage.runner.outputs["verdict"] == "block"


def test_what_the_fork_found_stands_beside_its_commit_and_on_a_label() -> None:
    stage = stage_with(left_by_fork())
    answer(stage.world(), "workflow_run", completed(), HERE)
    (begun,) = stage.github.check_runs.values()
    assert (begun.commit, begun.id.endswith(f"/{RUN}/2")) == (HEAD, True)
    assert stage.github.concluded[1].conclusion is Conclusion.FAILURE
    assert [each.title for each in stage.github.annotated[1]] == ["index-create-blocking"]
    assert stage.github.stuck[NUMBER] == ["migrations: high risk"]


def test_what_a_killed_check_left_open_is_concluded() -> None:
    stage = stage_with(None)
    answer(stage.world(), "workflow_run", completed(fork=False), HERE)
    (ended,) = stage.github.ended
    assert ended.endswith(f"/{RUN}/2")
    assert stage.github.check_runs == {}


def test_the_number_of_the_pull_request_is_never_taken_from_the_report() -> None:
    lying = json.loads(left_by_fork()) | {"pull": 1}
    stage = stage_with(json.dumps(lying))
    with pytest.raises(UsageError, match="not taken"):
        answer(stage.world(), "workflow_run", completed(), HERE)
    assert stage.github.comments == {}


@pytest.mark.parametrize(
    ("event", "changes", "why"),
    [
        (completed(fork=False), {}, "did not come from a fork"),
        (completed(head="2" * 40), {}, "about another commit"),
        (completed(), {"head": "2" * 40}, "no longer the head"),
        (completed(), {"merged": True}, "no longer the head"),
        (completed(branch="other"), {}, "no longer the head"),
    ],
    ids=["our own", "another commit", "pushed since", "closed", "another branch"],
)
def test_a_report_that_came_too_late_or_is_of_nobody_tells_nothing(
    event: dict[str, Any], changes: dict[str, object], why: str
) -> None:
    stage = stage_with(left_by_fork())
    stage.github.pulls[NUMBER] = pull(**{"merged": False, **changes})
    world = stage.world()
    assert answer(world, "workflow_run", event, HERE) is ExitCode.FINE
    assert stage.github.comments == {}
    assert isinstance(world.console, FakeConsole)
    assert why in world.console.said[-1]


def test_a_run_that_left_nothing_is_passed_over() -> None:
    stage = stage_with(None)
    assert answer(stage.world(), "workflow_run", completed(), HERE) is ExitCode.FINE
    assert stage.github.comments == {}


def test_another_text_than_the_pull_request_has_is_never_shown() -> None:
    stage = stage_with(left_by_fork())
    facts = stage.github.pull_facts[NUMBER]
    stage.github.pull_facts[NUMBER] = replace(facts, texts={RISKY.name: "0" * 64})
    with pytest.raises(UsageError, match="another text"):
        answer(stage.world(), "workflow_run", completed(), HERE)
    assert stage.github.comments == {}


def test_of_two_pull_requests_of_one_branch_the_one_with_that_base_is_told() -> None:
    stage = stage_with(left_by_fork())
    other = NUMBER + 1
    stage.github.pulls[other] = replace(pull(merged=False), number=other, base_name="release")
    stage.github.places[other] = PLACE
    assert answer(stage.world(), "workflow_run", completed(), HERE) is ExitCode.FINE
    assert list(stage.github.comments) == [NUMBER]


def test_a_report_that_leaves_a_migration_out_is_not_told() -> None:
    lying = json.loads(left_by_fork()) | {"migrations": []}
    stage = stage_with(json.dumps(lying))
    with pytest.raises(UsageError, match=f"says nothing of {RISKY.path}"):
        answer(stage.world(), "workflow_run", completed(), HERE)
    assert stage.github.comments == {}
