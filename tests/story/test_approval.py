"""Production waits for an approval of exactly what is merged; staging does not."""

from collections.abc import Callable

import pytest

from bot.demo.hub.records import Review
from tests.harness import Run
from tests.story.stage import COUNTRY, HARMLESS, SHOP, Stage, script


def nobody(stage: Stage) -> None:
    """No review at all."""


def a_reader(stage: Stage) -> None:
    stage.hub.review(SHOP, 1, author="linus")


def the_author(stage: Stage) -> None:
    """GitHub lets nobody do that; should it ever come about, it counts for nothing."""
    pull = stage.pull(1)
    pull.reviews[7] = Review(7, pull.user, "APPROVED", "", pull.head_sha, stage.hub.state.now())


def someone_before_the_last_push(stage: Stage) -> None:
    stage.hub.review(SHOP, 1, author="grace")
    stage.push({script(COUNTRY): HARMLESS + "-- and a second thought\n"})


def someone_who_thought_better_of_it(stage: Stage) -> None:
    stage.hub.review(SHOP, 1, author="grace")
    stage.hub.review(SHOP, 1, author="grace", event="REQUEST_CHANGES", body="Wait.")


def someone_whose_review_was_dismissed(stage: Stage) -> None:
    review = stage.hub.review(SHOP, 1, author="grace").payload["review"]["id"]
    stage.hub.dismiss(SHOP, 1, review, author="ada")


def someone_who_pushed_to_the_branch(stage: Stage) -> None:
    stage.push({"README.md": "# Shop\n"}, author="alan")
    stage.hub.review(SHOP, 1, author="alan")


def someone_who_lost_the_right_to_write(stage: Stage) -> None:
    stage.hub.review(SHOP, 1, author="grace")
    stage.hub.set_role(SHOP, "grace", "read")


INSUFFICIENT = [
    nobody,
    pytest.param(a_reader, marks=pytest.mark.slow),
    pytest.param(the_author, marks=pytest.mark.slow),
    someone_before_the_last_push,
    pytest.param(someone_who_thought_better_of_it, marks=pytest.mark.slow),
    pytest.param(someone_whose_review_was_dismissed, marks=pytest.mark.slow),
    pytest.param(someone_who_pushed_to_the_branch, marks=pytest.mark.slow),
    pytest.param(someone_who_lost_the_right_to_write, marks=pytest.mark.slow),
]


@pytest.mark.parametrize("approve", INSUFFICIENT, ids=lambda each: each.__name__)
def test_production_is_not_touched_when_the_approval_is_of(
    stage: Stage, approve: Callable[[Stage], None]
) -> None:
    untouched = stage.schema("production")
    stage.propose({script(COUNTRY): HARMLESS})
    approve(stage)
    run = stage.deploy(stage.merge(1))
    require_closed(stage, run)
    assert stage.schema("production") == untouched
    assert not list(stage.folder.rglob("backups/*"))


def require_closed(stage: Stage, run: Run) -> None:
    """Staging went ahead, production is on hold, and the comment says whose approval is missing."""
    assert (run.jobs["staging"].result, run.jobs["production"].status) == ("success", 3)
    assert stage.applied("staging") == [COUNTRY]
    assert stage.states("production")[-1] == "pending"
    assert "Ask somebody who may write to the repository" in run.jobs["production"].summary
    comment = stage.comment()
    assert "### 🟡 1 migration waits for production" in comment
    assert "has 0 of 1 approvals in #" in comment
    assert "Ask somebody who may write to the repository, and did not author it" in comment
    assert "staging ✅ applied · production 🔒 on hold" in comment


@pytest.mark.slow
def test_an_approval_after_the_merge_opens_production_to_the_next_run(stage: Stage) -> None:
    push = stage.merged({script(COUNTRY): HARMLESS}, approve=False)
    closed = stage.deploy(push)
    require_closed(stage, closed)
    assert stage.check(stage.hub.review(SHOP, 1, author="grace")).status == 0
    assert "### 🟡 1 migration waits for production" in stage.comment()
    assert "`grace` approved this text" in stage.comment()
    assert "Run the job again" in stage.comment()
    again = stage.deploy(stage.dispatch("production"))
    assert again.jobs["staging"].result == "skipped"
    assert again.jobs["production"].status == 0
    assert stage.applied("production") == [COUNTRY]
    assert stage.states("production")[-1] == "success"
    assert "### 🟢 1 migration applied to production" in stage.comment()


@pytest.mark.slow
def test_an_approval_after_the_merge_opens_production_to_the_same_run_again(stage: Stage) -> None:
    push = stage.merged({script(COUNTRY): HARMLESS}, approve=False)
    stage.deploy(push, run_id=200)
    stage.hub.review(SHOP, 1, author="grace")
    again = stage.deploy(push, run_id=200, attempt=2)
    assert {job.status for job in again.jobs.values()} == {0}
    assert stage.applied("production") == [COUNTRY]
    assert "### 🟢 1 migration applied to production" in stage.comment()


def test_what_was_pushed_without_a_pull_request_stays_out_of_production(stage: Stage) -> None:
    untouched = stage.schema("production")
    (push,) = stage.hub.push(SHOP, "main", {script(COUNTRY): HARMLESS}, author="grace")
    run = stage.deploy(push)
    assert run.jobs["staging"].status == 0
    assert run.jobs["production"].status == 3
    assert "came without a pull request" in run.jobs["production"].log
    assert stage.schema("production") == untouched


def test_production_does_not_go_before_staging(stage: Stage) -> None:
    untouched = stage.schema("production")
    stage.merged({script(COUNTRY): HARMLESS})
    run = stage.deploy(stage.dispatch("production"))
    assert run.jobs["production"].status == 3
    assert f"staging has not applied {COUNTRY}" in stage.comment()
    assert stage.schema("production") == untouched


@pytest.mark.slow
def test_the_environments_own_reviewer_is_asked_before_any_secret_is_given(stage: Stage) -> None:
    untouched = stage.schema("production")
    stage.admit = lambda request: request.environment != "production"
    run = stage.deploy(stage.merged({script(COUNTRY): HARMLESS}))
    assert run.jobs["production"].steps == ()
    assert stage.schema("production") == untouched
    assert "`production` is next" in stage.comment()
