"""The workflows that `migration-bot init` writes into other repositories."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.config.file import read_settings
from bot.core.initial import Pin
from bot.core.settings import CONFIG_PATH
from bot.initial import WORKFLOWS, starting_files, starting_files_for
from bot.rules import RULES
from docs.making.initial import INITIAL, NAMES, workflow_template
from tests.flows.several import settings
from tests.harness.documents import load
from tests.workflows.files import ROOT
from tests.workflows.test_linters import SCHEMA, ZIZMOR, ask, objections, parser

__all__ = ["parser"]

PIN = Pin("acme/migration-bot", "0123456789" * 4)
OURS = ROOT / ".github/workflows"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with everything in it that `init` writes."""
    folder = tmp_path_factory.mktemp("other")
    made = starting_files(PIN, branch="trunk", folder="db/migrations", exists=False)
    return laid(made, folder)


@pytest.fixture(scope="module")
def written_for_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As it is written where the configuration names two databases."""
    made = starting_files_for([settings("shop"), settings("billing")], PIN, branch="trunk")
    return laid(made, tmp_path_factory.mktemp("two"))


def laid(made: dict[str, str], folder: Path) -> Path:
    for path, text in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def workflows_in(folder: Path) -> list[Path]:
    return sorted((folder / ".github/workflows").glob("*.yml"))


def test_what_init_writes_for_several_databases_is_as_clean(
    parser: Path, written_for_two: Path
) -> None:
    found = workflows_in(written_for_two)
    assert len(found) == len(WORKFLOWS)
    done = ask(*ZIZMOR, *found)
    assert done.returncode == 0, done.stdout + done.stderr
    done = ask(*SCHEMA, "vendor.github-workflows", *found)
    assert done.returncode == 0, done.stdout
    assert objections(parser, found) == []
    words = r"\b(STAGE|TITLE|NEEDS|CONDITION|TARGETS|EXPECTED|SECRETS|BEFORE|OTHER|COMMANDED)\b"
    left = rf"{words}|BOT_REPOSITORY|DEFAULT_BRANCH|MIGRATIONS_FOLDER"
    for path in found:
        assert not re.search(left, path.read_text("utf-8")), path


def test_the_jobs_of_several_databases_are_given_what_ours_are(written_for_two: Path) -> None:
    theirs = load(written_for_two / ".github/workflows/migration-deploy.yml")["jobs"]
    ours = load(OURS / "migration-deploy.yml")["jobs"]
    for job in ("staging", "production"):
        mine, given = (handed_over(each[job]) for each in (ours, theirs))
        assert "MIGRATION_BOT_AUDIT_KEY" in mine
        assert given == {
            *(mine - {f"{job.upper()}_DATABASE_URL"}),
            *(f"{name}_{job.upper()}_URL" for name in ("SHOP", "BILLING")),
        }
        assert theirs[job]["permissions"] == ours[job]["permissions"]


def handed_over(job: dict[str, Any]) -> set[str]:
    """The names of the variables of the step that applies."""
    step = next(each for each in job["steps"] if "target" in each.get("with", {}))
    return set(step["env"])


def test_zizmor_finds_nothing_in_what_init_writes(written: Path) -> None:
    done = ask(*ZIZMOR, *workflows_in(written))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("completed") == len(WORKFLOWS)


def test_what_init_writes_satisfies_its_schemas(written: Path) -> None:
    done = ask(*SCHEMA, "vendor.github-workflows", *workflows_in(written))
    assert done.returncode == 0, done.stdout
    schema = ROOT / "docs/reference/configuration.schema.json"
    done = ask(*SCHEMA[:-1], "--schemafile", schema, written / CONFIG_PATH)
    assert done.returncode == 0, done.stdout


def test_githubs_own_parser_accepts_what_init_writes(parser: Path, written: Path) -> None:
    assert objections(parser, workflows_in(written)) == []


def test_the_configuration_is_one_that_the_bot_takes(written: Path) -> None:
    text = (written / CONFIG_PATH).read_text("utf-8")
    settings = read_settings(text, path=CONFIG_PATH, rules=RULES)
    assert settings.folder == "db/migrations"
    assert list(settings.targets) == ["development", "staging", "production"]
    assert settings.targets["production"].after == "staging"


def test_nothing_that_init_writes_is_left_to_fill_in(written: Path) -> None:
    for path in written.rglob("*.*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert not re.search(
                r"BOT_REPOSITORY|BOT_COMMIT|DEFAULT_BRANCH|MIGRATIONS_FOLDER", text
            )
            assert not re.search(r"uses: \./", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_what_our_own_workflow_makes(name: str) -> None:
    told = "`python -m docs.making` writes it anew"
    assert (INITIAL / name).read_text("utf-8") == workflow_template(name), told


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_init_writes_may_do_what_our_own_may_and_hears_of_the_same(
    name: str, tmp_path: Path
) -> None:
    made = starting_files(PIN, branch="main", folder="prisma/migrations", exists=True)
    path = tmp_path / name
    path.write_text(made[f".github/workflows/{name}"], encoding="utf-8")
    theirs, ours = load(path), load(OURS / name)
    assert theirs["on"] == ours["on"]
    assert theirs.get("concurrency") == ours.get("concurrency")
    assert list(theirs["jobs"]) == list(ours["jobs"])
    for job, mine in ours["jobs"].items():
        assert without_steps(theirs["jobs"][job]) == without_steps(mine)


def without_steps(job: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in job.items() if key != "steps"}
