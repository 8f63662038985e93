"""`check` of one new migration, cold; and the judging of a whole history in one process."""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path

from benchmarks.histories import FOLDER, make_history, write_history
from benchmarks.results import Line, Result
from benchmarks.showing import show
from benchmarks.timing import Sample, Work, in_turns, rounds_of, stopwatch
from bot.cli import collect_rarely
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import Migration
from bot.judge.judge import judge
from bot.rules import RULES
from bot.sql.parse import parse

ROOT = Path(__file__).parents[1]
SECONDS = 60
FULL = {"rounds": 11, "folders": 1500}
QUICK = {"rounds": 1, "folders": 20}
SIZES = (10, 200, 800)
GIT = ["git", "-c", "user.name=Author", "-c", "user.email=author@example.org"]
NOTHING = "python -c pass"
PARSER = "python, and the parser's library"
PACKAGE = "python, and `import postgast` as a whole"
PEAK = "the most memory of a check"
PARSERS = "the C parser alone, every file"
FLOORS = {
    NOTHING: ["-c", "pass"],
    PARSER: ["-c", "from bot.sql.native import raw_statements as r; r(b'SELECT 1', most=9999)"],
    PACKAGE: ["-c", "import postgast"],
}
CHECK = ["-m", "bot", "check", "--no-rehearsal", "--format", "json"]


def environment() -> Mapping[str, str]:
    """As a user has it: compiled modules are kept, and no runner or token is in sight."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT)}


def repository(place: Path, folders: int) -> Path:
    """A git repository with all migrations but the newest on main, and a branch that adds it."""
    place.mkdir()
    *merged, new = make_history(folders + 1)
    _git(place, "init", "--quiet", "--initial-branch=main")
    for migrations, branch in ((merged, "main"), ([new], "work")):
        if branch != "main":
            _git(place, "checkout", "--quiet", "-b", branch)
        write_history(migrations, place)
        _git(place, "add", "--all")
        _git(place, "commit", "--quiet", "--message", f"{len(migrations)} migrations")
    return place


def _git(place: Path, *arguments: str) -> None:
    subprocess.run([*GIT, *arguments], cwd=place, check=True)


def process(arguments: Sequence[str], place: Path) -> float:
    """The seconds of a whole process, which must find nothing wrong with the way it was called."""
    with stopwatch() as elapsed:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=place, env=environment(), capture_output=True
        )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    return elapsed()


def run(rounds: int, folders: int) -> list[Result]:
    return [cold(rounds), whole(folders, max(3, rounds // 3))]


def cold(rounds: int) -> Result:
    with tempfile.TemporaryDirectory() as directory:
        places = {size: repository(Path(directory, str(size)), size) for size in SIZES}
        work: dict[str, Work] = {
            name: partial(process, arguments, places[SIZES[0]])
            for name, arguments in FLOORS.items()
        }
        work |= {_name(size): partial(process, CHECK, places[size]) for size in SIZES}
        measured = in_turns(work, rounds=rounds, seconds=SECONDS)
    goals = {_name(SIZES[-1]): "≤ 0.4 s"}
    lines = [_line(name, measured, PARSER, goals.get(name, "")) for name in measured]
    peak = Line(PEAK, Sample((peak_of_children(),)), goal="≤ 150 MB", unit="MB")
    return Result(
        f"check of one new migration without a rehearsal, cold process, {rounds_of(measured)}",
        (*lines, peak),
    )


def peak_of_children() -> float:
    """The most megabytes that any process started here had in use, which is the largest check."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _name(size: int) -> str:
    return f"check, on a history of {size}"


def _line(name: str, measured: Mapping[str, Sample], floor: str, goal: str) -> Line:
    return Line(name, measured[name], None if name in FLOORS else measured[floor], goal)


def whole(folders: int, rounds: int) -> Result:
    """Every file parsed and judged, as `check --all` does, without reading the disk."""
    collect_rarely()
    migrations = make_history(folders)
    scripts = [parse(each.sql) for each in migrations]
    statements = sum(len(each.statements) for each in scripts)
    measured = in_turns(
        {
            PARSERS: partial(_parse_in_c, [each.sql.encode() for each in migrations]),
            "parsed into statements": partial(_parse, migrations),
            "parsed and judged": partial(_judge, migrations),
        },
        rounds=rounds,
    )
    floor = measured[PARSERS]
    lines = [
        Line(name, sample, None if name == PARSERS else floor, "≤ 1.5 s" * name.endswith("judged"))
        for name, sample in measured.items()
    ]
    return Result(f"{folders:,} files with {statements:,} statements, one process", tuple(lines))


def _parse_in_c(texts: Sequence[bytes]) -> float:
    lib = import_module("postgast.native").lib
    with stopwatch() as elapsed:
        for each in texts:
            lib.pg_query_free_parse_result(lib.pg_query_parse(each))
    return elapsed()


def _parse(migrations: Sequence[Migration]) -> float:
    with stopwatch() as elapsed:
        for each in migrations:
            parse(each.sql)
    return elapsed()


def _judge(migrations: Sequence[Migration]) -> float:
    change = Change(History(FOLDER, tuple(migrations), provider="postgresql"), datetime.now(UTC))
    with stopwatch() as elapsed:
        review = judge(change, RULES)
    assert len(review.migrations) == len(migrations)
    return elapsed()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--folders", type=int, default=1500, help="for the whole history")
    chosen = parser.parse_args()
    show(run(chosen.rounds, chosen.folders))
