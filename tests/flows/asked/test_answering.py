"""github: what each event asks for, with a GitHub and a runner in memory."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.core.github.check_run import Conclusion
from bot.core.github.deployment import Deployment
from bot.core.rollouts.plan import digest_of
from bot.core.rollouts.progress import State
from bot.errors import ExitCode, GateClosed, GitHubError, HistoryError, UsageError
from bot.flows.asked.answering import answer
from bot.flows.asked.apply import DIGEST_VARIABLE, TARGET_VARIABLE
from bot.flows.asked.check import SARIF_VARIABLE
from tests.fakes import NOON, FakeConsole
from tests.flows.world import HEAD, INIT, MERGE, MORE, NUMBER, RISKY, Stage, pull

# FakeCheckout is always at this commit.
HERE = "h" * 40


def pull_request(*, fork: bool = False) -> Mapping[str, Any]:
    ours, theirs = {"full_name": "acme/shop"}, {"full_name": "eve/shop"}
    head = {"sha": HEAD, "repo": theirs if fork else ours}
    base = {"sha": "b" * 40, "ref": "main", "repo": ours}
    return {"pull_request": {"number": NUMBER, "head": head, "base": base}}


def test_a_pull_request_is_checked_and_told_in_every_place() -> None:
    stage = Stage(newest=RISKY)
    world = stage.world()

    assert answer(world, "pull_request", pull_request(), HERE) is ExitCode.FINDINGS
    assert stage.runner.outputs["verdict"] == "block"
    assert stage.runner.outputs["findings"] == "1"
    assert stage.runner.outputs["digest"].startswith("sha256:")
    assert stage.runner.logged == []
    (result,) = stage.github.concluded.values()
    assert result.conclusion is Conclusion.FAILURE
    assert [each.title for each in stage.github.annotated[1]] == ["index-create-blocking"]
    for told in (stage.runner.written[0], stage.comments[0]):
        assert "index-create-blocking" in told


def test_later_steps_are_told_what_was_found_and_where_it_stands() -> None:
    stage = Stage(newest=RISKY)
    answer(stage.world(), "pull_request", pull_request(), HERE)
    told = stage.runner.outputs
    assert (told["verdict"], told["risk"], told["findings"]) == ("block", "high", "1")
    assert json.loads(told["migrations"]) == [RISKY.name]
    assert told["check-run-url"] == "https://github.example/runs/1"
    assert told["comment-url"].endswith(f"/pull/{NUMBER}#issuecomment-1")


def test_the_findings_are_written_as_sarif_where_the_job_asks_for_it() -> None:
    stage = Stage(newest=RISKY, environ={SARIF_VARIABLE: "/tmp/found.sarif"})
    answer(stage.world(), "pull_request", pull_request(), HERE)
    log = json.loads(stage.runner.files["/tmp/found.sarif"])
    assert [each["ruleId"] for each in log["runs"][0]["results"]] == ["index-create-blocking"]

    silent = Stage(newest=RISKY)
    answer(silent.world(), "pull_request", pull_request(), HERE)
    assert silent.runner.files == {}


def test_a_review_brings_the_comment_up_to_date() -> None:
    stage = Stage()

    assert answer(stage.world(), "pull_request_review", pull_request(), HERE) is ExitCode.FINE
    assert "grace" in stage.comments[0]


@pytest.mark.parametrize("fork", [True, False])
def test_where_no_comment_can_be_written_the_log_says_so(fork: bool) -> None:
    stage = Stage()
    world = stage.world(github=fork)

    assert answer(world, "pull_request", pull_request(fork=fork), HERE) is ExitCode.FINE
    assert stage.comments == []
    assert isinstance(world.console, FakeConsole)
    assert f"no comment on #{NUMBER}" in world.console.said[0]
    assert stage.runner.outputs["verdict"] == "pass"


def test_a_run_for_an_earlier_commit_leaves_the_comment_to_the_newer_one() -> None:
    stage = Stage()
    stage.github.pulls[NUMBER] = pull(merged=False, head="2" * 40)
    world = stage.world()

    assert answer(world, "pull_request", pull_request(), HERE) is ExitCode.FINE
    assert stage.comments == []
    assert isinstance(world.console, FakeConsole)
    assert "it has a newer commit than this run saw" in world.console.said[0]


def test_the_verdict_stands_before_the_comment_is_tried() -> None:
    stage = Stage(newest=RISKY)
    stage.github.down = True

    with pytest.raises(GitHubError):
        answer(stage.world(), "pull_request", pull_request(), HERE)

    assert stage.runner.outputs["verdict"] == "block"
    assert stage.runner.written != []


def test_a_merge_group_is_checked_without_a_comment() -> None:
    stage = Stage()
    group = {"head_sha": HERE, "base_sha": "b" * 40, "base_ref": "refs/heads/main"}

    assert answer(stage.world(), "merge_group", {"merge_group": group}, HERE) is ExitCode.FINE
    assert stage.comments == []


@pytest.mark.parametrize("event", ["push", "workflow_dispatch"])
def test_a_push_is_applied_to_the_target_of_the_job(event: str) -> None:
    stage = Stage(environ={TARGET_VARIABLE: "staging"})
    stage.github.brought[HERE] = NUMBER

    assert answer(stage.world(), event, {"after": HERE}, HERE) is ExitCode.FINE
    assert stage.runner.outputs["state"] == "applied"
    assert json.loads(stage.runner.outputs["applied"]) == [MORE.name]
    assert MORE.name in [row.name for row in stage.staging.rows]
    assert "1 migration applied" in stage.runner.written[0]
    assert len(stage.comments) == 1


def test_a_closed_gate_ends_the_job_and_touches_nothing() -> None:
    stage = Stage(environ={TARGET_VARIABLE: "production"}, opinions=())

    with pytest.raises(GateClosed):
        answer(stage.world(), "push", {"after": HERE}, HERE)
    assert MORE.name not in [row.name for row in stage.production.rows]
    assert (stage.runner.outputs["state"], stage.runner.outputs["applied"]) == ("closed", "[]")
    assert "gate approval: closed" in stage.runner.written[0]


def test_the_plan_of_the_target_to_come_is_shown_and_handed_on() -> None:
    stage = Stage(environ={TARGET_VARIABLE: "staging"})
    texts = {INIT.name: INIT.checksum}
    stage.github.announced.append(Deployment("production", MERGE, State.APPLIED, NOON, texts))
    answer(stage.world(), "push", {"after": MERGE}, HERE)

    assert json.loads(stage.runner.outputs["forecast-digests"]) == {"production": digest_of([MORE])}
    assert "1 migration for production" in stage.runner.written[-1]
    assert digest_of([MORE]) in stage.runner.written[-1]


def test_a_target_that_github_knows_nothing_of_is_not_foretold() -> None:
    stage = Stage(environ={TARGET_VARIABLE: "staging"})
    answer(stage.world(), "push", {"after": MERGE}, HERE)

    assert "forecast-digests" not in stage.runner.outputs


def test_another_plan_than_the_one_that_was_foretold_is_not_run() -> None:
    stage = Stage(environ={TARGET_VARIABLE: "staging", DIGEST_VARIABLE: digest_of([INIT, MORE])})
    with pytest.raises(HistoryError, match=f"{INIT.name} was agreed to, and is not pending"):
        answer(stage.world(), "push", {"after": MERGE}, HERE)

    assert stage.staging.diary == ["lock", "unlock"]
    assert stage.github.announced[-1].state is State.FAILED
    assert "\n" not in stage.github.announced[-1].note


def test_the_foretold_plan_is_run_and_once_it_is_there_nothing_is_compared() -> None:
    stage = Stage(environ={TARGET_VARIABLE: "staging", DIGEST_VARIABLE: digest_of([MORE])})
    for _ in range(2):
        assert answer(stage.world(), "push", {"after": MERGE}, HERE) is ExitCode.FINE


def test_a_job_without_a_target_is_refused() -> None:
    with pytest.raises(UsageError, match=f"{TARGET_VARIABLE} is not set"):
        answer(Stage().world(), "push", {"after": HERE}, HERE)


def test_another_commit_than_the_events_is_not_judged() -> None:
    stage = Stage(environ={TARGET_VARIABLE: "staging"})

    for event, payload in (("push", {"after": MERGE}), ("pull_request", pull_request())):
        with pytest.raises(UsageError, match="The checkout is at hhhhhhhhhhhh"):
            answer(stage.world(), event, payload, MERGE)
    assert stage.runner.outputs == {}


@pytest.mark.parametrize("event", ["pull_request_target", "issues"])
def test_events_that_ask_for_nothing_or_too_much_are_refused(event: str) -> None:
    world = replace(Stage().world(), github=None)

    with pytest.raises(UsageError, match=event):
        answer(world, event, pull_request(), HERE)
