"""The stage itself, with small workflows and no database: what GitHub keeps of the runs on it."""

from pathlib import Path
from textwrap import dedent

import pytest

from bot.demo.hub import Hub
from tests.harness import HarnessError, Interruption
from tests.hub import SECOND
from tests.story.stage import SHOP, Stage

CHECK = """
name: Check
on: {pull_request: {}, merge_group: {}}
jobs:
  check:
    runs-on: ubuntu-24.04
    permissions: {contents: read}
    steps:
      - name: Write
        run: mkdir .out && echo '["ok"]' > .out/report.json
      - name: Keep
        if: always()
        uses: actions/upload-artifact@v7
        with: {name: report, path: .out/report.json, if-no-files-found: error}
"""
REPORT = """
name: Report
on: {workflow_run: {workflows: [Check], types: [completed]}}
jobs:
  report:
    if: github.event.workflow_run.head_repository.full_name != github.repository
    runs-on: ubuntu-24.04
    permissions: {actions: read}
    steps:
      - uses: actions/download-artifact@v7
        with: {name: report, run-id: "${{ github.event.workflow_run.id }}"}
      - run: cat report.json
"""


@pytest.fixture
def stage(hub: Hub, tmp_path: Path) -> Stage:
    for name, text in {"check": CHECK, "report": REPORT}.items():
        (tmp_path / f"{name}.yml").write_text(dedent(text), encoding="utf-8")
    urls = {"staging": "postgresql://s", "production": "postgresql://p"}
    return Stage(hub, tmp_path, urls, set(), tmp_path / "kept")


def test_the_end_of_a_forks_check_starts_the_report_with_its_artifact(stage: Stage) -> None:
    event = stage.fork_propose({SECOND: "SELECT 1;\n"})
    check = stage.run(stage.folder / "check.yml", event)
    assert check.conclusion == "success"
    [record] = stage.hub.repository(SHOP).runs.values()
    assert (record.status, record.conclusion, record.path) == (
        "completed",
        "success",
        ".github/workflows/check.yml",
    )
    report = stage.run(stage.folder / "report.yml", stage.ends[record.id])
    assert report.jobs["report"].log == '["ok"]\n'
    told = stage.ends[record.id].payload["workflow_run"]
    assert told["pull_requests"] == []


def test_an_event_that_starts_nothing_leaves_no_run(stage: Stage) -> None:
    [push] = stage.hub.push(SHOP, "main", {"a": "a"}, author="mia")
    assert not stage.run(stage.folder / "check.yml", push).triggered
    assert stage.hub.repository(SHOP).runs == {}


def test_a_run_that_is_cancelled_says_so_and_runs_again(stage: Stage) -> None:
    event = stage.propose({SECOND: "SELECT 1;\n"})
    stage.interruption = Interruption("check", "Write")
    done = stage.run(stage.folder / "check.yml", event)
    [record] = stage.hub.repository(SHOP).runs.values()
    assert (done.conclusion, record.conclusion) == ("cancelled", "cancelled")
    stage.interruption, made = None, record.created_at
    assert stage.rerun(record).conclusion == "success"
    assert (record.attempt, record.conclusion, record.created_at) == (2, "success", made)


def test_the_merge_queue_runs_the_check_on_what_it_built(stage: Stage) -> None:
    stage.propose({SECOND: "SELECT 1;\n"})
    event = stage.hub.queue(SHOP, 1, author="mia")
    assert stage.run(stage.folder / "check.yml", event).conclusion == "success"
    [record] = stage.hub.repository(SHOP).runs.values()
    assert record.head_branch.startswith("gh-readonly-queue/main/pr-1-")


def test_what_the_harness_does_not_know_is_no_silent_pass(stage: Stage) -> None:
    (stage.folder / "other.yml").write_text("name: O\non: {release: {}}\njobs: {}\n")
    event = stage.propose({SECOND: "SELECT 1;\n"})
    with pytest.raises(HarnessError, match="no event release"):
        stage.run(stage.folder / "other.yml", event)
