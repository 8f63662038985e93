"""The page on performance is made from what was measured, and hides nothing that was missed."""

from pathlib import Path

from benchmarks.record import Measured, Record
from benchmarks.results import Line, Result
from benchmarks.timing import Sample
from docs.making.performance import BEGIN, END, measured, performance_page

FLOOR = Sample((1.0,))
RESULT = Result(
    "a | title <b>",
    (
        Line("bare", FLOOR),
        Line("good", Sample((1.5,)), FLOOR, "≤ 2 ×"),
        Line("bad", Sample((2.5,)), FLOOR, "≤ 2 ×"),
    ),
    ("NOT COMPARED with theirs: it is not there",),
)


def record(**found: Measured) -> Record:
    return Record(Path("nowhere"), found)


def test_without_a_measurement_it_says_so_and_how_to_make_one() -> None:
    assert "Not measured yet" in measured(record())
    assert "`make bench`" in measured(record())


def test_each_goal_is_told_to_be_met_or_missed() -> None:
    text = measured(record(apply=Measured((RESULT,), "2026-11-23", "abc", "a machine", 1.0)))

    assert "Measured on 2026-11-23, of commit `abc`: a machine." in text
    assert "| 1.50 × (1.50 to 1.50) | ≤ 2 × | met |" in text
    assert "| 2.50 × (2.50 to 2.50) | ≤ 2 × | **missed** |" in text
    assert "NOT COMPARED with theirs" in text
    assert "### A \\| title &lt;b>" in text
    assert "**Not measured:** rehearse, check" in text


def test_only_what_is_between_the_marks_is_made(tmp_path: Path) -> None:
    page = tmp_path / "explanation" / "performance.md"
    page.parent.mkdir()
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")

    text = performance_page(tmp_path)

    assert text.startswith(f"before\n{BEGIN}\n\nNot measured yet")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    page.write_text(text, "utf-8")
    assert performance_page(tmp_path) == text
