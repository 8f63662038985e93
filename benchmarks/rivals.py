"""Other linters, installed by the benchmark itself into an environment that it keeps.

They are no requirements of the project: a machine that cannot install them does without.
"""

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PINNED = {"squawk": "squawk-cli==2.70.0", "sqlfluff": "sqlfluff==4.5.0"}
_PATIENCE = 180


@dataclass(frozen=True)
class Rival:
    """A program with its version, or why it is not there."""

    name: str
    version: str
    program: Path | None
    missing: str = ""


def rivals() -> Sequence[Rival]:
    """Each of them, installed if that is possible."""
    return [_installed(name, requirement) for name, requirement in PINNED.items()]


def cache() -> Path:
    """Where environments outlive a run; nothing of it is inside the checkout."""
    given = os.environ.get("XDG_CACHE_HOME")
    return Path(given or Path.home() / ".cache") / "migration-bot" / "benchmarks"


def _installed(name: str, requirement: str) -> Rival:
    version = requirement.partition("==")[2]
    place = cache() / f"{name}-{version}"
    program = place / ("Scripts" if sys.platform == "win32" else "bin") / name
    if not program.exists():
        missing = _install(place, requirement)
        if missing or not program.exists():
            return Rival(name, version, None, missing or f"{requirement} brings no {name}")
    return Rival(name, version, program)


def _install(place: Path, requirement: str) -> str:
    """Install from a wheel; "" if that went well, or why it did not."""
    try:
        venv.create(place, with_pip=True, clear=True)
        python = place / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        arguments = ["install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
        done = subprocess.run(
            [python, "-m", "pip", *arguments, requirement],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    said = (done.stderr or done.stdout).strip().splitlines()
    return (
        "" if done.returncode == 0 else (said[-1] if said else f"pip ended with {done.returncode}")
    )
