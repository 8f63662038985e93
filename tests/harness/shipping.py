"""This bot, put where a run will look for it: into a repository, and onto a runner."""

import shutil
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

from tests.harness.stand_ins import git

ROOT = Path(__file__).parents[2]


def ship(folder: Path) -> None:
    """Copy the action, its workflows and the bot into a repository, as this checkout has them."""
    for name in "action.yml", "requirements.txt":
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / ".github/workflows", folder / ".github/workflows")
    shutil.copytree(ROOT / "bot", folder / "bot", ignore=shutil.ignore_patterns("__pycache__"))


def preinstalled(lock_file: Path) -> Callable[[Path], None]:
    """For `World.before_job`: the environment that an earlier use of the action would have left.

    It holds the packages of this very process. The action recognises it by the hash of its lock
    file, and skips the installation.
    """

    def lay(temporary: Path) -> None:
        folder = temporary / "migration-bot" / "venv"
        venv.create(folder, symlinks=True, with_pip=False)
        (site_packages,) = folder.glob("lib/python*/site-packages")
        packages = sysconfig.get_path("purelib")
        (site_packages / "packages.pth").write_text(f"{packages}\n", encoding="utf-8")
        (folder / git(lock_file.parent, "hash-object", lock_file.name)).touch()

    return lay
