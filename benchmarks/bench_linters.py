"""The judging of a whole history beside other linters: squawk and sqlfluff, in the same rounds.

They read every file by itself and have no history; what they say is not compared, only how long it
takes and how much memory is in use at the most.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.bench_check import environment
from benchmarks.histories import make_history, write_history
from benchmarks.results import Line, Result
from benchmarks.rivals import Rival, rivals
from benchmarks.showing import show
from benchmarks.timing import Sample, in_turns, rounds_of, stopwatch

OURS = "migration-bot check --all"
SQUAWK = "squawk"
FEW = 40
SECONDS = 80
FULL = {"rounds": 5, "folders": 1500}
QUICK = {"rounds": 1, "folders": 5}


@dataclass
class Process:
    """A command line over a folder; remembers the most memory that any run of it used."""

    arguments: Sequence[str | Path]
    place: Path
    peaks: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        with stopwatch() as elapsed:
            running = subprocess.Popen(
                self.arguments,
                cwd=self.place,
                env=environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode not in (0, 1):
            raise SystemExit(f"{self.arguments[0]} ended with {running.returncode}")
        self.peaks.append(usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024))
        return elapsed()


def history(place: Path, folders: int) -> Sequence[Path]:
    """The scripts of a history written below `place`."""
    write_history(make_history(folders), place)
    return sorted(place.rglob("migration.sql"))


def ours(place: Path) -> Process:
    arguments = ["-m", "bot", "check", "--all", "--format", "json"]
    return Process([sys.executable, *arguments], place)


def theirs(rival: Rival, scripts: Sequence[Path], place: Path) -> Process:
    assert rival.program is not None
    options = {
        "squawk": ["--reporter", "Json"],
        "sqlfluff": ["lint", "--dialect", "postgres", "--processes", "1", "--format", "none"],
    }[rival.name]
    return Process([rival.program, *options, *scripts], place)


def compare(title: str, folders: int, chosen: Sequence[Rival], rounds: int) -> Result:
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        scripts = history(place, folders)
        work = {f"{each.name} {each.version}": theirs(each, scripts, place) for each in chosen}
        work[OURS] = ours(place)
        measured = in_turns(dict(work), rounds=rounds, seconds=SECONDS / 2)
    floor = measured[next(iter(work))]
    peaks = ", ".join(f"{name} {max(each.peaks):.0f} MB" for name, each in work.items())
    lines = tuple(_line(each, measured, floor) for each in measured)
    note = f"The most memory in use: {peaks}."
    return Result(f"{title}: {folders:,} files, {rounds_of(measured)}", lines, (note,))


def _line(name: str, measured: dict[str, Sample], floor: Sample) -> Line:
    return Line(name, measured[name], None if measured[name] is floor else floor)


def run(folders: int, rounds: int) -> list[Result]:
    found = rivals()
    there = [each for each in found if each.program]
    quick = [each for each in there if each.name == SQUAWK]
    results = [compare("a whole history, from a cold start", folders, quick, rounds)]
    if there != quick:
        few = min(folders, FEW)
        about = "its beginning, which slower ones can read too"
        results.append(compare(about, few, there, min(rounds, 3)))
    missing = tuple(
        f"NOT COMPARED with {each.name} {each.version}: {each.missing}"
        for each in found
        if each.program is None
    )
    return [replace(results[0], notes=results[0].notes + missing), *results[1:]]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folders", type=int, default=1500)
    given = parser.parse_args()
    show(run(given.folders, given.rounds))
