"""What keeps production closed besides approvals: the calendar, the clock, staging, the plan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from bot.core.rollouts.plan import digest_of
from tests.fakes import migration
from tests.harness import Request, Run
from tests.story.stage import COUNTRY, HARMLESS, INDEX, MENDED, SHOP, TARGETS, Stage, script

CONFIG = ".github/migration-bot.yml"
CALENDAR = ".github/freeze.ics"
TARGETS_FILE = """\
targets:
  staging: {{kind: staging, url_env: STAGING_DATABASE_URL}}
  production:
    kind: production
    url_env: PRODUCTION_DATABASE_URL
    after: staging
    {gate}
"""
SALE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//acme//freezes//EN
BEGIN:VEVENT
UID:sale
SUMMARY:Sale
DTSTART;VALUE=DATE:20200101
DTEND;VALUE=DATE:20990101
END:VEVENT
END:VCALENDAR
"""
FROZEN = "freeze: {calendar: .github/freeze.ics, override: {users: [grace]}}"
FORGET = "DELETE FROM _prisma_migrations"
OVERRIDE = '/migrate override freeze reason:"the shop is down"'

pytestmark = pytest.mark.slow


def clock(*, ago: timedelta = timedelta(0)) -> Callable[[], datetime]:
    """GitHub's, which the bot's own is compared with: a second later each time it is asked."""
    start, seconds = datetime.now(UTC) - ago, count()
    return lambda: start + timedelta(seconds=next(seconds))


def configured(stage: Stage, gate: str) -> None:
    files = {CONFIG: TARGETS_FILE.format(gate=gate), CALENDAR: SALE}
    stage.hub.push(SHOP, "main", files, author="grace")


def production_of(run: Run) -> tuple[int | None, str]:
    job = run.jobs["production"]
    return job.status, job.log


@pytest.mark.soak
def test_a_freeze_keeps_production_closed_until_somebody_overrides_it(stage: Stage) -> None:
    stage.hub.state.clock = clock(ago=timedelta(minutes=30))
    configured(stage, FROZEN)
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    stage.hub.review(SHOP, 1, author="grace")
    status, log = production_of(stage.deploy(stage.merge(1)))
    assert status == 3, log
    assert "freeze: “Sale” is on" in log
    assert stage.applied("staging") == [COUNTRY]
    assert stage.applied("production") == []

    stage.hub.comment(SHOP, 1, author="alan", body=OVERRIDE)
    status, log = production_of(stage.deploy(stage.dispatch("production")))
    assert status == 3, log
    stage.hub.comment(SHOP, 1, author="grace", body=OVERRIDE)
    status, log = production_of(stage.deploy(stage.dispatch("production")))
    assert status == 0, log
    assert stage.applied("production") == [COUNTRY]
    told = stage.deployments("production")[-1].statuses[-1].description
    assert "freeze overridden by @grace" in told


@pytest.mark.soak
def test_production_waits_until_staging_has_soaked(stage: Stage) -> None:
    stage.hub.state.clock = clock()
    configured(stage, "soak: 2h")
    status, log = production_of(stage.deploy(stage.merged({script(COUNTRY): HARMLESS})))
    assert status == 3, log
    assert "production wants 2 h 0 min of that: it opens" in log

    (deployment,) = stage.deployments("staging")
    deployment.statuses = [
        replace(each, created_at=each.created_at - timedelta(hours=3))
        for each in deployment.statuses
    ]
    status, log = production_of(stage.deploy(stage.dispatch("production")))
    assert status == 0, log
    assert stage.applied("production") == [COUNTRY]


@pytest.mark.soak
def test_outside_its_window_production_is_closed(stage: Stage) -> None:
    soon = datetime.now(UTC) + timedelta(hours=3)
    hours = f"{soon:%H:%M}-{soon + timedelta(minutes=30):%H:%M}"
    configured(stage, f'window: {{hours: "{hours}"}}')
    status, log = production_of(stage.deploy(stage.merged({script(COUNTRY): HARMLESS})))
    assert status == 3, log
    assert f"window: it opens {soon:%a}" in log
    assert stage.applied("production") == []


def test_what_staging_applied_as_another_text_is_not_promoted(stage: Stage) -> None:
    push = stage.merged({script(COUNTRY): HARMLESS})
    stage.hub.set_role(SHOP, "ada", "write")
    stage.admit = lambda request: request.environment == "staging"
    stage.deploy(push)
    stage.hub.push(SHOP, "main", {script(COUNTRY): f"{HARMLESS}-- edited\n"}, author="grace")
    stage.admit = lambda request: True
    status, log = production_of(stage.deploy(stage.dispatch("production")))
    assert status == 3, log
    assert f"staging applied another text of {COUNTRY}" in log
    assert stage.applied("production") == []


def test_a_newer_rollout_that_failed_closes_production_though_an_older_one_succeeded(
    stage: Stage,
) -> None:
    stage.admit = lambda request: request.environment == "staging"
    stage.deploy(stage.merged({script(COUNTRY): HARMLESS}))
    deployment = stage.deployments("staging")[-1]
    deployment.statuses.append(replace(deployment.statuses[-1], id=9999, state="failure"))
    stage.admit = lambda request: True
    status, log = production_of(stage.deploy(stage.dispatch("production")))
    assert status == 3, log
    assert "the newest rollout of it to staging has not succeeded" in log


@pytest.mark.soak
def test_what_production_is_to_run_is_foretold_before_anybody_lets_it_in(stage: Stage) -> None:
    stage.deploy(stage.merged({script(INDEX): MENDED}, branch="index"))
    push = stage.merged({script(COUNTRY): HARMLESS}, branch="country")
    stage.admit = lambda request: request.environment == "staging"
    run = stage.deploy(push)
    found = run.jobs["staging"].steps[-1].outputs["forecast-digests"]
    foretold = digest_of([migration(COUNTRY, HARMLESS)])
    assert found == f'{{"production": "{foretold}"}}'
    assert foretold in run.jobs["staging"].summary
    assert [stage.applied(name)[-1] for name in TARGETS] == [COUNTRY, INDEX]


def test_a_plan_that_changed_while_a_reviewer_looked_at_it_is_refused_statement_by_statement(
    stage: Stage,
) -> None:
    """Somebody takes an earlier migration out of production by hand, so that more is pending."""
    stage.deploy(stage.merged({script(INDEX): MENDED}, branch="index"))
    push = stage.merged({script(COUNTRY): HARMLESS}, branch="country")
    seen: list[list[tuple[object, ...]]] = []

    def meddled(request: Request) -> bool:
        if request.environment == "production":
            stage.query("production", 'DROP INDEX "Order_total_idx"')
            stage.query("production", f"{FORGET} WHERE migration_name = '{INDEX}'")
            seen.append(stage.schema("production"))
        return True

    stage.admit = meddled
    job = stage.deploy(push).jobs["production"]
    assert job.status == 6, job.log
    assert f"{INDEX} is pending now, and was not agreed to" in job.log
    assert MENDED.strip(";\n") in job.log
    assert [stage.schema("production")] == seen
    assert not [each for each in stage.folder.rglob("backups/*") if COUNTRY in each.name]
    assert stage.states("production")[-1] == "failure"
    assert "### 🔴 Failed in production" in stage.comment(2)

    stage.admit = lambda request: True
    again = stage.deploy(stage.dispatch("production")).jobs["production"]
    assert again.status == 0, again.log
    assert stage.applied("production") == [INDEX, COUNTRY]
