"""This bot, put where a run will look for it: into a repository, and onto a runner."""

import atexit
import compileall
import py_compile
import shutil
import sysconfig
import tempfile
import venv
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from tests.harness.stand_ins import git
from tests.harness.world import ActionCall, StandIn

ROOT = Path(__file__).parents[2]


def ship(folder: Path) -> None:
    """Copy the action, its workflows and the bot into a repository, as this checkout has them."""
    for name in "action.yml", "requirements.txt":
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / ".github/workflows", folder / ".github/workflows")
    shutil.copytree(ROOT / "bot", folder / "bot", ignore=shutil.ignore_patterns("__pycache__"))


@cache
def _bytecode() -> Path:
    """What Python makes of the bot, known by what is in its files: a copy with other times takes it
    too, and one with another text makes its own."""
    folder = Path(tempfile.mkdtemp(prefix="bytecode-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copied = shutil.ignore_patterns("__pycache__")
    made = Path(shutil.copytree(ROOT / "bot", folder / "bot", ignore=copied))
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    assert compileall.compile_dir(made, quiet=1, invalidation_mode=mode)
    return made


def warmed(checkout: StandIn) -> StandIn:
    """A checkout that saves the job from compiling a bot which every other job has compiled."""

    def check_out(call: ActionCall) -> Mapping[str, str]:
        outputs = checkout(call)
        bot = call.workspace / call.inputs.get("path", ".") / "bot"
        for each in _bytecode().rglob("__pycache__"):
            place = bot / each.relative_to(_bytecode())
            if place.parent.is_dir() and not place.exists():
                place.symlink_to(each)
        return outputs

    return check_out


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
