"""The face beside a commit, within GitHub's limits."""

from dataclasses import replace

import pytest

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import Review
from bot.core.findings.rewrite import Piece, Rewrite
from bot.core.github.check_run import Conclusion, Level
from bot.report.faces.check_run import MOST, check_annotations, check_result
from tests.report.samples import BLOCKING_INDEX, GONE, INDEX, judged, report

NOTE = replace(BLOCKING_INDEX, severity=Severity.NOTICE, message="A note.")
WARNING = replace(BLOCKING_INDEX, severity=Severity.WARNING, message="A warning.")


def review(*findings: Finding) -> Review:
    return report(judged(INDEX, *findings)).review


@pytest.mark.parametrize(
    ("findings", "conclusion"),
    [
        ((), Conclusion.SUCCESS),
        ((NOTE,), Conclusion.SUCCESS),
        ((NOTE, WARNING), Conclusion.NEUTRAL),
        ((WARNING, BLOCKING_INDEX), Conclusion.FAILURE),
        ((BLOCKING_INDEX.allow("It is small."),), Conclusion.SUCCESS),
    ],
)
def test_the_verdict_decides_how_it_ends(
    findings: tuple[Finding, ...], conclusion: Conclusion
) -> None:
    assert check_result(review(*findings)).conclusion is conclusion


def test_where_nothing_was_to_be_judged_it_was_skipped() -> None:
    result = check_result(Review("18"))
    assert (result.conclusion, result.title) == (Conclusion.SKIPPED, "No new migrations")


def test_the_title_is_a_line_and_the_summary_the_report() -> None:
    result = check_result(review(BLOCKING_INDEX))
    assert result.title == "1 new migration, risk HIGH, 1 finding to fix before merging"
    assert result.summary.startswith("### 🔴 ")
    assert "index-create-blocking" in result.summary


def test_an_annotation_says_what_where_and_what_to_do() -> None:
    (made,) = check_annotations(review(GONE))
    assert (made.path, made.start_line, made.end_line) == (GONE.path, GONE.line, GONE.end_line)
    assert (made.level, made.title) == (Level.FAILURE, GONE.rule)
    assert made.message.split("\n\n") == [GONE.message, GONE.why, GONE.fix]


def test_the_details_are_the_sql_to_write_instead() -> None:
    pieces = Piece("CREATE INDEX CONCURRENTLY i ON t (a)"), Piece("ANALYZE t")
    (made,) = check_annotations(review(replace(BLOCKING_INDEX, rewrite=Rewrite(pieces))))
    assert made.details == "CREATE INDEX CONCURRENTLY i ON t (a);\nANALYZE t;"


def test_columns_are_given_within_one_line_only() -> None:
    part = replace(BLOCKING_INDEX, line=3, end_line=3, column=5, end_column=9)
    (made,) = check_annotations(review(part))
    assert (made.start_column, made.end_column) == (5, 9)
    (made,) = check_annotations(review(replace(part, end_line=4)))
    assert (made.start_column, made.end_column) == (None, None)


def test_the_gravest_come_first_and_what_was_allowed_does_not_come() -> None:
    found = check_annotations(review(NOTE, WARNING.allow("Fine."), BLOCKING_INDEX, WARNING))
    assert [each.level for each in found] == [Level.FAILURE, Level.WARNING, Level.NOTICE]


def test_more_than_are_annotated_are_counted() -> None:
    many = [replace(NOTE, message=f"Note {n}.") for n in range(MOST + 3)]
    result = check_result(review(*many))
    assert len(result.annotations) == MOST
    assert result.summary.endswith("3 more findings not annotated beside the lines.")


def test_hostile_text_stays_visible_and_within_the_limits() -> None:
    hostile = replace(BLOCKING_INDEX, message="\u202e" + "é" * 100_000, rule="r" * 300)
    result = check_result(review(hostile))
    (made,) = result.annotations
    assert made.message.startswith("⟦U+202E⟧")
    assert len(made.message.encode()) <= 65_536
    assert len(made.title) == 255
    assert len(result.summary.encode()) <= 65_535
