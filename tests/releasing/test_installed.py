"""The wheel, installed as a user installs it, away from the checkout, and its entry points run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __version__
from releasing.packages import Packages

ROOT = Path(__file__).parents[2]
PATIENCE = 300
# Besides the one that runs the tests.
PYTHONS = [each for each in ("3.11", "3.12", "3.13", "3.14") if each != sys.version[:4]]
OLDER = ("3.11", "3.12", "3.13")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin")
UV = Path(sys.executable).with_name("uv")


def ask(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=PATIENCE
    )


def installed(packages: Packages, place: Path, python: str | Path) -> Path:
    """A new environment with the wheel, and besides it what the lock file names and no more.

    Skips the test, loudly, where no package index can be reached; in CI that is a failure.
    """
    environment = place / "environment"
    bare = ask(python, "-I", "-m", "venv", "--without-pip", environment, cwd=place)
    assert bare.returncode == 0, bare.stderr
    there = ("--quiet", "--no-deps", "--system-certs", "--python", environment / "bin/python")
    locked = ("--require-hashes", "--requirement", ROOT / "requirements.txt")
    done = ask(UV, "pip", "install", *there, *locked, cwd=place)
    if done.returncode and "CI" not in os.environ:
        pytest.skip(f"THE PACKAGES WERE NOT INSTALLED: uv could not: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    pip = (sys.executable, "-I", "-m", "pip", "--python", environment / "bin/python", "install")
    quietly = ("--quiet", "--disable-pip-version-check", "--no-deps")
    done = ask(*pip, *quietly, packages.wheel, cwd=place)
    assert done.returncode == 0, done.stderr
    return environment / "bin"


@pytest.fixture(scope="module")
def programs(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(packages, tmp_path_factory.mktemp("installed"), sys.executable)


@pytest.mark.slow
def test_both_entry_points_are_the_same_command(programs: Path, tmp_path: Path) -> None:
    for command in ([programs / "migration-bot"], [programs / "python", "-m", "bot"]):
        told = ask(*command, "--version", cwd=tmp_path)
        assert told.stdout == f"migration-bot, version {__version__}\n", told.stderr
        assert "rollback" in ask(*command, "--help", cwd=tmp_path).stdout


@pytest.mark.slow
def test_what_is_run_is_what_was_installed(programs: Path, tmp_path: Path) -> None:
    where = "import bot; print(bot.__file__)"
    told = ask(programs / "python", "-c", where, cwd=tmp_path).stdout
    assert Path(told.strip()).is_relative_to(programs.parent)


@pytest.mark.slow
def test_it_needs_nothing_that_it_does_not_name(programs: Path, tmp_path: Path) -> None:
    done = ask(UV, "pip", "check", "--python", programs / "python", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_it_checks_and_rehearses_a_folder(programs: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "prisma", tmp_path / "prisma")
    bot = programs / "migration-bot"

    checked = ask(bot, "check", "--all", "--no-rehearsal", cwd=tmp_path)
    rehearsed = ask(bot, "rehearse", "--all", cwd=tmp_path)

    assert checked.returncode in (0, 1), checked.stderr
    assert "20240529000000_initial_schema" in checked.stdout
    assert rehearsed.returncode in (0, 1), rehearsed.stderr
    assert "PostgreSQL 18" in rehearsed.stdout


@pytest.mark.slow
def test_every_verb_explains_itself(programs: Path, tmp_path: Path) -> None:
    script = (
        "from bot.cli import VERBS, cli\n"
        "for name in VERBS:\n"
        "    try: cli.main([name, '--help'], obj=[])\n"
        "    except SystemExit as end: assert not end.code, name\n"
    )
    told = ask(programs / "python", "-c", script, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("Usage: ") >= 20


@pytest.mark.slow
@pytest.mark.soak
def test_the_demo_brings_its_project_along(programs: Path, tmp_path: Path) -> None:
    done = ask(programs / "migration-bot", "demo", cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr


@pytest.mark.slow
@pytest.mark.soak
def test_its_bill_of_materials_is_what_the_lock_file_names(programs: Path, tmp_path: Path) -> None:
    """By the tools of .ci/requirements-release.txt, in an environment of their own."""
    tools = tmp_path / "tools"
    assert ask(sys.executable, "-m", "venv", "--without-pip", tools, cwd=tmp_path).returncode == 0
    lock = ROOT / ".ci/requirements-release.txt"
    options = ("--quiet", "--system-certs", "--require-hashes", "--python", tools, "--requirement")
    done = ask(UV, "pip", "install", *options, lock, cwd=tmp_path)
    if done.returncode and "CI" not in os.environ:
        pytest.skip(f"NO BILL WAS WRITTEN: uv could not install: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    bills = [tmp_path / "one.json", tmp_path / "two.json"]
    for bill in bills:
        told = ask(tools / "bin/python", ".ci/release", "sbom", programs / "python", bill, cwd=ROOT)
        assert told.returncode == 0, told.stderr
    assert bills[0].read_bytes() == bills[1].read_bytes()
    assert '"CycloneDX"' in bills[0].read_text("utf-8")


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("version", PYTHONS)
def test_it_runs_on_other_pythons_that_are_here(
    packages: Packages, tmp_path: Path, version: str
) -> None:
    python = next(iter(found(version)), None)
    if python is None:
        pytest.skip(f"PYTHON {version} WAS NOT TRIED: there is none here")
    programs = installed(packages, tmp_path, python)
    shutil.copytree(ROOT / "prisma", tmp_path / "prisma")

    told = ask(programs / "migration-bot", "--version", cwd=tmp_path)
    rehearsed = ask(programs / "migration-bot", "rehearse", "--all", cwd=tmp_path)

    assert told.stdout == f"migration-bot, version {__version__}\n", told.stderr
    assert rehearsed.returncode in (0, 1), rehearsed.stderr
    assert "PostgreSQL 18" in rehearsed.stdout


def found(version: str) -> list[str]:
    """Interpreters of that version; a name on the PATH may be a shim of nothing."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))
    names = [shutil.which(f"python{version}") or "", *map(str, kept)]
    probe = f"import venv, sys; sys.exit(not sys.version.startswith('{version}.'))"
    return [
        each for each in names if each and not ask(each, "-c", probe, cwd=Path.cwd()).returncode
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "platform",
    [PLATFORMS[0], *(pytest.param(each, marks=pytest.mark.soak) for each in PLATFORMS[1:])],
)
@pytest.mark.parametrize(
    "version", ["3.14", *(pytest.param(each, marks=pytest.mark.soak) for each in OLDER)]
)
def test_every_locked_package_has_a_wheel(platform: str, version: str) -> None:
    """Where nothing of that kind is at hand: what would be installed is asked of the index."""
    options = ("--no-deps", "--only-binary", ":all:", "--system-certs", "--quiet", "--no-header")
    target = ("--python-version", version, "--python-platform", platform)
    done = ask(UV, "pip", "compile", "requirements-aws.txt", *options, *target, cwd=ROOT)
    if "Failed to fetch" in done.stderr and "CI" not in os.environ:
        pytest.skip(f"WHEELS FOR {platform} WERE NOT LOOKED FOR: no package index answers")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("==") > 20
