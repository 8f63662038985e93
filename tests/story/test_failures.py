"""What fails is told, what was reached stays, and the next run goes on from there."""

import pytest

from bot.demo.hub import Event as HubEvent
from tests.harness import Interruption, Run
from tests.story.stage import (
    COUNTRY,
    DEPLOY,
    HARMLESS,
    INDEX,
    MENDED,
    SHOP,
    TARGETS,
    Stage,
    script,
)

# Fine on an empty table; staging holds a row that it does not allow.
STRICT = "20240303000000_require_total"
STRICT_SQL = (
    'ALTER TABLE "Order" ADD CONSTRAINT "total_known" CHECK (total IS NOT NULL) NOT VALID;\n'
)
VALIDATE = "20240304000000_validate_total"
VALIDATE_SQL = 'ALTER TABLE "Order" VALIDATE CONSTRAINT "total_known";\n'


def fail_on_staging(stage: Stage) -> Run:
    """Two migrations: the first is applied, the second meets a row it was not made for."""
    stage.query("staging", 'INSERT INTO "Order" (total) VALUES (NULL)')
    files = {script(STRICT): STRICT_SQL, script(VALIDATE): VALIDATE_SQL}
    return stage.deploy(stage.merged(files))


def test_a_failure_on_staging_is_told_and_production_is_not_begun(stage: Stage) -> None:
    run = fail_on_staging(stage)
    assert run.jobs["staging"].status == 4
    assert run.jobs["production"].result == "skipped"
    assert [request.environment for request in stage.asked] == ["staging"]
    assert stage.applied("staging") == [STRICT]
    assert (
        stage.query("staging", "SELECT 1 FROM _prisma_migrations WHERE finished_at IS NULL") == []
    )
    assert stage.applied("production") == []
    stopped, kept = stage.deployments("staging")
    assert [each.state for each in stopped.statuses] == ["in_progress", "failure"]
    assert kept.payload["migrations"].keys() == {STRICT}
    assert stage.deployments("production") == []
    comment = stage.comment()
    assert "### 🔴 Failed in staging" in comment
    assert 'check constraint "total_known"' in comment
    assert f"Stopped at `{VALIDATE}`" in comment
    assert "❌&nbsp;failed" in comment


@pytest.mark.soak
@pytest.mark.slow
def test_once_the_data_is_mended_the_same_job_succeeds(stage: Stage) -> None:
    fail_on_staging(stage)
    stage.query("staging", 'UPDATE "Order" SET total = 0')
    again = stage.deploy(stage.dispatch())
    assert {job.status for job in again.jobs.values()} == {0}, again.jobs["production"].log
    for name in TARGETS:
        assert stage.applied(name) == [STRICT, VALIDATE]
    assert "### 🟢 2 migrations applied to production" in stage.comment()


@pytest.mark.soak
@pytest.mark.slow
def test_what_failed_is_replaced_by_a_pull_request(stage: Stage) -> None:
    """The replaced one was applied nowhere, so a folder of another name takes its place."""
    fail_on_staging(stage)
    better = "20240305000000_fill_total"
    sql = f'UPDATE "Order" SET total = 0 WHERE total IS NULL;\n{VALIDATE_SQL}'
    stage.propose({script(VALIDATE): None, script(better): sql}, branch="mended")
    stage.hub.review(SHOP, 2, author="grace")
    run = stage.deploy(stage.merge(2))
    assert run.conclusion == "success", run.jobs["staging"].log + run.jobs["production"].log
    for name in TARGETS:
        assert stage.applied(name) == [STRICT, better]
    assert "### 🟢 1 migration applied to production" in stage.comment(2)


@pytest.mark.soak
@pytest.mark.slow
def test_a_database_that_does_not_answer_fails_its_job_and_the_comment_says_so(
    stage: Stage,
) -> None:
    good, stage.urls["staging"] = stage.urls["staging"], unreachable(stage.urls["staging"])
    push = stage.merged({script(COUNTRY): HARMLESS})
    run = stage.deploy(push)
    assert run.jobs["staging"].status == 4
    assert run.jobs["production"].result == "skipped"
    assert "### 🔴 Failed in staging" in stage.comment()
    assert "could not connect" in stage.comment()
    stage.urls["staging"] = good
    assert stage.deploy(push).conclusion == "success"
    assert "### 🟢 1 migration applied to production" in stage.comment()


def unreachable(url: str) -> str:
    """Port 9 is nobody's."""
    address, _, database = url.rpartition("/")
    return f"{address.rpartition(':')[0]}:9/{database}"


@pytest.mark.slow
def test_without_a_backup_production_is_not_touched(stage: Stage) -> None:
    untouched = stage.schema("production")
    stage.hub.push(
        SHOP, "main", {".migration-bot/backups": "a file in its place\n"}, author="grace"
    )
    run = stage.deploy(stage.merged({script(COUNTRY): HARMLESS}))
    assert run.jobs["staging"].status == 0
    assert run.jobs["production"].status == 4
    assert stage.schema("production") == untouched
    assert stage.states("production") == ["in_progress", "failure"]
    assert "### 🔴 Failed in production" in stage.comment()


@pytest.mark.soak
@pytest.mark.slow
def test_github_failing_after_the_change_is_told_and_made_up_for_by_the_next_run(
    stage: Stage,
) -> None:
    push = stage.merged({script(COUNTRY): HARMLESS})
    stage.hub.fail_next("POST", r"/deployments/\d+/statuses", status=503, times=99)
    stage.hub.fail_next("POST", "/issues/1/comments", status=502, times=99)
    run = stage.deploy(push)
    assert run.jobs["staging"].status == 5
    assert run.jobs["production"].result == "skipped"
    assert stage.applied("staging") == [COUNTRY]
    assert "not told to GitHub" in run.jobs["staging"].log
    assert stage.comments() == {}
    assert stage.states("staging") == []

    stage.hub.recover()
    again = stage.deploy(stage.dispatch())
    assert {job.status for job in again.jobs.values()} == {0}, again.jobs["production"].log
    assert stage.states("staging") == ["success"]
    assert stage.applied("production") == [COUNTRY]
    assert "### 🟢 1 migration applied to production" in stage.comment()


@pytest.mark.soak
@pytest.mark.slow
def test_github_losing_the_last_word_on_production_is_made_up_for(stage: Stage) -> None:
    push = stage.merged({script(INDEX): MENDED})
    stage.deploy(stage.dispatch("staging"))
    stage.hub.fail_next("PATCH", "/issues/comments/", status=502, times=99)
    run = stage.deploy(stage.dispatch("production"))
    assert run.jobs["production"].status == 5
    assert stage.applied("production") == [INDEX]
    assert "`production` is next" in stage.comment()
    stage.hub.recover()
    assert stage.deploy(push).conclusion == "success"
    assert "### 🟢 1 migration applied to production" in stage.comment()


@pytest.mark.slow
def test_an_answer_that_is_lost_does_not_double_the_comment(stage: Stage) -> None:
    stage.hub.drop_next("POST", "/issues/1/comments")
    assert stage.check(stage.propose({script(COUNTRY): HARMLESS})).status == 0
    assert "### 🟢 1 new migration" in stage.comment()


HELD = (
    "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE locktype = 'advisory' AND datname = current_database()"
)
AT_WORK = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"


@pytest.mark.soak
@pytest.mark.slow
def test_a_runner_that_is_lost_while_it_holds_the_lock_is_made_up_for(stage: Stage) -> None:
    push = stage.merged({script(COUNTRY): f"SELECT pg_sleep(2);\n{HARMLESS}"})
    stage.interruption = Interruption(
        "staging", "Apply to staging", lost=True, once=lambda: bool(stage.query("staging", AT_WORK))
    )
    assert stage.run(DEPLOY, push).conclusion != "success"
    assert stage.query("staging", HELD)
    stage.interruption = None
    again = stage.deploy(stage.dispatch())
    assert again.conclusion == "success", again.jobs["staging"].log
    assert [stage.applied(name) for name in TARGETS] == [[COUNTRY], [COUNTRY]]
    assert not stage.query("staging", HELD)
    assert "### 🟢 1 migration applied to production" in stage.comment()


@pytest.mark.slow
def test_two_merges_within_a_second_are_applied_one_after_the_other(stage: Stage) -> None:
    runs = [stage.deploy(each) for each in two_merges(stage)]
    assert [each.conclusion for each in runs] == ["success", "success"]
    assert [stage.applied(name) for name in TARGETS] == [[INDEX, COUNTRY], [INDEX, COUNTRY]]
    assert [len(stage.deployments(name)) for name in TARGETS] == [2, 2]
    for number in (1, 2):
        assert "### 🟢 1 migration applied to production" in stage.comment(number)


@pytest.mark.soak
@pytest.mark.slow
def test_of_two_merges_the_newer_run_applies_both_and_the_older_one_touches_nothing(
    stage: Stage,
) -> None:
    """GitHub promises no order to what waits."""
    older, newer = two_merges(stage)
    assert stage.deploy(newer).conclusion == "success"
    assert [stage.applied(name) for name in TARGETS] == [[INDEX, COUNTRY], [INDEX, COUNTRY]]
    for number in (1, 2):
        assert "### 🟢 1 migration applied to production" in stage.comment(number)
        assert "prisma-out-of-order" not in stage.comment(number)
    untouched = [stage.schema(name) for name in TARGETS]
    told = [stage.comment(number) for number in (1, 2)]
    late = stage.deploy(older).jobs["staging"]
    assert late.status == 6
    assert "overtaken: a newer run has applied what this one brings" in late.log
    assert [stage.schema(name) for name in TARGETS] == untouched
    assert [stage.comment(number) for number in (1, 2)] == told
    assert [len(stage.deployments(name)) for name in TARGETS] == [1, 1]


def two_merges(stage: Stage) -> list[HubEvent]:
    now = stage.hub.state.now()
    stage.propose({script(INDEX): MENDED}, branch="index")
    stage.propose({script(COUNTRY): HARMLESS}, branch="country")
    for number in (1, 2):
        stage.hub.review(SHOP, number, author="grace")
    stage.hub.state.clock = lambda: now
    return [stage.merge(1), stage.merge(2)]
