"""The bot at a command line: `python -m bot …` as a process, in a clean environment."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_SECONDS = 120
_NO_GIT_CONFIGURATION = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "ada@example.com" for who in ("AUTHOR", "COMMITTER")},
}


@dataclass(frozen=True)
class Done:
    """How a command line ended: its exit code, and what it wrote on each stream."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def environment(**more: str) -> dict[str, str]:
    """What a process needs of this machine, and nothing else of it."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": os.devnull, **more}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", *arguments]


def bot(*arguments: str, cwd: Path, environ: Mapping[str, str] | None = None) -> Done:
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(**(environ or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def git(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env={"PATH": os.environ.get("PATH", os.defpath), **_NO_GIT_CONFIGURATION},
        check=True,
        capture_output=True,
    )
    return done.stdout.decode("utf-8").strip()


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
