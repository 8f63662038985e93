"""Workflow commands: one line each, ten of a kind, the rest counted."""

from dataclasses import replace

from bot.core.findings.finding import Severity
from bot.report.faces.annotations import annotations
from tests.report.samples import BLOCKING_INDEX, HOSTILE, REWRITE


def test_an_annotation_names_its_place_and_rule() -> None:
    (line,) = annotations([replace(REWRITE, why="", fix="")]).splitlines()
    assert line == (
        "::warning file=prisma/migrations/20261120110000_widen_order_total/migration.sql,line=1,"
        "endLine=1,col=1,title=column-type-rewrite::Changing the type of public.orders.total "
        "copies the whole table."
    )


def test_a_range_of_lines_has_no_column() -> None:
    assert ",col=" not in annotations([replace(REWRITE, end_line=4)])


def test_why_and_fix_are_paragraphs_of_the_message() -> None:
    assert annotations([BLOCKING_INDEX]).count("%0A%0A") == 2


def test_hostile_text_cannot_start_a_command_of_its_own() -> None:
    bad = replace(
        REWRITE, path=f"a,line=1::x\n{HOSTILE}", message=f"x\r\n::error::forged\n{HOSTILE}"
    )
    lines = annotations([bad]).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("::warning file=a%2Cline=1%3A%3Ax ")


def test_ten_of_each_severity_are_shown_and_the_rest_is_counted() -> None:
    errors = [replace(BLOCKING_INDEX, line=number) for number in range(1, 13)]
    notices = [replace(REWRITE, severity=Severity.NOTICE)] * 11
    lines = annotations([*notices, *errors]).splitlines()
    assert [line[:7] for line in lines[:-1]] == ["::error"] * 10 + ["::notic"] * 10
    assert lines[-1] == "3 more findings not annotated here; the report lists all."


def test_allowed_findings_are_not_annotated() -> None:
    assert annotations([BLOCKING_INDEX.allow("the table is empty")]) == ""
