"""Places of a file in SARIF's terms: addresses, regions, what a place is known by, and edits."""

from typing import Any
from urllib.parse import quote

from bot.core.findings.finding import Finding
from bot.core.findings.review import JudgedMigration
from bot.core.migrations.statement import Position
from bot.report.faces.replacement import replacement_of, statement_of
from bot.report.formats.line_hash import line_hashes
from bot.report.terminal.source import lines_of

ROOT = "%SRCROOT%"

Json = dict[str, Any]


def location_of(finding: Finding, judged: JudgedMigration | None) -> Json:
    start = Position(finding.line, finding.column)
    end = _end(finding, judged) if judged else start
    region = _region(judged.migration.sql if judged else "", start, end)
    return {"physicalLocation": {"artifactLocation": _artifact(finding.path), "region": region}}


def fingerprints_of(finding: Finding, judged: JudgedMigration | None) -> dict[str, str]:
    """Our own, which outlives a change of the line, and the one that code scanning goes by.

    Of a file that was not judged GitHub's upload computes the latter; a folder has no lines.
    """
    found = {"migrationBotFinding/v1": finding.fingerprint}
    if judged:
        hashes = line_hashes(judged.migration.sql)
        found["primaryLocationLineHash"] = hashes[min(finding.line, len(hashes)) - 1]
    elif "." not in finding.path.rpartition("/")[2]:
        found["primaryLocationLineHash"] = f"{finding.fingerprint}:1"
    return found


def fixes_of(finding: Finding, judged: JudgedMigration) -> list[Json]:
    """The rewrite as an edit of the file, if it is one."""
    edit = replacement_of(finding, judged)
    if edit is None:
        return []
    replacement = {
        "deletedRegion": _region(judged.migration.sql, edit.start, edit.end),
        "insertedContent": {"text": edit.text},
    }
    said = "Write this instead." if edit.text else "Leave the statement out."
    change = {"artifactLocation": _artifact(finding.path), "replacements": [replacement]}
    return [{"description": {"text": said}, "artifactChanges": [change]}]


def _artifact(path: str) -> Json:
    """A relative reference; a name that no text can hold keeps its bytes."""
    address = quote(path.encode("utf-8", "surrogatepass"))
    return {"uri": address, "uriBaseId": ROOT}


def _end(finding: Finding, judged: JudgedMigration) -> Position:
    """Behind the part of a statement, or the statement, that begins here, or behind the one
    character that is pointed at."""
    if finding.part:
        return Position(finding.part.end.line, finding.part.end.column + 1)
    statement = statement_of(finding, judged)
    if statement and statement.start == Position(finding.line, finding.column):
        return Position(statement.end.line, statement.end.column + 1)
    return Position(finding.line, finding.column + 1)


def _region(sql: str, start: Position, end: Position) -> Json:
    """`end` is behind the last character, as in SARIF."""
    lines = lines_of(sql)
    return {
        "startLine": start.line,
        "startColumn": _column(lines, start),
        "endLine": end.line,
        "endColumn": _column(lines, end),
    }


def _column(lines: tuple[str, ...], place: Position) -> int:
    """In UTF-16 units, which editors count in; never behind the end of the line."""
    if place.line > len(lines):
        return 1
    before = lines[place.line - 1].rstrip("\r")[: place.column - 1]
    return len(before.encode("utf-16-le", "surrogatepass")) // 2 + 1
