"""From a pull request to production, as the author, the reviewer and the pipeline see it."""

import json
from datetime import datetime

import pytest

from bot.core.migrations.migration import checksum_of
from tests.harness import JobResult
from tests.story.stage import (
    COUNTRY,
    HARMLESS,
    INDEX,
    MARKER,
    MENDED,
    RISKY,
    SHOP,
    TARGETS,
    Stage,
    script,
)


def outputs(job: JobResult) -> dict[str, str]:
    """What the action hands to later steps, without what it left empty."""
    links = ("comment-url", "check-run-url")
    given = job.steps[-1].outputs.items()
    return {name: value for name, value in given if value and name not in links}


def test_a_risky_migration_is_mended_approved_merged_and_applied_everywhere(stage: Stage) -> None:
    blocked = stage.check(stage.propose({script(INDEX): RISKY}))
    assert blocked.status == 1
    (first,) = stage.comments()
    assert stage.comment().startswith(MARKER)
    assert "### 🔴 1 new migration, risk HIGH, 1 finding to fix before merging" in stage.comment()
    assert "index-create-blocking" in stage.comment()
    assert f"```sql\n{RISKY}```" in stage.comment()
    digest = outputs(blocked)["digest"]
    names = json.dumps([INDEX])
    judged = {"digest": digest, "migrations": names}
    assert outputs(blocked) == judged | {"verdict": "block", "findings": "1", "risk": "high"}
    assert f"**Plan digest:** `{digest}`" in stage.comment()
    assert "index-create-blocking" in blocked.summary

    mended = stage.check(stage.push({script(INDEX): MENDED}))
    assert mended.status == 0
    assert list(stage.comments()) == [first]
    assert "### 🟢 1 new migration, risk LOW, nothing risky found" in stage.comment()
    assert "0 of 1 needed" in stage.comment()
    digest = outputs(mended)["digest"]
    judged = {"digest": digest, "migrations": names}
    assert outputs(mended) == judged | {"verdict": "pass", "findings": "0", "risk": "low"}

    approved = stage.check(stage.hub.review(SHOP, 1, author="grace"))
    assert approved.status == 0
    assert "`grace` approved this text" in stage.comment()
    assert [stage.applied(name) for name in TARGETS] == [[], []]

    run = stage.deploy(stage.merge(1))
    results = {name: job.result for name, job in run.jobs.items()}
    # The others are for fleets, which these targets are not.
    assert {name: result for name, result in results.items() if result != "skipped"} == {
        "staging": "success",
        "production": "success",
    }, run.jobs
    assert [request.environment for request in stage.asked] == ["staging", "production"]
    for name in TARGETS:
        reached = {"digest": digest, "state": "applied", "applied": names}
        assert outputs(run.jobs[name]) == reached
        assert stage.states(name) == ["in_progress", "success"]
        assert stage.applied(name) == [INDEX]
    assert list(stage.comments()) == [first]
    assert "### 🟢 1 migration applied to production" in stage.comment()
    assert "proved by restoring 2 tables" in stage.comment()
    assert digest in stage.comment()


@pytest.mark.slow
def test_what_a_rollout_leaves_behind(stage: Stage) -> None:
    run = stage.deploy(push := stage.merged({script(COUNTRY): HARMLESS}))
    for name in TARGETS:
        require_row_of_prisma(stage, name)
        require_deployment(stage, name, commit=push.sha)
    assert "backup of staging" not in run.jobs["staging"].log
    require_backup(stage)


def require_row_of_prisma(stage: Stage, target: str) -> None:
    rows = stage.query(
        target,
        "SELECT length(id), checksum, finished_at >= started_at, migration_name, logs, "
        "rolled_back_at, applied_steps_count FROM _prisma_migrations ORDER BY started_at",
    )
    assert rows[-1] == (36, checksum_of(HARMLESS), True, COUNTRY, None, None, 1)


def require_deployment(stage: Stage, target: str, *, commit: str) -> None:
    """It says which texts it carried, how they fared, and where to read on."""
    (deployment,) = stage.deployments(target)
    assert deployment.sha == commit
    assert deployment.payload["migrations"] == {COUNTRY: checksum_of(HARMLESS)}
    assert deployment.payload["digest"].startswith("sha256:")
    assert deployment.statuses[-1].description.startswith("Applied 1 migration")
    assert deployment.statuses[-1].log_url.endswith(f"/actions/runs/{stage.next_run}")


def require_backup(stage: Stage) -> None:
    """Of production alone, older than its change, and proved by restoring it."""
    (manifest,) = stage.folder.rglob("backups/*/manifest.json")
    (proof,) = stage.folder.rglob("backups/*.proof.json")
    assert json.loads(proof.read_text())["rows"] == 1
    taken = datetime.fromisoformat(json.loads(manifest.read_text())["started_at"])
    ((started,),) = stage.query("production", "SELECT max(started_at) FROM _prisma_migrations")
    assert taken < started


@pytest.mark.parametrize("method", ["rebase", pytest.param("merge", marks=pytest.mark.soak)])
@pytest.mark.slow
def test_an_approval_holds_however_the_pull_request_is_merged(stage: Stage, method: str) -> None:
    stage.propose({script(COUNTRY): HARMLESS})
    stage.push({"README.md": "# Shop\n"})
    stage.hub.review(SHOP, 1, author="grace")
    run = stage.deploy(stage.merge(1, method=method))
    assert run.conclusion == "success", run.jobs["production"].log
    assert stage.applied("production") == [COUNTRY]
    assert "### 🟢 1 migration applied to production" in stage.comment()


@pytest.mark.soak
@pytest.mark.slow
def test_a_deploy_with_nothing_pending_changes_nothing(stage: Stage) -> None:
    push = stage.merged({script(COUNTRY): HARMLESS})
    stage.deploy(push, run_id=300)
    before, comment = [stage.schema(name) for name in TARGETS], stage.comment()
    again = stage.deploy(push, run_id=300, attempt=2)
    assert {job.status for job in again.jobs.values()} == {0}
    assert "backup" not in again.jobs["production"].log
    assert [stage.schema(name) for name in TARGETS] == before
    assert [len(stage.deployments(name)) for name in TARGETS] == [1, 1]
    assert stage.comment() == comment
    thanks = stage.hub.review(SHOP, 1, author="grace", event="COMMENT", body="Thanks!")
    assert stage.check(thanks).status == 0
    assert stage.comment() == comment


@pytest.mark.soak
@pytest.mark.slow
def test_one_deploy_applies_what_an_earlier_one_had_to_leave(stage: Stage) -> None:
    stage.propose({script(INDEX): MENDED}, branch="index")
    first = stage.deploy(stage.merge(1))
    assert first.jobs["production"].status == 3
    stage.hub.review(SHOP, 1, author="grace")
    second = stage.deploy(stage.merged({script(COUNTRY): HARMLESS}, branch="country"))
    assert second.conclusion == "success", second.jobs["production"].log
    assert stage.applied("production") == [INDEX, COUNTRY]
    for number in (1, 2):
        assert "### 🟢 1 migration applied to production" in stage.comment(number)
        assert "on hold" not in stage.comment(number)
