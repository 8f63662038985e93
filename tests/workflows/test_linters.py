"""What the linters of others say about our workflows and our action."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.npm import installed
from tests.workflows.files import ACTION, ROOT, SHIPPED, WORKFLOWS, name_of

PARSER = Path(__file__).parent / "parser"
ZIZMOR = [
    str(Path(sys.executable).parent / "zizmor"),
    *("--offline", "--no-progress", "--persona=pedantic"),
]
SCHEMA = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
UNSAFE = """
name: Unsafe
on: pull_request_target
jobs:
  only:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - run: echo ${{ github.event.pull_request.title }}
"""
WRONG = """
name: Wrong
on: {push: {brunches: [main]}}
jobs:
  only:
    runs-on: ubuntu-24.04
    steps:
      - run: echo ${{ githb.ref }}
"""


def ask(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def write_workflow(folder: Path, text: str) -> Path:
    path = folder / ".github" / "workflows" / "workflow.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_zizmor_finds_nothing_in_what_ships() -> None:
    done = ask(*ZIZMOR, *SHIPPED)
    assert done.returncode == 0, done.stdout + done.stderr
    for path in SHIPPED:
        assert f"completed {path}" in done.stderr


def test_zizmor_would_find_an_unsafe_workflow(tmp_path: Path) -> None:
    done = ask(*ZIZMOR, write_workflow(tmp_path, UNSAFE))
    for audit in "dangerous-triggers", "template-injection", "unpinned-uses", "artipacked":
        assert f"[{audit}]" in done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_a_workflow_satisfies_its_schema(path: Path) -> None:
    done = ask(*SCHEMA, "vendor.github-workflows", path)
    assert done.returncode == 0, done.stdout


def test_the_action_satisfies_its_schema() -> None:
    done = ask(*SCHEMA, "vendor.github-actions", ACTION)
    assert done.returncode == 0, done.stdout


def test_the_schema_would_refuse_a_wrong_workflow(tmp_path: Path) -> None:
    done = ask(*SCHEMA, "vendor.github-workflows", write_workflow(tmp_path, WRONG))
    assert done.returncode == 1
    assert "brunches" in done.stdout


@pytest.fixture(scope="module")
def parser() -> Path:
    """GitHub's own parser, in one file that Node can load."""
    unasked = "GITHUB'S OWN PARSER WAS NOT ASKED about the workflows"
    return installed(PARSER, unasked=unasked, finish=bundle) / "bundle.cjs"


def bundle(folder: Path) -> None:
    options = ["--bundle", "--platform=node", "--format=cjs", "--log-level=warning"]
    esbuild = folder / "node_modules" / ".bin" / "esbuild"
    built = ask(esbuild, "check.js", *options, "--outfile=bundle.cjs", cwd=folder)
    assert built.returncode == 0, built.stderr
    shutil.rmtree(folder / "node_modules")


def objections(parser: Path, paths: Sequence[Path]) -> list[str]:
    done = ask("node", parser, *paths)
    assert done.returncode == 0, done.stderr
    return [each["message"] for each in json.loads(done.stdout)]


def test_githubs_own_parser_accepts_what_ships(parser: Path) -> None:
    assert objections(parser, SHIPPED) == []


def test_githubs_own_parser_would_refuse_a_wrong_workflow(parser: Path, tmp_path: Path) -> None:
    found = " ".join(objections(parser, [write_workflow(tmp_path, WRONG)]))
    assert "brunches" in found
    assert "githb" in found
