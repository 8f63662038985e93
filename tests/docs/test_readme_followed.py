"""README, followed to the letter on a machine with Python, make and git, and nothing else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.docs.documents import ROOT, shell_lines
from tests.harness.stand_ins import git

README = ROOT / "README.md"
LINES = list(shell_lines(README))
# What `make` and the recipes are made of, besides Python, make and git.
TOOLS = (
    *("python3", "make", "git", "sh", "bash", "sed", "env", "uname"),
    *("cat", "chmod", "cp", "dirname", "ls", "mkdir", "mktemp", "mv", "rm", "touch", "tar"),
)
# What no machine of this kind has.
ABSENT = ("node", "npm", "npx", "prisma", "docker", "psql", "pg_dump", "postgres", "initdb")
# Asked of pip by the machine, and of no page.
PASSED_ON = ("PIP_", "SSL_CERT", "REQUESTS_CA", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_")
MIGRATION = """-- The monthly report lists verifications by country.
ALTER TABLE "Order" ADD COLUMN "country" TEXT;
"""


def test_the_commands_are_those_that_are_expected_in_their_order() -> None:
    """So that a change to README is a change here; how they are followed depends on it."""
    assert [line.split()[0:2] for line in LINES] == [
        ["make", "demo"],
        [".venv/bin/migration-bot", "check"],
        ["git", "clone"],
        ["cd", "migration-bot"],
        ["make", "install"],
        ["export", 'PATH="$PWD/.venv/bin:$PATH"'],
        ["cd", "../your-project"],
        ["migration-bot", "check"],
        ["migration-bot", "init"],
    ]


@pytest.fixture
def machine(tmp_path: Path) -> Mapping[str, str]:
    """Its environment: an empty home, and a PATH of links to the few tools it has."""
    bin_folder, home = tmp_path / "bin", tmp_path / "home"
    bin_folder.mkdir()
    home.mkdir()
    for name in TOOLS:
        found = sys.executable if name == "python3" else shutil.which(name)
        assert found, f"{name} is not on this machine"
        # A virtual environment's Python knows by its name that it is one.
        target = Path(getattr(sys, "_base_executable", found)) if name == "python3" else Path(found)
        (bin_folder / name).symlink_to(target.resolve())
    passed = {key: value for key, value in os.environ.items() if key.startswith(PASSED_ON)}
    return {**passed, "PATH": str(bin_folder), "HOME": str(home), "LANG": "C.UTF-8"}


@pytest.fixture
def github(tmp_path: Path, machine: Mapping[str, str]) -> Path:
    """This checkout where README says that it is cloned from."""
    folder = tmp_path / "github.com" / "OWNER" / "migration-bot"
    folder.mkdir(parents=True)
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=o", "-c", "user.email=o@o.o", "commit", "--quiet", "-m", "All")
    instead = f'[url "{tmp_path}/github.com/"]\n  insteadOf = https://github.com/\n'
    (Path(machine["HOME"]) / ".gitconfig").write_text(instead, "utf-8")
    return folder


def make_project(folder: Path) -> None:
    """Somebody's project, with two migrations."""
    for name, text in {
        "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        "prisma/migrations/20260101000000_init/migration.sql": 'CREATE TABLE "Order" ("id" '
        "SERIAL PRIMARY KEY);\n",
        "prisma/migrations/20260102000000_country/migration.sql": MIGRATION,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=o", "-c", "user.email=o@o.o", "commit", "--quiet", "-m", "One")


def follow(lines: list[str], folder: Path, machine: Mapping[str, str]) -> str:
    """Type them one after the other into one shell, which gives up at the first that fails."""
    script = "set -eu\n" + "".join(f"echo '$ '{line!r}\n{line}\n" for line in lines)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script],
        cwd=folder,
        env=machine,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.soak  # Two installations from the lock file.
def test_every_command_of_the_readme_works(
    tmp_path: Path, machine: Mapping[str, str], github: Path
) -> None:
    for name in ABSENT:
        assert shutil.which(name, path=machine["PATH"]) is None
    make_project(tmp_path / "your-project")

    # In the checkout that README is read in, and then from the clone on.
    first = follow(LINES[:2], github, machine)
    assert "2 migrations applied to production" in first
    told = follow(LINES[2:], tmp_path, machine)
    assert "written      .github/workflows/migration-check.yml" in told
    changed = git(tmp_path / "your-project", "status", "--porcelain").splitlines()
    assert all(each.startswith("?? .github/") for each in changed), changed
    assert git(github, "status", "--porcelain") == ""
