"""python -m benchmarks: every benchmark after the other, each in a process of its own.

What has been measured of this code, on this machine, is not measured again, so an interrupted run
goes on where it stopped. The record is docs/performance.json; `make docs` makes the page from it.

Each says in SECONDS how long its rounds may take, where that is not known beforehand: on a slower
machine there are fewer of them, and all together end within twenty minutes or little more.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.record import ROOT, Measured, Record, commit, machine
from benchmarks.results import Result
from benchmarks.showing import show, show_goals
from benchmarks.timing import stopwatch

RECORD = ROOT / "docs" / "performance.json"
Measure = Callable[[str, argparse.Namespace], bool]
# In the order of the table of goals.
NAMES = (
    "apply", "rehearse", "check", "start", "backup", "drift", "fleet", "linters", "estimates",
    "memory",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None, *, measure: Measure | None = None) -> int:
    """`measure` does one benchmark and says whether that went well."""
    measure = measure or _in_a_process
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.quick and given.into == RECORD:
        parser.error("--quick measures nothing that belongs on the page: say --into FILE besides")
    if given.one:
        return _measure(given.one, given.into, quick=given.quick)
    record = Record.read(given.into)
    failed = []
    for name in given.only or NAMES:
        if not given.again and record.has(name, commit(), machine()):
            sys.stdout.write(f"{name}: measured already; --again measures it anew\n")
        elif not measure(name, given):
            failed.append(name)
    record = Record.read(given.into)
    there = [record.found[name] for name in NAMES if name in record.found]
    show_goals(each for measured in there for each in measured.results)
    for name in failed:
        sys.stderr.write(f"error: {name} was not measured: see above\n")
    return 1 if failed else 0


def module(name: str) -> Any:
    """With `run`, and what it is called with: FULL, or QUICK to see that it works at all."""
    return import_module(f"benchmarks.bench_{name}")


def _in_a_process(name: str, given: argparse.Namespace) -> bool:
    quick = ["--quick"] if given.quick else []
    command = [sys.executable, "-m", "benchmarks", "--one", name, "--into", str(given.into), *quick]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def _measure(name: str, into: Path, *, quick: bool) -> int:
    bench = module(name)
    run: Callable[..., list[Result]] = bench.run
    with stopwatch() as elapsed:
        results = run(**(bench.QUICK if quick else bench.FULL))
    show(results)
    day = datetime.now(UTC).date().isoformat()
    measured = Measured(tuple(results), day, commit(), machine(), elapsed())
    Record.read(into).add(name, measured)
    sys.stdout.write(f"{name}: {elapsed():.0f} s in all\n\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--again", action="store_true", help="also what was measured already")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: whether it works at all")
    parser.add_argument("--into", type=Path, default=RECORD, help="the record")
    parser.add_argument("--one", choices=NAMES, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
