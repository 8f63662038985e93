"""A rewrite that fits in place, as an edit of the file: which characters go, and which come."""

import re
from dataclasses import dataclass

from bot.core.findings.finding import Finding
from bot.core.findings.review import JudgedMigration
from bot.core.migrations.statement import Position, Statement
from bot.report.escape import visible
from bot.report.terminal.source import lines_of

_SEMICOLON = re.compile(r"[ \t\r\n]*;")


@dataclass(frozen=True)
class Replacement:
    """The characters from `start` up to, not including, `end` give way to `text`.

    `before` and `after` are what stands beside them on their first and on their last line.
    """

    start: Position
    end: Position
    text: str
    before: str
    after: str


def replacement_of(finding: Finding, judged: JudgedMigration) -> Replacement | None:
    """None if there is nothing to offer: no rewrite, none that fits in place, or none that a
    reader could see whole."""
    text = finding.rewrite.in_place if finding.rewrite else None
    statement = statement_of(finding, judged)
    if text is None or statement is None or finding.allowed is not None or not _seen(text):
        return None
    sql = judged.migration.sql
    newline = "\r\n" if "\r\n" in sql else "\n"
    edit = _edit(lines_of(sql), statement, visible(text).replace("\n", newline))
    return edit if text else _with_semicolon(sql, edit)


def statement_of(finding: Finding, judged: JudgedMigration) -> Statement | None:
    index = finding.statement
    if index is None or not 0 <= index < len(judged.statements):
        return None
    return judged.statements[index].statement


def _seen(text: str) -> bool:
    return visible(text) == text.replace("\r\n", "\n")


def _edit(lines: tuple[str, ...], statement: Statement, text: str) -> Replacement:
    start, end = statement.start, Position(statement.end.line, statement.end.column + 1)
    return Replacement(
        start,
        end,
        text,
        before=lines[start.line - 1][: start.column - 1],
        after=lines[end.line - 1][end.column - 1 :],
    )


def _with_semicolon(sql: str, edit: Replacement) -> Replacement:
    """A statement that goes takes its semicolon along, which is an empty statement otherwise."""
    lines = lines_of(sql)
    at = sum(len(each) + 1 for each in lines[: edit.end.line - 1]) + edit.end.column - 1
    found = _SEMICOLON.match(sql, at)
    if found is None:
        return edit
    gone = sql[: found.end()]
    end = Position(gone.count("\n") + 1, len(gone) - gone.rfind("\n"))
    return Replacement(
        edit.start, end, edit.text, edit.before, lines[end.line - 1][end.column - 1 :]
    )
