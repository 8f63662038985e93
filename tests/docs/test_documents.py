"""What the documents say must be so: links lead somewhere, commands exist, YAML is valid."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
import pytest
import yaml

from bot.cli import VERBS, cli
from bot.config.databases import read_databases
from bot.rules import RULES
from tests.docs.documents import DOCUMENTS, ROOT, Block, anchors, blocks, commands, links, name_of
from tests.workflows.files import bot_step

SHOWN = [(document, command) for document in DOCUMENTS for command in commands(document)]
YAML = [block for document in DOCUMENTS for block in blocks(document, "yaml")]
WORKFLOWS = [block for block in YAML if "\njobs:" in block.text]
KEYS = (
    *("migrations:", "targets:", "rules:", "stats:", "rehearsal:", "databases:", "labels:"),
    *("request_reviewers:", "commands:", "notify:", "hooks:"),
)
HOOKS = [each for each in YAML if each.text.startswith("repos:")]
CONFIGURATIONS = [block for block in YAML if block.text.startswith(KEYS)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document: Path) -> None:
    assert [link for link in links(document) if not leads(document, link)] == []


def leads(document: Path, link: str) -> bool:
    if link.startswith("https://"):
        return True  # Nothing is asked of the network.
    path, _, anchor = link.partition("#")
    target = document.parent / unquote(path) if path else document
    return target.exists() and (not anchor or anchor in anchors(target))


def test_a_link_that_leads_nowhere_is_found() -> None:
    readme = ROOT / "README.md"
    assert leads(readme, "docs/quickstart.md#2-let-it-judge-pull-requests")
    assert not leads(readme, "docs/quickstart.md#nowhere")
    assert not leads(readme, "docs/nowhere.md")


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in reached or document.suffix != ".md":
            continue
        reached.add(document)
        inside = [link.partition("#")[0] for link in links(document) if "://" not in link]
        waiting += [(document.parent / unquote(path)).resolve() for path in inside if path]
    assert sorted(map(name_of, set(DOCUMENTS) - reached)) == []


@pytest.mark.parametrize(("document", "command"), SHOWN, ids=str)
def test_every_command_is_understood(document: Path, command: str) -> None:
    parse(shlex.split(command)[1:])


def parse(arguments: list[str]) -> None:
    """Raises click.UsageError where the command line would refuse the arguments. Runs nothing."""
    if arguments[-1].startswith("-") and not set(arguments) & VERBS.keys():
        arguments = [*arguments, "check"]  # Global options alone are shown without a verb.
    place = next((place for place, each in enumerate(arguments) if each in VERBS), None)
    if place is None:
        raise click.UsageError(f"there is no verb in {arguments}")
    with cli.make_context("migration-bot", arguments[: place + 1]) as context:
        command = cli.get_command(context, arguments[place])
        assert command is not None
        with command.make_context(arguments[place], arguments[place + 1 :], parent=context):
            pass


@pytest.mark.parametrize("arguments", [["conjure", "x"], ["check", "--nope"], ["apply"]])
def test_a_command_that_does_not_exist_is_found(arguments: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parse(arguments)


def test_there_is_something_to_check() -> None:
    assert len(SHOWN) > 20
    assert len(WORKFLOWS) == 13
    assert len(CONFIGURATIONS) > 40


@pytest.mark.parametrize("block", YAML, ids=str)
def test_every_yaml_block_can_be_read(block: Block) -> None:
    assert isinstance(yaml.safe_load(block.text), dict)
    known = (*WORKFLOWS, *CONFIGURATIONS, *HOOKS)
    assert block in known or block.text.startswith("steps:")


@pytest.mark.parametrize("block", HOOKS, ids=str)
def test_every_hook_of_pre_commit_is_one_that_there_is(block: Block) -> None:
    known = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    shown = [each for repo in yaml.safe_load(block.text)["repos"] for each in repo["hooks"]]
    assert {each["id"] for each in shown} <= {each["id"] for each in known}


@pytest.mark.parametrize("block", CONFIGURATIONS, ids=str)
def test_every_configuration_is_valid(block: Block) -> None:
    read_databases(block.text, path=str(block), rules=RULES)


@pytest.mark.parametrize("block", WORKFLOWS, ids=str)
def test_every_workflow_is_valid_and_safe(block: Block, tmp_path: Path) -> None:
    path = tmp_path / ".github" / "workflows" / "shown.yml"
    path.parent.mkdir(parents=True)
    path.write_text(block.text, "utf-8")
    schema = ("-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows")
    ask(sys.executable, *schema, str(path))
    zizmor = str(Path(sys.executable).parent / "zizmor")
    ask(zizmor, "--offline", "--no-progress", "--quiet", str(path))


@pytest.mark.parametrize("block", [each for each in YAML if "run:" in each.text], ids=str)
def test_a_shown_script_holds_no_expression_and_hides_what_it_learns_before_it_writes(
    block: Block,
) -> None:
    for step in steps_of(yaml.safe_load(block.text)):
        script = step.get("run", "")
        assert "${{" not in script
        before, wrote, _ = script.partition("GITHUB_ENV")
        assert "::add-mask::" in before or not wrote


def steps_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    jobs = document.get("jobs", {"": document}).values()
    return [step for job in jobs for step in job.get("steps", ())]


def test_a_login_that_does_not_last_is_for_one_environment() -> None:
    """Whom the cloud trusts, on the page that says how: no branch, no pull request, no pattern."""
    page = (ROOT / "docs/how-to/short-lived-credentials.md").read_text("utf-8")
    subjects = re.findall(r"repo:OWNER/REPOSITORY:?[\w:*-]*", page)
    assert len(subjects) >= 4
    assert set(subjects) == {"repo:OWNER/REPOSITORY:environment:production"}
    assert "StringLike" not in page


def test_no_page_offers_to_check_out_a_fork_beside_a_token() -> None:
    """GitHub's own action refuses it by now, unless somebody insists."""
    for path in [*DOCUMENTS, *ROOT.glob(".github/**/*.yml"), *ROOT.glob("bot/initial/*.yml")]:
        text = path.read_text("utf-8")
        assert "allow-unsafe" not in text, path
        assert not re.search(r"^ *(?:on: *)?pull_request_target\b", text, re.MULTILINE), path


def ask(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_variables_of_the_action_are_described() -> None:
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    pages = [ROOT / f"docs/reference/{name}.md" for name in ("environment", "action")]
    page = "".join(each.read_text("utf-8") for each in pages)
    for name in [*action["inputs"], *action["outputs"], *bot_step()["env"]]:
        assert f"`{name}`" in page or name == "PYTHONSAFEPATH"
