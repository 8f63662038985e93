"""A stranger's report read back as a review: every field checked, and every text where it was."""

from dataclasses import dataclass

from pydantic import ValidationError

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration, JudgedStatement, Review
from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.core.migrations.migration import Migration
from bot.core.migrations.statement import Position, Statement
from bot.handoff.archive import not_taken, only_file
from bot.handoff.schema import (
    FILE,
    MOST_BYTES,
    FindingPart,
    MigrationPart,
    ReportFile,
    ReportsFile,
    RewritePart,
    StatementPart,
)


@dataclass(frozen=True)
class Reported:
    """What a run left: the review, and the commit that it says it is about."""

    head: str
    review: Review


def read_archive(archive: bytes) -> Reported:
    """Raises UsageError for anything but a whole report in the only file there is."""
    return read_report(only_file(archive, FILE, limit=MOST_BYTES))


def read_archive_by_database(archive: bytes) -> dict[str, Reported]:
    """As `read_archive`, of a repository with several databases: what was found of each."""
    octets = only_file(archive, FILE, limit=MOST_BYTES)
    try:
        reports = ReportsFile.model_validate_json(octets)
    except (ValidationError, RecursionError) as error:
        raise not_taken(_first_mistake(error)) from None
    if any(each.head != reports.head for each in reports.databases.values()):
        raise not_taken("its parts are about different commits")
    return {name: Reported(each.head, _review(each)) for name, each in reports.databases.items()}


def read_report(octets: bytes) -> Reported:
    try:
        report = ReportFile.model_validate_json(octets)
    except (ValidationError, RecursionError) as error:
        raise not_taken(_first_mistake(error)) from None
    return Reported(report.head, _review(report))


def _review(report: ReportFile) -> Review:
    names = [each.name for each in report.migrations]
    if len(set(names)) < len(names):
        raise not_taken("it names a migration twice")
    return Review(
        postgres=report.postgres,
        migrations=tuple(_migration(each) for each in report.migrations),
        findings=tuple(_finding(each) for each in report.findings),
        base=report.base,
        baseline=report.baseline,
        accepted=report.accepted,
        left_out=report.left_out,
    )


def _migration(part: MigrationPart) -> JudgedMigration:
    migration = Migration(part.name, part.path, part.sql)
    if migration.checksum != part.checksum:
        raise not_taken("a migration has another checksum than its text")
    lines = part.sql.split("\n")
    return JudgedMigration(
        migration,
        tuple(_statement(index, each, lines) for index, each in enumerate(part.statements)),
        tuple(_finding(each) for each in part.findings),
        atomic=part.atomic,
        excluded=part.excluded,
    )


def _statement(index: int, part: StatementPart, lines: list[str]) -> JudgedStatement:
    start, end = Position(part.line, part.column), Position(part.end_line, part.end_column)
    statement = Statement(
        index=index,
        sql=_between(lines, start, end),
        start=start,
        end=end,
        kind=part.kind,
        node="",
        tree={},
    )
    return JudgedStatement(statement, _effects(part))


def _between(lines: list[str], start: Position, end: Position) -> str:
    """What stands there in the file, the last character included."""
    inside = 1 <= start.line <= end.line <= len(lines)
    if not inside or (start.line == end.line and start.column > end.column):
        raise not_taken("a statement is where its file has no text")
    cut = lines[start.line - 1 : end.line]
    cut[-1] = cut[-1][: end.column]
    cut[0] = cut[0][start.column - 1 :]
    return "\n".join(cut)


def _effects(part: StatementPart) -> Effects:
    return Effects(
        transactional=part.transactional,
        locks=tuple(Lock(each.relation, LockMode[each.mode], each.new) for each in part.locks),
        rewrites=part.rewrites,
        scans=part.scans,
        loses=part.loses,
        understood=part.understood,
        rebuilds=part.rebuilds,
        misses=part.misses,
        conditional=part.conditional,
    )


def _finding(part: FindingPart) -> Finding:
    return Finding(
        rule=part.rule,
        severity=Severity(part.severity),
        message=part.message,
        why=part.why,
        fix=part.fix,
        path=part.path,
        line=part.line,
        column=part.column,
        end_line=part.end_line,
        statement=part.statement,
        allowed=part.allowed,
        rewrite=_rewrite(part.rewrite) if part.rewrite else None,
    )


def _rewrite(part: RewritePart) -> Rewrite:
    pieces = tuple(Piece(each.sql, Place(each.place), each.what) for each in part.pieces)
    return Rewrite(pieces, part.todo)


def _first_mistake(error: Exception) -> str:
    """Where it is wrong, in our own words: what stands there is a stranger's."""
    if not isinstance(error, ValidationError):
        return "it is nested too deeply"
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(each) for each in first["loc"] if _ours(each)) or "the document"
    return f"{place} is not of its form ({first['type']})"


def _ours(place: int | str) -> bool:
    return isinstance(place, int) or (place.isidentifier() and len(place) <= 20)
