"""The step of the action that installs: from the index once, from what was kept ever after."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.workflows.files import ACTION, ROOT, steps

NOWHERE = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_TIMEOUT": "1"}
# Small, pure, and of today: what is asked here is how the step goes, not what it installs.
LOCKED = ("click", "idna")


def run(temporary: Path, action: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    (step,) = [each for each in steps(ACTION) if each["name"] == "Install what the lock file names"]
    ours: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PIP_FIND")},
        **{name: value for name, value in step["env"].items() if "${{" not in value},
        "PYTHON": sys.executable,
        "LOCK": "lock",
        "RUNNER_TEMP": str(temporary),
        "GITHUB_ACTION_PATH": str(action),
        **environ,
    }
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]], env=ours, capture_output=True, text=True
    )


def installed(temporary: Path) -> set[str]:
    places = (temporary / "migration-bot/venv").glob("lib/python*/site-packages/*.dist-info")
    return {each.name.partition("-")[0] for each in places}


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An action with a short lock file, cut from the real one."""
    place = tmp_path_factory.mktemp("action")
    entries = (ROOT / "requirements.txt").read_text("utf-8").split("\n")
    chosen, taking = ["--only-binary :all:"], False
    for line in entries:
        if line.startswith("    --hash") and taking:
            chosen.append(line)
        else:
            taking = line.partition("==")[0] in LOCKED
            chosen += [line] if taking else []
    (place / "requirements.txt").write_text("\n".join(chosen) + "\n", "utf-8")
    return place


@pytest.fixture(scope="module")
def kept(action: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first run leaves to be kept."""
    temporary = tmp_path_factory.mktemp("first")
    done = run(temporary, action)
    if done.returncode and "CI" not in os.environ:
        pytest.skip(f"THE ACTION INSTALLED NOTHING: no package index answers: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr
    assert installed(temporary) == set(LOCKED)
    return temporary / "migration-bot/packages"


def with_kept(kept: Path, temporary: Path) -> Path:
    there = temporary / "migration-bot/packages"
    shutil.copytree(kept, there)
    return there


@pytest.mark.slow
def test_what_was_kept_is_installed_without_asking_any_index(
    action: Path, kept: Path, tmp_path: Path
) -> None:
    with_kept(kept, tmp_path)
    done = run(tmp_path, action, **NOWHERE)
    assert done.returncode == 0, done.stderr
    assert installed(tmp_path) == set(LOCKED)


@pytest.mark.slow
def test_a_package_that_was_tampered_with_is_not_installed(
    action: Path, kept: Path, tmp_path: Path
) -> None:
    (wheel,) = with_kept(kept, tmp_path).glob("click-*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"more")

    done = run(tmp_path, action, **NOWHERE)

    assert done.returncode != 0
    assert "click" not in installed(tmp_path)
    assert not (tmp_path / "migration-bot/venv/lock").exists()


@pytest.mark.slow
def test_it_is_fetched_again_where_an_index_answers(
    action: Path, kept: Path, tmp_path: Path
) -> None:
    (wheel,) = with_kept(kept, tmp_path).glob("click-*.whl")
    before = wheel.read_bytes()
    wheel.write_bytes(before + b"more")

    done = run(tmp_path, action)

    assert done.returncode == 0, done.stderr
    assert wheel.read_bytes() == before
    assert installed(tmp_path) == set(LOCKED)


@pytest.mark.slow
def test_what_is_there_already_is_not_installed_again(action: Path, tmp_path: Path) -> None:
    (tmp_path / "migration-bot/venv").mkdir(parents=True)
    (tmp_path / "migration-bot/venv/lock").touch()
    assert run(tmp_path, action, **NOWHERE).returncode == 0
    assert installed(tmp_path) == set()
