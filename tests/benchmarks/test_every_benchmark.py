"""Every benchmark runs, at a size at which it says nothing, and its lines are printed and kept."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES, main, module
from benchmarks.record import Record

ROOT = Path(__file__).parents[2]
# They install other tools and the bot itself, or replay a whole history several times.
LONGER = ("backup", "linters", "rehearse", "start")
EACH = [pytest.param(each, marks=[pytest.mark.soak] * (each in LONGER)) for each in NAMES]


def test_none_is_left_out() -> None:
    there = {each.stem.removeprefix("bench_") for each in ROOT.glob("benchmarks/bench_*.py")}
    assert set(NAMES) == there


def test_each_has_a_size_for_this_test_that_is_not_its_own() -> None:
    for name in NAMES:
        found = module(name)
        assert found.QUICK.keys() == found.FULL.keys()
        assert found.QUICK != found.FULL


def test_all_of_them_together_take_no_longer_than_somebody_waits() -> None:
    """What is got ready before the rounds, and the two without rounds, take the other minutes."""
    timed = {name: getattr(module(name), "SECONDS", 0) for name in NAMES}
    assert {name for name, seconds in timed.items() if not seconds} == {"estimates", "memory"}
    assert sum(timed.values()) <= 16 * 60


def test_what_is_measured_only_to_see_that_it_works_is_not_for_the_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--quick"])
    assert "--into FILE" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", EACH)
def test_it_runs_and_its_lines_are_printed_and_kept(name: str, tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    options = ["--quick", "--only", name, "--into", str(record)]
    command = [sys.executable, "-m", "benchmarks", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    kept = Record.read(record).found[name]
    assert kept.results
    for result in kept.results:
        assert result.lines
        assert len(result.goals) == len([each for each in result.lines if each.met is not None])
        assert " ".join(result.title.split()[:3]) in done.stdout


def test_one_that_fails_is_told_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def measure(name: str, _: argparse.Namespace) -> bool:
        asked.append(name)
        return name != "apply"

    arguments = ["--only", "apply", "check", "--into", str(tmp_path / "record.json")]
    assert main(arguments, measure=measure) == 1

    said = capsys.readouterr().err
    assert asked == ["apply", "check"]
    assert "apply was not measured" in said
    assert "check" not in said
