"""Our hooks in the real pre-commit, which is installed for it from the package registry."""

import os
import shutil
import subprocess
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.commands import check, rehearse
from tests.commands.place import MORE, SCRIPT, Place, repository
from tests.shell import ROOT, git

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
RISKY = "CREATE INDEX a_n ON a (id);\n"
SAFE = "CREATE TABLE b (id int PRIMARY KEY);\n"
FAILING = "ALTER TABLE nowhere ADD COLUMN n int;\n"
CONFIGURATION = """\
repos:
  - repo: {repository}
    rev: {commit}
    hooks:
      - id: migration-check
      - id: migration-rehearse
"""
_SECONDS = 500


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_a_hook_calls_the_bot_as_it_can_be_called(hook: Mapping[str, object]) -> None:
    """Quickly, so that an option that is renamed is missed here too."""
    program, verb, *options = str(hook["entry"]).split()
    command = {"check": check, "rehearse": rehearse}[verb].command

    assert program == "migration-bot"
    assert command.make_context(verb, options).params["staged"] is True
    assert hook["pass_filenames"] is False


@dataclass(frozen=True)
class Committing:
    """A repository in which `pre-commit install` was called."""

    place: Place
    environ: Mapping[str, str]

    def commit(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["git", "commit", "--message=work", *arguments],
            cwd=self.place.root,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def stage(self, script: str) -> None:
        self.place.write(SCRIPT, script)
        self.place.git("add", SCRIPT)


def _program(folder: Path) -> Path:
    """pre-commit itself, in an environment that is thrown away."""
    venv.create(folder, with_pip=True)
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "pre-commit"]
    done = subprocess.run(install, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip() or "pip gave no reason").splitlines()[-1]
        pytest.skip(f"NOT TESTED in the real pre-commit, which cannot be installed: {reason}")
    return folder / "bin" / "pre-commit"


def _as_a_repository(folder: Path) -> str:
    """What this checkout has, as a repository of its own; the commit in it."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if name.startswith(("tests/", "docs/", "benchmarks/")) or not (ROOT / name).is_file():
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message=all of it", cwd=folder)
    return git("rev-parse", "HEAD", cwd=folder)


@pytest.fixture(scope="module")
def committing(tmp_path_factory: pytest.TempPathFactory) -> Committing:
    root = tmp_path_factory.mktemp("pre-commit")
    program = _program(root / "venv")
    commit = _as_a_repository(root / "bot")
    place = repository(root / "work")
    place.write(
        ".pre-commit-config.yaml",
        CONFIGURATION.format(repository=root / "bot", commit=commit),
    )
    place.git("add", ".pre-commit-config.yaml")
    place.git("commit", "--quiet", "--message=two")
    # It reaches the registry as we do; everything else of it is thrown away.
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
        "PRE_COMMIT_HOME": str(root / "home"),
        "PATH": os.pathsep.join([str(program.parent), os.environ["PATH"]]),
        **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "ada@example.com" for who in ("AUTHOR", "COMMITTER")},
    }
    environ.pop("PYTHONPATH", None)
    done = subprocess.run(
        [program, "install", "--install-hooks"],
        cwd=place.root,
        env=environ,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Committing(place, environ)


@pytest.mark.slow
@pytest.mark.soak
def test_the_real_pre_commit(committing: Committing) -> None:
    """In one test, because each commit stands on the one before."""
    place = committing.place

    place.write("README.md", "Nothing about migrations.\n")
    place.git("add", "README.md")
    done = committing.commit()
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("(no files to check)Skipped") == 2

    committing.stage(RISKY)
    done = committing.commit()
    assert done.returncode == 1
    assert "index-create-blocking" in done.stderr

    # What was mended since, and is not staged, does not count; nor what git does not know.
    place.write(SCRIPT, SAFE)
    assert committing.commit().returncode == 1

    committing.stage(FAILING)
    done = committing.commit()
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert "rehearsal-failed" in done.stderr

    committing.stage(SAFE)
    place.write(SCRIPT, RISKY)
    place.write("prisma/migrations/20260103000000_unknown/migration.sql", RISKY)
    done = committing.commit()
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Passed") == 2
    assert place.git("show", f"HEAD:{SCRIPT}") == SAFE.strip()
    assert (place.root / SCRIPT).read_text() == RISKY
    assert MORE in place.git("show", "--stat", "HEAD")


@pytest.mark.slow
@pytest.mark.soak
def test_pre_commit_understands_our_manifest(committing: Committing) -> None:
    done = subprocess.run(
        ["pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")],
        env=committing.environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
