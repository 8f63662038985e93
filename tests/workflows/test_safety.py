"""The safety rules that hold for every workflow, read from the files themselves."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.harness.documents import load
from tests.workflows.files import ACTION, ROOT, SHIPPED, WORKFLOWS, jobs, name_of, steps

PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")
CHECK = ROOT / ".github/workflows/migration-check.yml"
DEPLOY = ROOT / ".github/workflows/migration-deploy.yml"
TARGETS = ("staging", "production")
RECHECK = ROOT / ".github/workflows/migration-recheck.yml"
REPORT = ROOT / ".github/workflows/migration-report.yml"
READ = {"contents": "read"}
ROLLOUT = {
    "actions": "read",
    "contents": "read",
    "deployments": "write",
    "pull-requests": "write",
}
# A slice of a fleet tells nobody anything: the job after it does.
SLICE = dict.fromkeys(ROLLOUT, "read")
TELLING = {
    "checks": "write",
    "contents": "read",
    "deployments": "read",
    "pull-requests": "write",
}
SIGN = {"attestations": "write", "id-token": "write"}
# These are for this project alone, and no page tells anybody to grant them.
OUR_OWN = {
    "ci.yml": {"test": READ, "everything": READ},
    "site.yml": {"build": READ, "publish": {"id-token": "write", "pages": "write"}},
    "release.yml": {
        **dict.fromkeys(("build", "test", "image"), READ),
        "provenance": SIGN,
        "pypi": {"id-token": "write"},
        "github": {"contents": "write"},
        "registry": SIGN | {"packages": "write"},
    },
}
ALLOWED = OUR_OWN | {
    "migration-check.yml": {"check": TELLING},
    "migration-report.yml": {"report": TELLING | {"actions": "read"}},
    "migration-deploy.yml": {
        "command": SLICE | {"actions": "write", "pull-requests": "write"},
        **dict.fromkeys(TARGETS, ROLLOUT),
        **{f"{name}_rest": ROLLOUT for name in TARGETS},
        **{f"{name}_slices": SLICE for name in TARGETS},
    },
    "check.yml": {"check": TELLING},
    "report.yml": {"report": TELLING | {"actions": "read"}},
    "apply.yml": {"apply": ROLLOUT},
    "migration-drift.yml": dict.fromkeys(TARGETS, READ | {"issues": "write"}),
    "migration-recheck.yml": {"recheck": TELLING, "warm": READ},
}


def test_there_is_something_to_look_at() -> None:
    assert {path.name for path in WORKFLOWS} == set(ALLOWED)


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_no_event_runs_foreign_code_beside_a_token(path: Path) -> None:
    events = set(load(path)["on"])
    assert "pull_request_target" not in events
    assert "workflow_run" not in events or path == REPORT


def test_after_the_check_of_a_fork_nothing_of_the_fork_is_fetched() -> None:
    (job,) = jobs(REPORT).values()
    checkout, bot = job["steps"]
    assert checkout["with"] == {"persist-credentials": False}
    assert bot["uses"] == "./"
    assert "with" not in bot
    assert "download-artifact" not in REPORT.read_text(encoding="utf-8")


def test_the_report_follows_the_check_by_its_name() -> None:
    assert load(REPORT)["on"] == {
        "workflow_run": {"workflows": [load(CHECK)["name"]], "types": ["completed"]}
    }


def test_a_comment_is_heard_where_no_secret_is_within_reach() -> None:
    job = jobs(DEPLOY)["command"]
    assert "environment" not in job
    assert "secrets." not in repr(job)
    assert load(DEPLOY)["on"]["issue_comment"] == {"types": ["created"]}
    assert "ref" not in job["steps"][0]["with"]


@pytest.mark.parametrize("name", ["recheck", "warm"])
def test_what_a_push_asks_for_besides_has_no_secret_within_reach(name: str) -> None:
    job = jobs(RECHECK)[name]
    assert "environment" not in job
    assert "secrets." not in repr(job)


def test_only_a_job_that_runs_no_pull_requests_sql_leaves_what_all_of_them_start_from() -> None:
    (save,) = [step for step in steps(ACTION) if "cache/save" in step.get("uses", "")]
    assert "inputs.work != 'recheck'" in save["if"]
    assert "inputs.target == ''" in save["if"]


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_every_action_of_others_is_pinned_to_a_commit_and_says_its_version(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for step in steps(path):
        used = step.get("uses", "./")
        if not used.startswith("./"):
            assert PINNED.match(used)
            assert re.search(re.escape(used) + r" # v\d+\.\d+\.\d+\n", text)


def test_an_action_is_pinned_to_the_same_commit_everywhere() -> None:
    used = {step["uses"] for path in SHIPPED for step in steps(path) if "uses" in step}
    foreign = [each.partition("@")[0] for each in used if not each.startswith("./")]
    assert len(foreign) == len(set(foreign))


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_no_expression_becomes_part_of_a_script(path: Path) -> None:
    scripts = [step["run"] for step in steps(path) if "run" in step]
    assert not [script for script in scripts if "${{" in script]


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_each_job_lists_the_least_permissions_and_the_workflow_none(path: Path) -> None:
    assert load(path)["permissions"] == {}
    given = {name: job["permissions"] for name, job in jobs(path).items()}
    assert given == ALLOWED[path.name]


@pytest.mark.parametrize("part", ["", "_slices", "_rest"])
def test_production_is_rolled_out_to_by_the_same_steps_as_staging(part: str) -> None:
    """What is proved of a job of one is true of the other's."""
    staging, production = (bare(jobs(DEPLOY)[f"{name}{part}"]["steps"]) for name in TARGETS)
    for word in str.lower, str.title, str.upper:
        production = production.replace(word("production"), word("staging"))
    assert production == staging


def bare(found: list[dict[str, Any]]) -> str:
    """Without what hands something on from the one to the other."""
    for step in found:
        step.pop("id", None)
        step.get("with", {}).pop("expect-digest", None)
    return repr(found)


def test_the_documentation_lists_the_permissions_that_each_job_has() -> None:
    assert documented() == {name: ALLOWED[name] for name in ALLOWED.keys() - OUR_OWN.keys()}


@pytest.mark.parametrize("name", ["check", "report", "apply"])
def test_a_workflow_to_call_brings_the_bot_of_the_commit_that_was_called(name: str) -> None:
    path = ROOT / f".github/workflows/{name}.yml"
    assert list(load(path)["on"]) == ["workflow_call"]
    (job,) = jobs(path).values()
    first, second, bot = job["steps"]
    assert first["with"] == {
        "repository": "${{ job.workflow_repository }}",
        "ref": "${{ job.workflow_sha }}",
        "persist-credentials": False,
    }
    assert second["with"]["path"] == bot["with"]["working-directory"]
    assert "repository" not in second["with"]


def documented() -> dict[str, dict[str, dict[str, str]]]:
    """The table of the page on permissions; a cell that is empty means what is above it."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    text = (ROOT / "docs/reference/permissions.md").read_text(encoding="utf-8")
    workflows, names = [""], [""]
    for row in re.findall(r"^\| (.*?)\| (.*?)\| `([a-z-]+): (\w+)` \|", text, re.MULTILINE):
        workflows = row[0].strip().split(", ") if row[0].strip() else workflows
        names = row[1].strip().split(", ") if row[1].strip() else names
        for workflow, name in product(workflows, names):
            found.setdefault(f"{workflow}.yml", {}).setdefault(name, {})[row[2]] = row[3]
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_each_job_has_a_time_limit(path: Path) -> None:
    assert all(job["timeout-minutes"] <= 360 for job in jobs(path).values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_no_checkout_leaves_a_credential_behind(path: Path) -> None:
    checkouts = [
        step for step in steps(path) if step.get("uses", "").startswith("actions/checkout")
    ]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_a_secret_is_named_only_beside_an_environment_and_only_in_a_steps_env(path: Path) -> None:
    for job in jobs(path).values():
        for step in job["steps"]:
            outside = {key: value for key, value in step.items() if key != "env"}
            assert "secrets." not in repr(outside)
            assert "secrets." not in repr(step.get("env")) or "environment" in job
        outside = {key: value for key, value in job.items() if key != "steps"}
        assert "secrets" not in repr(outside)
    assert "secrets" not in repr(load(path).get("env"))


@pytest.mark.parametrize("target", ["staging", "production"])
def test_a_deploy_job_sees_the_connection_string_of_its_own_environment_only(target: str) -> None:
    job = jobs(DEPLOY)[target]
    named = {name for step in job["steps"] for name in step.get("env", {})}
    assert named == {f"{target.upper()}_DATABASE_URL", "MIGRATION_BOT_AUDIT_KEY"}
    assert job["environment"] == {"name": target, "deployment": False}


@pytest.mark.parametrize("target", ["staging", "production"])
def test_a_rollout_is_neither_cancelled_nor_dropped(target: str) -> None:
    aside = "${{ needs.command.outputs.work == 'unlock' && '-unlock' || '' }}"
    assert jobs(DEPLOY)[target]["concurrency"] == {
        "group": f"migration-deploy-{target}{aside}",
        "cancel-in-progress": False,
        "queue": "max",
    }


def test_the_bot_that_judges_a_pull_request_is_not_of_the_pull_request() -> None:
    trusted, content, check = jobs(CHECK)["check"]["steps"]
    assert trusted["with"]["ref"] == "${{ github.event.repository.default_branch }}"
    assert "path" not in trusted["with"]
    assert content["with"]["path"] == check["with"]["working-directory"] == "change"
    assert check["uses"] == "./"


def test_a_required_check_is_never_skipped() -> None:
    for job in jobs(CHECK).values():
        assert "if" not in job
        assert not [step for step in job["steps"] if "if" in step]


def test_nobody_is_known_by_who_acted_last() -> None:
    """`github.actor` may be anybody's who ran something again; people are asked for by event."""
    initial = (ROOT / "bot/initial").glob("*.yml")
    code = (each for each in (ROOT / "bot").rglob("*.py") if "demo" not in each.parts)
    for path in (*SHIPPED, *initial, *code):
        assert not re.search(r"github\.actor|GITHUB_ACTOR\b", path.read_text("utf-8")), path


def test_the_actions_token_reaches_the_bot_and_no_other_step() -> None:
    holders = [step["name"] for step in steps(ACTION) if "inputs.token" in repr(step)]
    assert holders == ["Do what the event asks for"]


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_an_ignored_finding_gives_its_reason(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if "zizmor: ignore" in line:
            assert re.search(r"# zizmor: ignore\[[a-z-]+\] \w+ \w+", line)


@pytest.mark.parametrize(
    "lock",
    [
        "requirements.txt",
        "requirements-dev.txt",
        ".ci/requirements-docs.txt",
        ".ci/requirements-release.txt",
    ],
)
def test_a_lock_file_pins_every_package_by_hash_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9].*==.* \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-zA-Z0-9]", text, re.MULTILINE)) > 20
    assert "--only-binary :all:" in text
    assert not re.search(r"https?:|file:|index-url|find-links|@ ", text)
