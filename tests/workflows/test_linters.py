"""What the linters of others say about our workflows and our action."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

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
    """GitHub's own parser, bundled once for each version and kept in .cache."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("npm or node is missing: GITHUB'S OWN PARSER WAS NOT ASKED about the workflows")
    sources = [PARSER / name for name in ("package-lock.json", "check.js")]
    digest = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    bundle = ROOT / ".cache" / "workflow-parser" / f"{digest[:16]}.cjs"
    if not bundle.exists():
        build(bundle)
    return bundle


def build(bundle: Path) -> None:
    """Other workers of pytest may be at it too, so the bundle appears in one piece."""
    bundle.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=bundle.parent) as folder:
        shutil.copytree(PARSER, folder, dirs_exist_ok=True, ignore=ignore_modules)
        installed = ask("npm", "ci", "--ignore-scripts", "--no-audit", cwd=Path(folder))
        if installed.returncode != 0 and "CI" not in os.environ:
            reason = installed.stderr.strip().splitlines()[-1]
            pytest.skip(f"npm could not install: GITHUB'S OWN PARSER WAS NOT ASKED: {reason}")
        assert installed.returncode == 0, installed.stderr
        options = ["--bundle", "--platform=node", "--format=cjs", "--log-level=warning"]
        esbuild = Path(folder) / "node_modules" / ".bin" / "esbuild"
        built = ask(esbuild, "check.js", *options, "--outfile=bundle.cjs", cwd=Path(folder))
        assert built.returncode == 0, built.stderr
        (Path(folder) / "bundle.cjs").rename(bundle)


ignore_modules = shutil.ignore_patterns("node_modules")


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
