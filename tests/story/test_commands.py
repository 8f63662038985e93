"""Commands on a pull request, from the comment to the database."""

import psycopg
import pytest

from bot.core.migrations.migration import checksum_of
from tests.harness import Run
from tests.story.stage import COUNTRY, HARMLESS, SHOP, Stage, script


def signs(stage: Stage, number: int = 1) -> list[str]:
    """What the bot left on the newest comment of a person."""
    newest = max(each.id for each in stage.pull(number).comments.values() if not each.user.bot)
    left = stage.hub.repository(SHOP).reactions
    return [each.content for each in left if each.comment_id == newest]


def merged_and_checked(stage: Stage, *, approve: bool = True) -> Run:
    """A pull request whose check ran before anybody spoke, merged and rolled out."""
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    if approve:
        stage.hub.review(SHOP, 1, author="grace")
    return stage.deploy(stage.merge(1))


def results(run: Run) -> dict[str, str]:
    return {name: job.result for name, job in run.jobs.items() if job.result != "skipped"}


@pytest.mark.slow
def test_production_is_applied_by_a_command_once_it_is_approved(stage: Stage) -> None:
    closed = merged_and_checked(stage, approve=False)
    assert closed.jobs["production"].status == 3
    refused = stage.command(1, "/migrate apply production", author="alan")
    assert results(refused) == {"command": "success"}
    assert signs(stage) == ["eyes", "-1"]

    stage.hub.review(SHOP, 1, author="alan")
    done = stage.command(1, "/migrate apply production")
    assert results(done) == {"command": "success", "production": "success"}
    assert stage.applied("production") == [COUNTRY]
    assert signs(stage) == ["eyes", "rocket"]
    comment = stage.comment()
    assert "### 🟢 1 migration applied to production" in comment
    assert "🚀 `/migrate apply production` by `grace`" in comment
    assert "👎 `/migrate apply production` by `alan`" in comment


@pytest.mark.soak
@pytest.mark.slow
def test_a_run_that_is_repeated_does_nothing_twice(stage: Stage) -> None:
    merged_and_checked(stage)
    event = stage.hub.comment(SHOP, 1, author="grace", body="/migrate apply staging")
    stage.deploy(event, run_id=900)
    written = len(stage.deployments("staging"))
    again = stage.deploy(event, run_id=900, attempt=2)
    assert results(again) == {"command": "success"}
    assert len(stage.deployments("staging")) == written
    assert signs(stage) == ["eyes", "rocket"]


@pytest.mark.soak
@pytest.mark.slow
def test_what_failed_in_staging_is_tried_again(stage: Stage) -> None:
    stage.query("staging", 'ALTER TABLE "Order" RENAME TO "Orders"')
    failed = merged_and_checked(stage)
    assert failed.jobs["staging"].result == "failure"
    stage.query("staging", 'ALTER TABLE "Orders" RENAME TO "Order"')
    run = stage.command(1, "/migrate retry", author="alan")
    assert results(run)["staging"] == "success"
    assert stage.applied("staging") == [COUNTRY]
    assert signs(stage) == ["eyes", "rocket"]


@pytest.mark.soak
@pytest.mark.slow
def test_a_lock_that_somebody_left_is_ended(stage: Stage) -> None:
    merged_and_checked(stage)
    with psycopg.connect(stage.urls["staging"], autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(72707369)")
        run = stage.command(1, "/migrate unlock staging")
        assert results(run)["staging"] == "success", run.jobs["staging"].log
        with pytest.raises(psycopg.OperationalError):
            holder.execute("SELECT 1")
    assert signs(stage) == ["eyes", "rocket"]


@pytest.mark.soak
@pytest.mark.slow
def test_before_the_merge_nothing_is_applied_and_the_check_runs_again(stage: Stage) -> None:
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    untouched = stage.schema("staging")
    run = stage.command(1, "/migrate apply staging")
    assert results(run) == {"command": "success"}
    assert signs(stage) == ["eyes", "-1"]
    assert "is not merged" in stage.comment()
    assert stage.schema("staging") == untouched

    stage.command(1, "/migrate check")
    assert signs(stage) == ["eyes", "+1"]
    assert stage.checked(1).attempt == 2


@pytest.mark.slow
def test_a_push_after_an_approval_by_comment_takes_it_back(stage: Stage) -> None:
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    stage.command(1, "/migrate approve")
    assert signs(stage) == ["eyes", "+1"]
    stage.check(stage.push({script(COUNTRY): HARMLESS + "-- more\n"}))
    run = stage.deploy(stage.merge(1))
    assert run.jobs["production"].status == 3


@pytest.mark.slow
@pytest.mark.parametrize("author", ["linus", pytest.param("mallory", marks=pytest.mark.soak)])
def test_a_stranger_commands_nothing(stage: Stage, author: str) -> None:
    merged_and_checked(stage, approve=False)
    run = stage.command(1, "/migrate apply production", author=author)
    assert results(run) == {"command": "success"}
    assert signs(stage) == ["eyes", "-1"]
    assert stage.applied("production") == []


@pytest.mark.soak
@pytest.mark.slow
def test_a_comment_that_asks_for_nothing_is_passed_over(stage: Stage) -> None:
    merged_and_checked(stage)
    quoted = stage.command(1, "> /migrate apply production\n\nThat did not work for me.")
    assert results(quoted) == {"command": "success"}
    assert "nothing to do" in quoted.jobs["command"].log
    assert signs(stage) == []


@pytest.mark.soak
@pytest.mark.slow
def test_an_approval_by_comment_opens_production(stage: Stage) -> None:
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    stage.command(1, "LGTM\n/migrate approve")
    run = stage.deploy(stage.merge(1))
    assert run.jobs["production"].status == 0, run.jobs["production"].log
    assert stage.applied("production") == [COUNTRY]


@pytest.mark.slow
def test_what_a_pull_request_brought_is_taken_back_by_a_comment(stage: Stage) -> None:
    """And told where it is looked for: in the target's row, its deployments, and the answer."""
    down = f"{script(COUNTRY).removesuffix('migration.sql')}down.sql"
    back = 'ALTER TABLE "Order" DROP COLUMN "country";\n'
    stage.check(stage.propose({script(COUNTRY): HARMLESS, down: back}))
    stage.deploy(stage.merge(1))
    assert stage.applied("staging") == [COUNTRY]

    refused = stage.command(1, "/migrate rollback staging", author="linus")
    assert results(refused) == {"command": "success"}
    done = stage.command(1, "/migrate rollback staging")

    assert results(done) == {"command": "success", "staging": "success"}, done.jobs["staging"].log
    assert signs(stage) == ["eyes", "rocket"]
    assert stage.applied("staging") == []
    left = "SELECT 1 FROM information_schema.columns WHERE column_name = 'country'"
    assert stage.query("staging", left) == []
    told = stage.deployments("staging")[-1].statuses[-1]
    assert told.description == "Rolled back 1 migration"
    comment = stage.comment()
    assert "↩️&nbsp;rolled" in comment
    assert f"delete prisma/migrations/{COUNTRY}" in comment


@pytest.mark.soak
@pytest.mark.slow
def test_what_failed_half_way_is_marked_as_taken_back_and_applied_anew(stage: Stage) -> None:
    """Somebody else's tool began it, and left nothing of it but its row."""
    merged = stage.propose({script(COUNTRY): HARMLESS})
    stage.check(merged)
    stage.hub.review(SHOP, 1, author="grace")
    stage.query(
        "staging",
        "INSERT INTO _prisma_migrations (id, checksum, migration_name) "
        f"VALUES ('half', '{checksum_of(HARMLESS)}', '{COUNTRY}')",
    )
    assert stage.deploy(stage.merge(1)).jobs["staging"].result == "failure"
    done = stage.command(1, f"/migrate resolve staging --rolled-back {COUNTRY}")
    assert results(done) == {"command": "success", "staging": "success"}
    again = stage.command(1, "/migrate retry staging")
    assert results(again)["staging"] == "success", again.jobs["staging"].log
    assert stage.applied("staging") == [COUNTRY]
    rows = "SELECT rolled_back_at IS NOT NULL FROM _prisma_migrations WHERE id = 'half'"
    assert stage.query("staging", rows) == [(True,)]


@pytest.mark.soak
@pytest.mark.slow
def test_the_author_approves_nothing_of_what_somebody_else_merges(stage: Stage) -> None:
    stage.check(stage.propose({script(COUNTRY): HARMLESS}, author="ada"))
    stage.command(1, "/migrate approve", author="ada")
    run = stage.deploy(stage.merge(1, author="alan"))
    assert run.jobs["production"].status == 3
    stage.command(1, "/migrate approve", author="ada")
    late = stage.deploy(stage.dispatch("production", author="alan"))
    assert late.jobs["production"].status == 3
    assert stage.applied("production") == []
    assert "0 of 1" in stage.comment()
