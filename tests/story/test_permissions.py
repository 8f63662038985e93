"""What becomes of a job whose token may do one thing less than the documentation asks for.

That exactly the documented permissions are enough is what every other story shows: its tokens have
those of the workflow and no more, and the table of the documentation is compared with them.
"""

import re
from pathlib import Path

import pytest

from tests.harness import JobResult
from tests.harness.shipping import ROOT
from tests.story.stage import CHECK, COUNTRY, DEPLOY, HARMLESS, INDEX, RISKY, Stage, script

REPORT = ROOT / ".github/workflows/migration-report.yml"
pytestmark = pytest.mark.slow


def weaker(stage: Stage, workflow: Path, job: str, permission: str) -> Path:
    """The workflow with a permission taken from a job, or lowered to reading."""
    above, below = workflow.read_text("utf-8").split(f"\n  {job}:\n")
    line = re.compile(rf"^      {permission}: (\w+) #.*\n", re.MULTILINE)
    lowered, replaced = line.subn("", below, count=1)
    assert replaced == 1
    path = stage.folder / "weaker" / workflow.name
    path.parent.mkdir()
    path.write_text(f"{above}\n  {job}:\n{lowered}", "utf-8")
    return path


def private(stage: Stage) -> None:
    """A public repository may be read without any permission."""
    stage.hub.repository("acme/shop").private = True


def hinted(job: JobResult, permission: str, level: str) -> bool:
    return f"`permissions: {permission}: {level}`" in job.log


@pytest.mark.parametrize(
    ("permission", "level"),
    [
        ("checks", "write"),
        ("contents", "read"),
        ("deployments", "read"),
        ("pull-requests", "read"),
    ],
)
def test_a_check_that_may_less_says_which_permission_it_lacks(
    stage: Stage, permission: str, level: str
) -> None:
    event = stage.propose({script(INDEX): RISKY})
    private(stage)
    job = stage.check(event, workflow=weaker(stage, CHECK, "check", permission))
    assert hinted(job, permission, level), job.log
    assert job.steps[-1].outputs["verdict"] == "block"


@pytest.mark.parametrize(
    ("permission", "level"),
    [("actions", "read"), ("contents", "read"), ("deployments", "read"), ("pull-requests", "read")],
)
def test_a_report_that_may_less_says_which_permission_it_lacks(
    stage: Stage, permission: str, level: str
) -> None:
    stage.check(stage.fork_propose({script(INDEX): RISKY}))
    private(stage)
    ended = list(stage.ends.values())[-1]
    job = stage.run(weaker(stage, REPORT, "report", permission), ended).jobs["report"]
    assert job.result == "failure"
    assert hinted(job, permission, level), job.log


@pytest.mark.parametrize(
    ("permission", "level"),
    [("contents", "read"), ("deployments", "write"), ("pull-requests", "read")],
)
def test_a_rollout_that_may_less_says_which_permission_it_lacks(
    stage: Stage, permission: str, level: str
) -> None:
    event = stage.merged({script(COUNTRY): HARMLESS})
    private(stage)
    run = stage.run(weaker(stage, DEPLOY, "staging", permission), event)
    assert hinted(run.jobs["staging"], permission, level), run.jobs["staging"].log
