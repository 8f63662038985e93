"""The workflows that the documents show, executed with this action in the place of OWNER's."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.documents import ROOT, blocks
from tests.harness import Run, run_workflow
from tests.harness.shipping import ship
from tests.harness.stand_ins import git
from tests.workflows.trial import (
    BOT,
    Repository,
    call_of,
    commit,
    make_world,
    merged,
    opened,
    write,
)

_ACTION = re.compile(r"OWNER/migration-bot@[0-9a-f]{40}")
README, QUICKSTART = ROOT / "README.md", ROOT / "docs/quickstart.md"


@pytest.fixture
def honest(tmp_path: Path) -> Repository:
    """A repository whose topic adds a migration, and nothing else."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    ship(folder)
    write(folder, "bot/__main__.py", BOT)
    write(folder, "prisma/migrations/20240101000000_a/migration.sql", "SELECT 1;\n")
    main = commit(folder, "Start")
    git(folder, "checkout", "--quiet", "-b", "topic")
    write(folder, "prisma/migrations/20240102000000_b/migration.sql", "SELECT 2;\n")
    return Repository(folder, main, commit(folder, "Add a migration"))


def shown(document: Path, name: str, folder: Path) -> Path:
    """The workflow of that name in a document, as a file, with the action of the checkout."""
    start = f"name: {name}\n"
    text = next(each.text for each in blocks(document, "yaml") if each.text.startswith(start))
    here, replaced = _ACTION.subn("./", text)
    assert replaced
    path = folder / "shown.yml"
    path.write_text(here, "utf-8")
    return path


def heads(run: Run, job: str) -> str:
    return git(Path(call_of(run, job)["cwd"]), "rev-parse", "HEAD")


@pytest.mark.parametrize("document", [README, QUICKSTART], ids=lambda path: path.name)
def test_a_pull_request_is_checked(document: Path, honest: Repository, tmp_path: Path) -> None:
    workflow = shown(document, "Check migrations", tmp_path)
    run = run_workflow(workflow, opened(honest), make_world(tmp_path, honest))
    assert run.conclusion == "success", run.jobs["check"].log
    assert call_of(run, "check")["argv"] == ["github"]
    assert call_of(run, "check")["environ"]["MIGRATION_BOT_TARGET"] == ""
    assert heads(run, "check") == honest.topic


def test_a_merge_is_applied_to_staging_and_then_to_production(
    honest: Repository, tmp_path: Path
) -> None:
    workflow = shown(QUICKSTART, "Deploy migrations", tmp_path)
    run = run_workflow(workflow, merged(honest), make_world(tmp_path, honest))
    assert list(run.jobs) == ["staging", "production"]
    for target, other in ("staging", "production"), ("production", "staging"):
        environ = call_of(run, target)["environ"]
        assert environ["MIGRATION_BOT_TARGET"] == target
        assert environ[f"{target.upper()}_DATABASE_URL"] == f"postgresql://{target}"
        assert f"{other.upper()}_DATABASE_URL" not in environ
        assert heads(run, target) == honest.main


# What is only there for fleets, for commands, or for a run that is started by hand.
_BESIDES = {"id", "outputs", "if", "needs"}
_FLEET = "needs.staging_rest.outputs.forecast || "
_UNLOCK = "${{ needs.command.outputs.work == 'unlock' && '-unlock' || '' }}"


def job_of(text: str, name: str) -> dict[str, Any]:
    """A job of a workflow, as far as it has to be the same wherever it is shown."""
    text = text.replace(_UNLOCK, "").replace(_FLEET, "")
    job = yaml.safe_load(text)["jobs"][name]
    # Commands are not shown: for them the token has to know what was there when one was given.
    job["permissions"].pop("actions", None)
    # Nor is the key, which nobody has on the first day.
    for step in job["steps"]:
        step.get("env", {}).pop("MIGRATION_BOT_AUDIT_KEY", None)
    steps = [{key: step[key] for key in step.keys() - _BESIDES} for step in job["steps"]]
    return {key: job[key] for key in job.keys() - _BESIDES} | {"steps": steps}


@pytest.mark.parametrize("target", ["staging", "production"])
def test_the_deploy_workflow_that_is_shown_is_the_one_that_is_used_here(
    target: str, tmp_path: Path
) -> None:
    here = (ROOT / ".github/workflows/migration-deploy.yml").read_text("utf-8")
    there = shown(QUICKSTART, "Deploy migrations", tmp_path).read_text("utf-8")
    assert job_of(there, target) == job_of(here, target)
