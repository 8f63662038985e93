"""Two databases in one repository, with the configuration and the workflow that the page shows."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.adapters.postgres.server import Server
from bot.config.databases import read_databases
from bot.core.initial import Pin
from bot.core.settings import CONFIG_PATH
from bot.demo.hub import Event
from bot.initial import starting_files_for
from tests.docs.documents import ROOT, blocks
from tests.harness import JobResult, Run
from tests.story.conftest import PASSWORDS, execute
from tests.story.stage import COUNTRY, HARMLESS, HISTORY, INDEX, MENDED, RISKY, SHOP, Stage

PAGE = ROOT / "docs/how-to/several-databases.md"
NAMES = ("shop", "billing")
STAGES = ("staging", "production")
TARGETS = tuple(f"{name}-{stage}" for name in NAMES for stage in STAGES)
PIN = Pin("acme/migration-bot", "0123456789" * 4)
_ACTION = re.compile(r"OWNER/migration-bot@[0-9a-f]{40}")


def script(database: str, name: str) -> str:
    return f"apps/{database}/prisma/migrations/{name}/migration.sql"


@dataclass
class Two:
    """A stage with the databases of the page on it, each with the same history."""

    stage: Stage

    def propose(self, shop: str = MENDED) -> Event:
        brought = {script("shop", INDEX): shop, script("billing", COUNTRY): HARMLESS}
        return self.stage.propose(brought)

    def merged(self) -> Event:
        number = self.propose().payload["number"]
        self.stage.hub.review(SHOP, number, author="grace")
        return self.stage.merge(number)

    def deploy(self, event: Event) -> Run:
        workflow = self.stage.folder / "migration-deploy.yml"
        (shown,) = (each.text for each in blocks(PAGE, "yaml") if "\njobs:" in each.text)
        workflow.write_text(_ACTION.sub("./", shown), "utf-8")
        run = self.stage.run(workflow, event)
        assert run.triggered
        return run

    def deploy_as_init_wrote(self, event: Event) -> Run:
        databases = read_databases(configurations()[0], path=CONFIG_PATH)
        files = starting_files_for(databases, PIN, branch="main")
        workflow = self.stage.folder / "migration-deploy.yml"
        text = files[".github/workflows/migration-deploy.yml"]
        workflow.write_text(text.replace(str(PIN), "./"), "utf-8")
        return self.stage.run(workflow, event)

    def configure(self, text: str) -> None:
        self.stage.hub.push(SHOP, "main", {CONFIG_PATH: text}, author="ada")


def variable(target: str) -> str:
    return f"{target.upper().replace('-', '_')}_URL"


def configurations() -> list[str]:
    return [each.text for each in blocks(PAGE, "yaml") if "\njobs:" not in each.text]


@pytest.fixture
def two(stage: Stage, story_server: Server, templates: dict[str, str]) -> Two:
    for name in STAGES:
        database = f"billing_{name}"
        execute(story_server, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        execute(story_server, f"CREATE DATABASE {database} OWNER {name} TEMPLATE {templates[name]}")
        stage.urls[f"shop-{name}"] = stage.urls[name]
        url = story_server.url(database, user=name, password=PASSWORDS[name])
        stage.urls[f"billing-{name}"] = url
    stage.more_secrets = {variable(name): stage.urls[name] for name in TARGETS}
    moved = {
        f"apps/{name}/{Path(path).as_posix()}": text
        for name in NAMES
        for path, text in HISTORY.items()
    }
    stage.hub.push(SHOP, "main", moved, author="ada")
    made = Two(stage)
    made.configure(configurations()[0])
    return made


def results(run: Run) -> dict[str, str]:
    return {name: job.result for name, job in run.jobs.items()}


def told(job: JobResult, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(job.steps[-1].outputs[name])
    return found


@pytest.mark.slow
def test_a_pull_request_to_both_has_one_comment_and_goes_all_the_way_in_both(two: Two) -> None:
    stage = two.stage
    blocked = stage.check(two.propose(RISKY))
    assert blocked.status == 1, blocked.log
    (first,) = stage.comments()
    assert "## 🔴 2 databases · shop: 1 new migration, risk HIGH" in stage.comment()
    assert "### 🔴 shop: 1 new migration" in stage.comment()
    assert "### 🟢 billing: 1 new migration" in stage.comment()
    found = {each.name: each.conclusion for each in stage.check_runs()}
    assert found == {"Migrations (shop)": "failure", "Migrations (billing)": "success"}
    assert told(blocked, "verdict") == {"shop": "block", "billing": "pass"}

    mended = stage.check(stage.push({script("shop", INDEX): MENDED}))
    assert mended.status == 0, mended.log
    stage.hub.review(SHOP, 1, author="grace")
    run = two.deploy(stage.merge(1))

    assert results(run) == {"staging": "success", "production": "success"}, run.jobs
    assert told(run.jobs["production"], "state") == {"shop": "applied", "billing": "applied"}
    for target in TARGETS:
        migration = INDEX if target.startswith("shop") else COUNTRY
        assert stage.applied(target) == [migration]
        assert stage.states(target) == ["in_progress", "success"]
    assert list(stage.comments()) == [first]
    assert "## 🟢 2 databases, all well" in stage.comment()
    assert "### 🟢 shop: 1 migration applied to shop-production" in stage.comment()
    assert "### 🟢 billing: 1 migration applied to billing-production" in stage.comment()


@pytest.mark.soak
@pytest.mark.slow
def test_where_staging_of_one_fails_the_other_goes_on_to_production(two: Two) -> None:
    stage = two.stage
    stage.query("billing-staging", 'ALTER TABLE "Order" ADD COLUMN "country" TEXT')
    run = two.deploy(two.merged())
    assert results(run) == {"staging": "failure", "production": "failure"}
    assert run.jobs["staging"].status == 4
    assert run.jobs["production"].status == 3
    assert told(run.jobs["production"], "state") == {"shop": "applied", "billing": "closed"}
    assert stage.applied("shop-production") == [INDEX]
    assert stage.applied("billing-production") == []
    assert "### 🟢 shop: 1 migration applied to shop-production" in stage.comment()
    assert "### 🔴 billing: Failed in billing-staging" in stage.comment()


@pytest.mark.slow
@pytest.mark.soak
def test_each_has_a_comment_of_its_own_where_that_is_configured(two: Two) -> None:
    stage = two.stage
    two.configure(f"comment_per_database: true\n{configurations()[0]}")
    stage.check(two.propose())
    shop, billing = stage.comments().values()
    assert "### 🟢 shop: 1 new migration" in shop
    assert "### 🟢 billing: 1 new migration" in billing
    stage.hub.review(SHOP, 1, author="grace")
    two.deploy(stage.merge(1))
    shop, billing = stage.comments().values()
    assert "### 🟢 shop: 1 migration applied to shop-production" in shop
    assert "### 🟢 billing: 1 migration applied to billing-production" in billing
    assert "billing" not in shop.replace("billing/prisma", "")


@pytest.mark.slow
@pytest.mark.soak
def test_the_workflow_that_init_writes_hears_a_command_for_a_target_of_either(two: Two) -> None:
    stage = two.stage
    stage.check(two.propose())
    stage.hub.review(SHOP, 1, author="grace")
    run = two.deploy_as_init_wrote(stage.merge(1))
    assert results(run) == {"command": "skipped", "staging": "success", "production": "success"}
    assert stage.applied("billing-production") == [COUNTRY]

    stage.query(
        "billing-staging",
        f"DELETE FROM _prisma_migrations WHERE migration_name = '{COUNTRY}'; "
        'ALTER TABLE "Order" DROP COLUMN "country"',
    )
    said = stage.hub.comment(SHOP, 1, author="grace", body="/migrate apply billing-staging")
    again = two.deploy_as_init_wrote(said)
    assert results(again) == {"command": "success", "staging": "success", "production": "skipped"}
    assert stage.applied("billing-staging") == [COUNTRY]
    assert "/migrate apply billing-staging" in stage.comment()


@pytest.mark.slow
def test_what_a_fork_brings_to_both_is_told_by_the_run_that_may_write(two: Two) -> None:
    stage = two.stage
    brought = {script("shop", INDEX): RISKY, script("billing", COUNTRY): HARMLESS}
    checked = stage.check(stage.fork_propose(brought))
    assert checked.status == 1, checked.log
    assert stage.comments() == {}
    run = stage.report()
    assert run.conclusion == "success", run.jobs["report"].log
    assert "### 🔴 shop: 1 new migration" in stage.comment()
    assert "### 🟢 billing: 1 new migration" in stage.comment()
    found = {each.name: each.conclusion for each in stage.check_runs()}
    assert found == {"Migrations (shop)": "failure", "Migrations (billing)": "success"}
