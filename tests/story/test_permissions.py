"""Each job with exactly the permissions that the documentation lists, and with one of them lowered.

The repository is private, so that nothing can be read without a permission. What is proved of the
jobs of production is true of those of staging: their steps are the same.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import JobResult
from tests.story.scenes import DRIFT, RECHECK, SCENES, scene_of
from tests.story.stage import CHECK, DEPLOY, REPORT, SHOP, Stage
from tests.workflows.files import jobs

pytestmark = pytest.mark.slow

LOWER = {"write": "read", "read": "none"}
HINT = re.compile(r"`permissions: ([a-z-]+): (\w+)`")
# Their steps are those of a job that is here: tests/workflows/test_safety.py.
TWINS = {(DEPLOY, "staging_slices"), (DEPLOY, "staging_rest")}
# Jobs that end as they would have, with the hint in their log.
DEGRADED = {
    (CHECK, "check", "checks"),
    (REPORT, "report", "checks"),
    (DEPLOY, "command", "pull-requests"),
    (RECHECK, "recheck", "checks"),
}
Case = tuple[Path, str, str, str]
SOAK = pytest.mark.soak


def listed() -> Iterator[Case]:
    """Workflow, job, permission and level."""
    for workflow, job in SCENES:
        if "/" not in job:
            for permission, level in jobs(workflow)[job]["permissions"].items():
                yield workflow, job, permission, level


def named(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


# What is then left for the bot to be refused.
AT_EVERY_PUSH = (CHECK, "check")
READERS = [
    AT_EVERY_PUSH,
    pytest.param(REPORT, "report", marks=SOAK),
    pytest.param(DEPLOY, "staging", marks=SOAK),
]


def every(cases: Iterable[Case]) -> list[Any]:
    """The job that every pull request goes through, and the others where there is time."""
    return [
        each if each[:2] == AT_EVERY_PUSH else pytest.param(*each, marks=SOAK) for each in cases
    ]


# Of a fleet the scene is long, and its checkouts are those of every job.
FIRST = [each for each in listed() if each[2] == "contents" and "_" not in each[1]]
OTHERS = [each for each in listed() if each[2] != "contents"]
LONG = {each for each in SCENES if "_" in each[1] or "/" in each[1]}
# Their steps are those of a check, and a rollout to production is in every other story.
ALIKE = {(DEPLOY, "staging"), (DEPLOY, "production"), (DRIFT, "production"), (RECHECK, "warm")}
JOBS = [pytest.param(*each, marks=SOAK) if each in LONG | ALIKE else each for each in SCENES]


def weaker(
    stage: Stage, workflow: Path, job: str, permission: str, level: str, *, checkout: str = ""
) -> Path:
    """The workflow with a permission of a job lowered; its checkouts may have another token."""
    above, below = workflow.read_text("utf-8").split(f"\n  {job}:\n")
    line = re.compile(rf"^      {permission}: {level} #", re.MULTILINE)
    lowered, replaced = line.subn(f"      {permission}: {LOWER[level]} #", below, count=1)
    assert replaced == 1
    own = "          persist-credentials: false\n"
    path = stage.folder / "weaker" / workflow.name
    path.parent.mkdir()
    path.write_text(f"{above}\n  {job}:\n{lowered.replace(own, own + checkout)}", "utf-8")
    return path


def hints(job: JobResult) -> set[tuple[str, ...]]:
    return set(HINT.findall(job.log))


def ordinary(workflow: Path) -> int:
    """How its job ends in these scenes: the check has something to find."""
    return 1 if workflow == CHECK else 0


def test_every_job_of_every_workflow_is_here() -> None:
    shipped = CHECK.parent.glob("migration-*.yml")
    wanted = {(path, job) for path in shipped for job in jobs(path)}
    assert wanted - {(path, job) for path, job in SCENES} == TWINS


@pytest.mark.parametrize(("workflow", "scene"), JOBS, ids=named)
def test_a_job_with_exactly_what_is_listed_lacks_nothing(
    stage: Stage, workflow: Path, scene: str
) -> None:
    assert stage.hub.repository(SHOP).private
    name, _, permission = scene.partition("/")
    job = stage.run(workflow, scene_of(workflow, name, permission)(stage)).jobs[name]
    assert (job.status, hints(job)) == (ordinary(workflow), set()), job.log


@pytest.mark.parametrize(("workflow", "name", "permission", "level"), every(OTHERS), ids=named)
def test_a_job_with_one_permission_lowered_says_which_it_lacks(
    stage: Stage, workflow: Path, name: str, permission: str, level: str
) -> None:
    event = scene_of(workflow, name, permission)(stage)
    job = stage.run(weaker(stage, workflow, name, permission, level), event).jobs[name]
    assert hints(job) == {(permission, level)}, job.log
    degraded = (workflow, name, permission) in DEGRADED
    assert job.status == (ordinary(workflow) if degraded else 5), job.log
    if workflow == CHECK:
        assert job.steps[-1].outputs["verdict"] == "block"


@pytest.mark.parametrize(("workflow", "name", "permission", "level"), every(FIRST), ids=named)
def test_what_may_not_be_read_is_not_even_checked_out(
    stage: Stage, workflow: Path, name: str, permission: str, level: str
) -> None:
    event = scene_of(workflow, name, permission)(stage)
    job = stage.run(weaker(stage, workflow, name, permission, level), event).jobs[name]
    assert job.result == "failure"
    assert "Repository not found" in job.log
    assert {step.outcome for step in job.steps[1:]} == {"skipped"}


@pytest.mark.parametrize(("workflow", "name"), READERS, ids=named)
def test_where_the_checkout_has_another_token_the_bot_says_what_its_own_lacks(
    stage: Stage, workflow: Path, name: str
) -> None:
    event = scene_of(workflow, name, "contents")(stage)
    token = stage.hub.token(permissions={"contents": "read"}, repositories=[SHOP])
    stage.shared_secrets["CHECKOUT"] = token
    other = "          token: ${{ secrets.CHECKOUT }}\n"
    path = weaker(stage, workflow, name, "contents", "read", checkout=other)
    job = stage.run(path, event).jobs[name]
    assert hints(job) == {("contents", "read")}, job.log
    assert job.status == 5
