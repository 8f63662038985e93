"""The check run of a commit: begun at once, and never left open."""

import pytest

from bot.demo.hub.outcomes import CheckRun
from tests.harness import Interruption
from tests.story.stage import (
    CHECK,
    COUNTRY,
    HARMLESS,
    INDEX,
    MENDED,
    RISKY,
    SHOP,
    Stage,
    script,
)

STEP = "Check"


def state(run: CheckRun) -> tuple[str, str | None]:
    return run.status, run.conclusion


def many(number: int) -> str:
    return "".join(
        f'CREATE INDEX "Order_total_{each}_idx" ON "Order"("total");\n' for each in range(number)
    )


@pytest.mark.slow
def test_the_findings_stand_beside_the_lines_and_not_twice(stage: Stage) -> None:
    job = stage.check(stage.propose({script(INDEX): RISKY}))
    (run,) = stage.check_runs()
    assert (run.name, *state(run)) == ("Migrations", "completed", "failure")
    assert (run.title or "").endswith("1 finding to fix before merging")
    assert [each["title"] for each in run.annotations] == ["index-create-blocking"]
    assert "::error " not in job.log
    assert stage.pull(1).labels == ["migrations: high risk"]


@pytest.mark.soak
@pytest.mark.slow
def test_more_findings_than_one_call_takes(stage: Stage) -> None:
    stage.check(stage.propose({script(INDEX): many(60)}))
    (run,) = stage.check_runs()
    assert state(run) == ("completed", "failure")
    assert len({each["start_line"] for each in run.annotations}) >= 60


@pytest.mark.soak
@pytest.mark.slow
def test_the_merge_queue_has_one_too(stage: Stage) -> None:
    stage.propose({script(COUNTRY): HARMLESS})
    assert stage.queue(1).status == 0
    (run,) = stage.hub.repository(SHOP).check_runs.values()
    assert run.head_sha != stage.pull(1).head_sha
    assert state(run) == ("completed", "success")


@pytest.mark.slow
def test_a_configuration_that_cannot_be_read_is_told_in_it(stage: Stage) -> None:
    stage.hub.push(SHOP, "main", {".github/migration-bot.yml": "targets: 7\n"}, author="grace")
    job = stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    assert job.status == 2
    assert stage.check_runs() == []


def killed(stage: Stage) -> None:
    """A check that begins its check run, and gets no further."""
    opened = stage.propose({script(INDEX): RISKY})
    begun = stage.hub.repository(SHOP).check_runs
    cut = Interruption("check", STEP, once=lambda: bool(begun), patience=(0.0, 0.0))
    stage.interruption = cut
    assert stage.run(CHECK, opened).conclusion == "cancelled"
    stage.interruption = None
    assert [state(each) for each in stage.check_runs()] == [("in_progress", None)]


@pytest.mark.soak
@pytest.mark.slow
def test_what_a_killed_check_left_open_is_ended_by_the_report(stage: Stage) -> None:
    killed(stage)
    report = stage.report()
    assert report.conclusion == "success"
    assert [state(each) for each in stage.check_runs()] == [("completed", "cancelled")]


@pytest.mark.slow
def test_what_a_killed_check_left_open_is_ended_by_the_next(stage: Stage) -> None:
    killed(stage)
    stage.rerequest()
    assert [state(each) for each in stage.check_runs()] == [
        ("completed", "cancelled"),
        ("completed", "failure"),
    ]


@pytest.mark.slow
def test_the_button_checks_again(stage: Stage) -> None:
    stage.check(stage.propose({script(INDEX): RISKY}))
    assert stage.rerequest().status == 1
    first, second = stage.check_runs()
    assert (state(first), state(second)) == (("completed", "failure"),) * 2
    assert second.external_id != first.external_id


@pytest.mark.soak
@pytest.mark.slow
def test_a_push_that_mends_it_is_green_and_keeps_the_old_one(stage: Stage) -> None:
    stage.check(stage.propose({script(INDEX): RISKY}))
    (before,) = stage.check_runs()
    assert stage.check(stage.push({script(INDEX): MENDED})).status == 0
    (after,) = stage.check_runs()
    assert (state(before), state(after)) == (("completed", "failure"), ("completed", "success"))
    assert stage.pull(1).labels == ["migrations: low risk"]
    assert stage.check(stage.push({script(INDEX): None, "README.md": "# Shop\n"})).status == 0
    assert stage.pull(1).labels == []


@pytest.mark.soak
@pytest.mark.slow
def test_a_deploy_leaves_it_alone(stage: Stage) -> None:
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    stage.hub.review(SHOP, 1, author="grace")
    stage.deploy(stage.merge(1))
    assert [state(each) for each in stage.check_runs()] == [("completed", "success")]
    assert len(stage.hub.repository(SHOP).check_runs) == 1


@pytest.mark.slow
def test_a_fork_has_one_as_soon_as_its_report_is_told(stage: Stage) -> None:
    stage.check(stage.fork_propose({script(INDEX): RISKY}))
    assert stage.check_runs() == []
    stage.report()
    (run,) = stage.check_runs()
    assert state(run) == ("completed", "failure")
    assert [each["title"] for each in run.annotations] == ["index-create-blocking"]
