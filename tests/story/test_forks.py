"""A pull request from a fork: its own run may only read, and another one tells what it found."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from bot.core.migrations.migration import checksum_of
from bot.demo.hub import Event
from tests.harness import Run
from tests.harness.shipping import ROOT
from tests.story.stage import INDEX, MENDED, RISKY, SHOP, Stage, script
from tests.story.test_events import from_fork

REPORT = ROOT / ".github/workflows/migration-report.yml"
NAME = "migration-report-1"


def opened(stage: Stage, sql: str = RISKY) -> Event:
    stage.hub.set_role(SHOP, "mallory", "read")
    return from_fork(stage, sql)


def told(stage: Stage) -> Run:
    """The report workflow, when the last check has ended."""
    return stage.run(REPORT, list(stage.ends.values())[-1])


def replace_artifact(stage: Stage, octets: bytes) -> None:
    """What the fork's own workflow could have left, since its author may change it."""
    (artifact,) = stage.hub.repository(SHOP).artifacts.values()
    artifact.octets = octets


def unpacked(stage: Stage) -> dict[str, Any]:
    (artifact,) = stage.hub.repository(SHOP).artifacts.values()
    with zipfile.ZipFile(io.BytesIO(artifact.octets)) as archive:
        found: dict[str, Any] = json.loads(archive.read("report.json"))
        return found


def packed(report: dict[str, Any], name: str = "report.json") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, json.dumps(report))
    return made.getvalue()


@pytest.mark.slow
def test_what_a_forks_check_found_stands_in_the_comment(stage: Stage) -> None:
    check = stage.check(opened(stage))
    assert check.status == 1
    assert stage.pull(1).comments == {}
    run = told(stage)
    assert run.jobs["report"].result == "success", run.jobs["report"].log
    comment = stage.comment()
    assert "index-create-blocking" in comment
    assert RISKY in comment
    mended = stage.hub.push("mallory/shop", "topic", {script(INDEX): MENDED}, author="mallory")
    event = next(each for each in mended if each.name == "pull_request")
    assert stage.check(event).status == 0
    told(stage)
    assert "index-create-blocking" not in stage.comment()


@pytest.mark.slow
def test_a_report_that_comes_after_the_next_push_is_dropped(stage: Stage) -> None:
    stage.check(opened(stage))
    stage.hub.push("mallory/shop", "topic", {script(INDEX): MENDED}, author="mallory")
    run = told(stage)
    assert run.jobs["report"].result == "success"
    assert "no longer the head" in run.jobs["report"].log
    assert stage.pull(1).comments == {}


@pytest.mark.slow
def test_a_pull_request_of_our_own_needs_no_other_to_tell(stage: Stage) -> None:
    stage.check(stage.propose({script(INDEX): MENDED}))
    assert told(stage).jobs["report"].result == "skipped"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(
            lambda report: packed(report, "../report.json"),
            "not called report.json",
            marks=pytest.mark.soak,
            id="name",
        ),
        pytest.param(
            lambda report: packed(report | {"pull": 2}),
            "not taken",
            marks=pytest.mark.soak,
            id="number",
        ),
        pytest.param(
            lambda report: packed(report | {"head": "0" * 40}), "about another commit", id="head"
        ),
        pytest.param(
            lambda report: packed(report | {"migrations": []}),
            "says nothing of",
            marks=pytest.mark.soak,
            id="nothing new",
        ),
        pytest.param(
            lambda report: b"no archive", "no archive", marks=pytest.mark.soak, id="garbage"
        ),
        pytest.param(
            lambda report: b"PK" + b"\0" * 5_000_000,
            "larger than",
            marks=pytest.mark.soak,
            id="size",
        ),
    ],
)
def test_a_hostile_report_tells_nothing(
    stage: Stage, change: Callable[[dict[str, Any]], bytes], why: str
) -> None:
    stage.check(opened(stage))
    replace_artifact(stage, change(unpacked(stage)))
    run = told(stage)
    assert why in run.jobs["report"].log
    assert stage.pull(1).comments == {}


@pytest.mark.slow
def test_the_sql_that_is_shown_is_the_one_that_is_proposed(stage: Stage) -> None:
    stage.check(opened(stage))
    report = unpacked(stage)
    replace_artifact(stage, packed(with_other_sql(report)))
    run = told(stage)
    assert run.jobs["report"].result == "failure"
    assert "another text than the pull request has" in run.jobs["report"].log
    assert stage.pull(1).comments == {}


def with_other_sql(report: dict[str, Any]) -> dict[str, Any]:
    (migration,) = report["migrations"]
    sql = str(migration["sql"]).replace("total", "price")
    other = {"sql": sql, "checksum": checksum_of(sql)}
    return report | {"migrations": [migration | other]}
