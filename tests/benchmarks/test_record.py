"""What was measured is kept after each benchmark, and not measured again without need."""

from pathlib import Path

from benchmarks.record import Measured, Record, commit, machine
from benchmarks.results import Line, Result
from benchmarks.timing import Sample

HERE = "a machine"
RESULT = Result("a title", (Line("bare", Sample((1.0,))),))


def measured(of: str) -> Measured:
    return Measured((RESULT,), "2026-11-23", of, HERE, 12.3)


def test_what_was_added_is_there_for_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    Record.read(path).add("apply", measured("abc"))
    Record.read(path).add("check", measured("abc"))

    found = Record.read(path).found

    assert found == {"apply": measured("abc"), "check": measured("abc")}
    assert [each.name for each in tmp_path.iterdir()] == ["record.json"]


def test_only_the_same_commit_on_the_same_machine_is_not_measured_again(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.json")
    record.add("apply", measured("abc"))
    record.add("check", measured("abc-dirty"))
    record.add("fleet", measured(""))

    assert record.has("apply", "abc", HERE)
    assert not record.has("apply", "def", HERE)
    assert not record.has("apply", "abc", "another machine")
    assert not record.has("check", "abc-dirty", HERE)
    assert not record.has("fleet", "", HERE)
    assert not record.has("drift", "abc", HERE)


def test_the_machine_is_described_and_not_named() -> None:
    assert "cores" in machine()
    assert "Python 3." in machine()
    assert "\n" not in machine()


def test_the_commit_is_short() -> None:
    assert len(commit().removesuffix("-dirty")) in (0, 12)
