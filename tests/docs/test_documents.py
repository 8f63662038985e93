"""What the documents say must be so: links lead somewhere, commands exist, YAML is valid."""

import json
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
from jsonschema import Draft202012Validator

from bot.cli import VERBS, cli
from bot.config.databases import json_schema, read_databases
from bot.rules import RULES
from bot.sql.parse import parse as parse_sql
from tests.docs.documents import (
    DOCUMENTS,
    ROOT,
    Block,
    anchors,
    blocks,
    commands,
    links,
    name_of,
    shell_lines,
)
from tests.workflows.files import bot_step

SHOWN = [(document, command) for document in DOCUMENTS for command in commands(document)]
YAML = [block for document in DOCUMENTS for block in blocks(document, "yaml")]
WORKFLOWS = [block for block in YAML if "\njobs:" in block.text]
KEYS = tuple(f"{key}:" for key in json_schema()["properties"])
HOOKS = [each for each in YAML if each.text.startswith("repos:")]
CONFIGURATIONS = [block for block in YAML if block.text.startswith(KEYS)]
# The pages of rules show what is wrong on purpose, and their examples have tests of their own.
OF_RULES = ROOT / "docs" / "rules"
SQL = [
    block
    for document in DOCUMENTS
    if document.parent != OF_RULES
    for block in blocks(document, "sql")
]
JSON = [block for document in DOCUMENTS for block in blocks(document, "json")]
SCHEMAS = sorted((ROOT / "docs").rglob("*.schema.json"))


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
        parse_verb(command, arguments[place], arguments[place + 1 :], context)


def parse_verb(
    command: click.Command, name: str, arguments: list[str], parent: click.Context
) -> None:
    with command.make_context(name, list(arguments), parent=parent) as context:
        if isinstance(command, click.Group) and arguments:
            inner = command.get_command(context, arguments[0])
            if inner is None:
                raise click.UsageError(f"there is no {arguments[0]} in {name}")
            parse_verb(inner, arguments[0], arguments[1:], context)


@pytest.mark.parametrize(
    "arguments",
    [["nonsense", "x"], ["check", "--nope"], ["apply"], ["fleet", "nonsense"], ["fleet", "job"]],
)
def test_a_command_that_does_not_exist_is_found(arguments: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parse(arguments)


def test_there_is_something_to_check() -> None:
    assert len(SHOWN) > 20
    assert len(WORKFLOWS) == 13
    assert len(CONFIGURATIONS) > 40
    assert len(SQL) > 20
    assert len(JSON) > 3


# Programs that are not ours: whoever follows a page has them, or is told where they are from.
OTHERS = {
    *("cd", "git", "export", "mkdir", "echo", "cat", "grep", "date"),
    *("pg_dump", "pg_restore", "createdb", "psql", "age", "age-keygen"),
    *("python", "python3", "pip", "pipx", "uv", "docker", "gh", "pre-commit"),
}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_other_program_and_every_target_of_make_is_known(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for line in shell_lines(document):
        for part in re.split(r" \| | && ", line):
            words = [each for each in shlex.split(part) if not re.match(r"[A-Z_]+=", each)]
            if words[0] == "make":
                target = next(each for each in words[1:] if each in re.findall(r"\w+", makefile))
                assert re.search(rf"^{target}:", makefile, re.M), line
            else:
                # A program of a virtual environment is called by its path.
                name = words[0].rpartition("/")[2]
                assert name in {"migration-bot", *OTHERS} or (ROOT / words[0]).is_file(), line


@pytest.mark.parametrize("block", SQL, ids=str)
def test_every_statement_that_is_shown_can_be_read(block: Block) -> None:
    script = parse_sql(block.text)
    assert script.fault is None
    assert script.statements


@pytest.mark.parametrize("block", JSON, ids=str)
def test_every_piece_of_json_can_be_read(block: Block) -> None:
    assert isinstance(json.loads(block.text), dict)


@pytest.mark.parametrize("path", SCHEMAS, ids=name_of)
def test_every_published_schema_is_one_and_a_page_leads_to_it(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    linked = {
        (document.parent / link.partition("#")[0]).resolve()
        for document in DOCUMENTS
        for link in links(document)
        if "://" not in link
    }
    assert path in linked


@pytest.mark.parametrize("block", YAML, ids=str)
def test_every_yaml_block_can_be_read(block: Block) -> None:
    assert isinstance(yaml.safe_load(block.text), dict | list)
    known = (*WORKFLOWS, *CONFIGURATIONS, *HOOKS)
    assert block in known or block.text.lstrip().startswith(("steps:", "- id: migration-"))


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
