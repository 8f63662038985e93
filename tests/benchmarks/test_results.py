"""Lines with their goals, and results printed, kept and read again."""

import pytest

from benchmarks.results import Line, Result, from_json, to_json
from benchmarks.showing import show, show_goals
from benchmarks.timing import Sample

FLOOR = Sample((1.0, 1.0))
RESULT = Result(
    "a title",
    (Line("bare", FLOOR), Line("ours", Sample((1.5, 1.7)), FLOOR, "≤ 2 ×")),
    ("NOT COMPARED with theirs: it is not there",),
)


@pytest.mark.parametrize(
    ("line", "met"),
    [
        (Line("", Sample((1.5, 1.5)), FLOOR, "≤ 1.5 ×"), True),
        (Line("", Sample((1.6, 1.6)), FLOOR, "≤ 1.5 ×"), False),
        (Line("", Sample((0.5, 0.6)), FLOOR, "0.7 to 2 ×"), False),
        (Line("", Sample((0.4,)), None, "≤ 0.4 s"), True),
        (Line("", Sample((0.41,)), None, "≤ 0.4 s"), False),
        (Line("", Sample((151.0,)), None, "≤ 150 MB", "MB"), False),
        (Line("", Sample((1.0,))), None),
    ],
)
def test_a_goal_is_met_or_missed(line: Line, met: bool | None) -> None:
    assert line.met is met


@pytest.mark.parametrize("goal", ["fast", "≤ 150 MB", "≤ 2 ×"])
def test_a_goal_that_cannot_be_asked_is_a_mistake(goal: str) -> None:
    with pytest.raises(AssertionError):
        assert Line("ours", Sample((1.0,)), goal=goal).met


def test_a_table_names_the_work_its_floor_its_goal_and_what_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show([RESULT])

    said = capsys.readouterr().out
    for words in ("a title", "the floor", "1.60 × (1.50 to 1.70)", "≤ 2 ×", "NOT COMPARED", "load"):
        assert words in said


def test_what_nothing_is_measured_against_is_no_floor(capsys: pytest.CaptureFixture[str]) -> None:
    show([Result("sizes", (Line("ours", Sample((1.0,)), unit="MB"),))])
    assert "the floor" not in capsys.readouterr().out


def test_a_goal_that_is_missed_is_not_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    missed = Result("another", (Line("slow", Sample((3.0, 3.0)), FLOOR, "≤ 2 ×"),))

    show_goals([RESULT, missed])

    said = capsys.readouterr().out
    assert "ours" in said
    assert "bare" not in said
    assert said.count("yes") == said.count("NO") == 1


def test_what_is_kept_is_read_as_it_was() -> None:
    assert from_json(to_json(RESULT)) == RESULT
