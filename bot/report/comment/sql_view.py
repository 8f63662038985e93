"""The planned SQL of a report: whole files, or the whole statements of them that fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.findings.finding import Severity
from bot.core.findings.review import JudgedMigration
from bot.report import links, words
from bot.report.comment.detail import Detail
from bot.report.report import Report

_SMALL = 20


@dataclass(frozen=True)
class PlannedFile:
    """One migration's SQL as shown. `sql` is "" where it is left out; `shown` says what is missing,
    and is "" if nothing is. `accused` says that a statement of it must change.
    """

    name: str
    url: str
    checksum: str
    statements: str
    sql: str
    shown: str
    accused: bool = False


@dataclass(frozen=True)
class PlannedSql:
    """The migrations' SQL; `missing` counts the files that are not even named."""

    files: tuple[PlannedFile, ...]
    statements: int
    shortened: bool
    missing: int = 0

    def open(self, file: PlannedFile) -> bool:
        """A small file is shown at once if it is the only one, or is what must change."""
        return (len(self.files) == 1 or file.accused) and file.sql.count("\n") < _SMALL


def planned_sql(report: Report, detail: Detail) -> PlannedSql:
    kept = set(_ranked(report.review.migrations)[: detail.statements])
    if detail.statements is None:
        kept = set(_ranked(report.review.migrations))
    migrations = report.review.migrations
    named = gravest(migrations, detail.rows)
    files = tuple(
        _file(place, judged, report, detail, kept)
        for place, judged in enumerate(migrations)
        if place in named
    )
    missing = len(migrations) - len(files)
    total = sum(len(judged.statements) for judged in migrations)
    return PlannedSql(files, total, bool(missing) or any(each.shown for each in files), missing)


def statement_count(report: Report) -> int:
    """How many statements of risky migrations there are to leave out, one by one."""
    return len(_ranked(report.review.migrations))


def gravest(migrations: Sequence[JudgedMigration], limit: int | None) -> set[int]:
    """The places of as many migrations as the limit allows, those with the worst finding first."""
    order = sorted(range(len(migrations)), key=lambda place: words.gravity(migrations[place]))
    return set(order[:limit])


def risky(judged: JudgedMigration) -> bool:
    return any(
        each.severity is not Severity.NOTICE and each.allowed is None for each in judged.findings
    )


def _ranked(migrations: Sequence[JudgedMigration]) -> list[tuple[int, int]]:
    """(migration, statement) of risky migrations, those that have a finding of their own first.

    A file that could not be cut into statements counts as one.
    """
    found: list[tuple[bool, int, int]] = []
    for place, judged in enumerate(migrations):
        if risky(judged):
            accused = {each.statement for each in judged.findings if each.allowed is None}
            many = max(1, len(judged.statements))
            found += [(index not in accused, place, index) for index in range(many)]
    return [(place, index) for _, place, index in sorted(found)]


def _file(
    place: int,
    judged: JudgedMigration,
    report: Report,
    detail: Detail,
    kept: set[tuple[int, int]],
) -> PlannedFile:
    sql, shown = judged.migration.sql, ""
    if not risky(judged) and not detail.calm_sql:
        sql, shown = "", "SQL left out here, nothing risky was found in it"
    elif risky(judged) and detail.statements is not None:
        sql, shown = _partial(place, judged, kept)
    return PlannedFile(
        name=judged.migration.name,
        url=links.file_url(report.run, judged.migration.path) if report.run else "",
        checksum=judged.migration.checksum[:12],
        statements=words.statements(judged),
        sql=sql,
        shown=shown,
        accused=_accused(judged),
    )


def _accused(judged: JudgedMigration) -> bool:
    return any(
        each.severity is Severity.ERROR and each.allowed is None and each.statement is not None
        for each in judged.findings
    )


def _partial(place: int, judged: JudgedMigration, kept: set[tuple[int, int]]) -> tuple[str, str]:
    """The kept statements in the file's order, each gap marked, and a word on what is missing."""
    many = max(1, len(judged.statements))
    shown = [index for index in range(many) if (place, index) in kept]
    if len(shown) == many:
        return judged.migration.sql, ""
    if not shown:
        return "", "SQL left out here, it is too long"
    pieces: list[str] = []
    for before, index in zip([-1, *shown], [*shown, many], strict=True):
        if index - before > 1:
            pieces.append(f"-- … {words.count(index - before - 1, 'statement')} not shown here")
        if index < many:
            pieces.append(f"{judged.statements[index].statement.sql};")
    return "\n\n".join(pieces), f"{len(shown):,} of {words.count(many, 'statement')} shown here"
