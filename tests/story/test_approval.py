"""Production waits for an approval of exactly what is merged; staging does not."""

from collections.abc import Callable

import pytest

from bot.demo.hub.records import Review
from tests.harness import Run
from tests.story.stage import COUNTRY, HARMLESS, RISKY, SHOP, Stage, script

LATER = "20240303000000_index_orders"


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


def a_co_author(stage: Stage) -> None:
    stage.push(
        {"README.md": "# Shop\n"},
        message="Think\n\nCo-authored-by: Grace <9+grace@users.noreply.github.com>",
    )
    stage.hub.review(SHOP, 1, author="grace")


def someone_who_pushed_in_the_name_of_another(stage: Stage) -> None:
    ada = stage.hub.state.user("ada").signed(stage.hub.state.now())
    stage.push({"README.md": "# Shop\n"}, author="grace", written_by=ada)
    stage.hub.review(SHOP, 1, author="grace")


def someone_who_may_be_a_stranger_that_a_commit_names(stage: Stage) -> None:
    stage.hub.state.user("grace").profile["name"] = "Grace Hopper"
    message = "Think\n\nCo-authored-by: Grace Hopper <grace@navy.mil>"
    stage.push({"README.md": "# Shop\n"}, message=message)
    stage.hub.review(SHOP, 1, author="grace")


SLOW = pytest.mark.slow
# The model of approvals has them all; here they are said once more by GitHub.
SOAK = (SLOW, pytest.mark.soak)
INSUFFICIENT = [
    nobody,
    pytest.param(a_reader, marks=SOAK),
    pytest.param(the_author, marks=SOAK),
    someone_before_the_last_push,
    pytest.param(someone_who_thought_better_of_it, marks=SOAK),
    pytest.param(someone_whose_review_was_dismissed, marks=SOAK),
    pytest.param(someone_who_pushed_to_the_branch, marks=SLOW),
    pytest.param(someone_who_lost_the_right_to_write, marks=SOAK),
    pytest.param(a_co_author, marks=SOAK),
    pytest.param(someone_who_pushed_in_the_name_of_another, marks=SOAK),
    pytest.param(someone_who_may_be_a_stranger_that_a_commit_names, marks=SOAK),
]


@pytest.mark.slow
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
    assert not list(stage.folder.rglob(".migration-bot/backups/*"))


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


@pytest.mark.soak
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


@pytest.mark.soak
@pytest.mark.slow
def test_an_approval_after_the_merge_opens_production_to_the_same_run_again(stage: Stage) -> None:
    push = stage.merged({script(COUNTRY): HARMLESS}, approve=False)
    stage.deploy(push, run_id=200)
    stage.hub.review(SHOP, 1, author="grace")
    again = stage.deploy(push, run_id=200, attempt=2)
    assert {job.status for job in again.jobs.values()} == {0}
    assert stage.applied("production") == [COUNTRY]
    assert "### 🟢 1 migration applied to production" in stage.comment()


@pytest.mark.slow
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


# Whose approval counts, and for what


@pytest.mark.soak
@pytest.mark.slow
def test_who_merges_it_has_started_the_rollout_and_does_not_approve_it(stage: Stage) -> None:
    number = stage.propose({script(COUNTRY): HARMLESS}).payload["number"]
    stage.hub.review(SHOP, number, author="grace")
    closed = stage.deploy(stage.merge(number, author="grace"))
    assert closed.jobs["production"].status == 3
    assert "grace started this rollout" in closed.jobs["production"].log
    opened = stage.deploy(stage.dispatch("production", author="ada"))
    assert opened.jobs["production"].status == 0
    assert stage.applied("production") == [COUNTRY]


@pytest.mark.soak
@pytest.mark.slow
def test_a_policy_may_let_the_one_who_merges_approve(stage: Stage) -> None:
    configure(stage, "{triggerer: true}")
    number = stage.propose({script(COUNTRY): HARMLESS}).payload["number"]
    stage.hub.review(SHOP, number, author="grace")
    assert stage.deploy(stage.merge(number, author="grace")).jobs["production"].status == 0


@pytest.mark.slow
def test_a_stale_approval_is_told_with_what_changed_since(stage: Stage) -> None:
    number = stage.propose({script(COUNTRY): HARMLESS}).payload["number"]
    stage.hub.review(SHOP, number, author="grace")
    pushed = stage.push({script(COUNTRY): HARMLESS.replace('"country"', '"land"')})
    assert stage.check(pushed).status == 0
    for comment in (stage.comment(), commented_after_merge(stage, number)):
        assert "`grace` approved an earlier version" in comment
        assert '`ALTER TABLE "Order" ADD COLUMN "land" TEXT`' in comment
        assert '`ALTER TABLE "Order" ADD COLUMN "country" TEXT`' in comment
    assert "1 change was made to the migrations since" in stage.runs[-1].jobs["production"].log


def commented_after_merge(stage: Stage, number: int) -> str:
    assert stage.deploy(stage.merge(number)).jobs["production"].status == 3
    return stage.comment()


@pytest.mark.parametrize(
    "method",
    [
        pytest.param("merge", marks=SOAK),
        pytest.param("squash", marks=SLOW),
        pytest.param("rebase", marks=SOAK),
    ],
)
def test_an_approval_is_carried_over_every_kind_of_merge_by_the_text_alone(
    stage: Stage, method: str
) -> None:
    number = stage.propose({script(COUNTRY): HARMLESS}).payload["number"]
    stage.push({"README.md": "# Shop\n"})
    stage.hub.review(SHOP, number, author="grace")
    run = stage.deploy(stage.merge(number, method=method))
    assert {job.status for job in run.jobs.values()} == {0}
    assert stage.applied("production") == [COUNTRY]


@pytest.mark.slow
def test_a_text_that_was_changed_on_main_is_not_the_one_that_was_approved(stage: Stage) -> None:
    stage.merged({script(COUNTRY): HARMLESS})
    (push,) = stage.hub.push(
        SHOP, "main", {script(COUNTRY): HARMLESS.replace("TEXT", "CHAR(2)")}, author="linus"
    )
    run = stage.deploy(push)
    assert run.jobs["production"].status == 3
    assert "is not the text that was approved in #1" in run.jobs["production"].log


@pytest.mark.soak
@pytest.mark.slow
def test_code_owners_of_the_base_branch_approve_and_those_of_the_pull_request_do_not(
    stage: Stage,
) -> None:
    configure(stage, "{by: {codeowners: true}}", {"CODEOWNERS": "prisma/ @mia\n"})
    stage.hub.set_role(SHOP, "mia", "write")
    change = {script(COUNTRY): HARMLESS, "CODEOWNERS": "prisma/ @grace\n"}
    number = stage.propose(change).payload["number"]
    stage.hub.review(SHOP, number, author="grace")
    closed = stage.deploy(stage.merge(number))
    assert closed.jobs["production"].status == 3
    assert "grace is none of those who have to approve" in closed.jobs["production"].log
    assert f"the code owner of {COUNTRY} is @mia" in closed.jobs["production"].log
    stage.hub.review(SHOP, number, author="mia")
    assert stage.deploy(stage.dispatch("production")).jobs["production"].status == 0


@pytest.mark.slow
def test_a_high_risk_wants_two_and_a_low_one_nobody(stage: Stage) -> None:
    configure(stage, "{count: 1, low: {count: 0}, high: {count: 2}}")
    first = stage.deploy(stage.merged({script(COUNTRY): HARMLESS}, approve=False))
    assert first.jobs["production"].status == 0
    stage.merged({script(LATER): RISKY}, branch="risky")
    closed = stage.deploy(stage.dispatch())
    assert closed.jobs["production"].status == 3
    assert "has 1 of 2 approvals in #2, being of high risk" in closed.jobs["production"].log
    stage.hub.set_role(SHOP, "mia", "write")
    stage.hub.review(SHOP, 2, author="mia")
    assert stage.deploy(stage.dispatch("production")).jobs["production"].status == 0


@pytest.mark.soak
@pytest.mark.slow
def test_a_team_that_the_token_may_not_read_keeps_production_closed(stage: Stage) -> None:
    configure(stage, "{by: {teams: [acme/dba]}}")
    stage.hub.create_team("acme", "dba", ["grace"])
    run = stage.deploy(stage.merged({script(COUNTRY): HARMLESS}))
    assert run.jobs["production"].status == 3
    assert "cannot read the members of @acme/dba" in run.jobs["production"].log
    assert "`members: read`" in run.jobs["production"].log


def configure(stage: Stage, approvals: str, files: dict[str, str] | None = None) -> None:
    """Put a policy for production on the default branch, where nobody has to approve it."""
    text = (
        "targets:\n"
        "  staging: {kind: staging, url_env: STAGING_DATABASE_URL}\n"
        "  production: {kind: production, url_env: PRODUCTION_DATABASE_URL, after: staging,\n"
        f"    approvals: {approvals}}}\n"
    )
    stage.hub.push(
        SHOP, "main", {".github/migration-bot.yml": text, **(files or {})}, author="linus"
    )
