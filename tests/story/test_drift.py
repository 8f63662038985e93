"""Drift as the scheduled workflow sees it: an issue that is opened, kept and closed."""

import psycopg
import pytest

from bot.demo.hub.records import Issue
from bot.errors import ExitCode
from tests.harness import JobResult
from tests.story.scenes import DRIFT, looked_at
from tests.story.stage import SHOP, Stage

pytestmark = pytest.mark.slow


def look(stage: Stage, target: str = "production") -> JobResult:
    return stage.run(DRIFT, looked_at(stage)).jobs[target]


def issues(stage: Stage) -> list[Issue]:
    return list(stage.hub.repository(SHOP).issues.values())


def test_an_index_made_by_hand_has_an_issue_for_as_long_as_it_is_there(stage: Stage) -> None:
    stage.query("production", 'CREATE INDEX "by@hand<b>" ON "Order" (total)')

    job = look(stage)

    assert job.status == ExitCode.HISTORY, job.log
    [issue] = issues(stage)
    body = issue.body or ""
    assert (issue.title, issue.state, issue.labels) == (
        *("Drift: production", "open"),
        ["schema drift"],
    )
    assert "has besides: index public.Order.by@&#8203;hand&lt;b&gt; (structure)" in body
    assert f"/{SHOP}/actions/runs/" in body

    stage.query("production", 'DROP INDEX "by@hand<b>"')
    assert look(stage).status == ExitCode.FINE
    [issue] = issues(stage)
    [comment] = issue.comments.values()
    assert issue.state == "closed"
    assert "production is what its applied migrations make" in comment.body


def test_while_a_rollout_runs_no_issue_is_written(stage: Stage) -> None:
    stage.query("staging", 'CREATE INDEX by_hand ON "Order" (total)')
    with psycopg.connect(stage.urls["staging"], autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(72707369)")
        job = look(stage, "staging")

    assert job.status == ExitCode.BUSY
    assert "a rollout is running" in job.log
    assert issues(stage) == []
