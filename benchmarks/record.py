"""What was measured, kept in a file: where, when, of what, and each benchmark's results."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.results import Result, from_json, to_json

ROOT = Path(__file__).parents[1]
# The record itself lies elsewhere: writing it changes nothing of what is measured.
_MEASURED = ("bot", "benchmarks", "requirements.txt", "action.yml")


@dataclass(frozen=True)
class Measured:
    """One benchmark's results, and how they came about."""

    results: tuple[Result, ...]
    day: str
    commit: str
    machine: str
    seconds: float


@dataclass
class Record:
    """The file; every benchmark is written into it as soon as it has ended."""

    path: Path
    found: dict[str, Measured] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Record":
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return cls(path, {name: _measured(each) for name, each in kept.items()})

    def has(self, name: str, commit: str, machine: str) -> bool:
        """Whether it was measured of this very commit, on this machine."""
        there = self.found.get(name)
        same = there is not None and (there.commit, there.machine) == (commit, machine)
        return same and bool(commit) and not commit.endswith("-dirty")

    def add(self, name: str, measured: Measured) -> None:
        self.found[name] = measured
        kept = {each: _kept(what) for each, what in self.found.items()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        half = self.path.with_suffix(".half")
        half.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
        half.replace(self.path)


def commit() -> str:
    """The last that changed what is measured; `-dirty` where that is not as in any, "" if git does
    not say."""
    try:
        head = _git("log", "-1", "--format=%h", "--abbrev=12", "--", *_MEASURED)
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", *_MEASURED)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head}-dirty" if changed else head


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def machine() -> str:
    """Processor, cores, system and Python: what a number depends on, and nothing that names it."""
    system = platform.freedesktop_os_release() if platform.system() == "Linux" else {}
    name = system.get("PRETTY_NAME", f"{platform.system()} {platform.release()}")
    return f"{_processor()}, {os.cpu_count()} cores, {name}, Python {platform.python_version()}"


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    lines: Sequence[str] = cpus.read_text("utf-8").splitlines() if cpus.exists() else ()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _kept(measured: Measured) -> dict[str, Any]:
    return {
        "day": measured.day,
        "commit": measured.commit,
        "machine": measured.machine,
        "seconds": round(measured.seconds, 1),
        "results": [to_json(each) for each in measured.results],
    }


def _measured(kept: Mapping[str, Any]) -> Measured:
    results = tuple(from_json(each) for each in kept["results"])
    return Measured(results, kept["day"], kept["commit"], kept["machine"], kept["seconds"])
