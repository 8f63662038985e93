"""`check` in a terminal: each finding with its source line, as a good compiler shows it."""

from collections.abc import Iterator

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration, Review
from bot.core.findings.rewrite import Place
from bot.report.faces.fixes import instead_of, parts_of
from bot.report.size_words import size_sentence
from bot.report.terminal.lines import Line, drawn, line, paragraphs
from bot.report.terminal.rehearsal import rehearsal_block, rehearsal_section
from bot.report.terminal.rollback_class import rollback_block
from bot.report.terminal.source import cells, excerpt
from bot.report.terminal.summary import summary
from bot.report.words import count

_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTICE: "bold cyan",
}
_LABELS = len("why: ")
_MOST_SQL = 8


def check_text(
    review: Review, *, width: int = 80, colour: bool = False, with_sql: bool = False
) -> str:
    """The whole review for a terminal of that width. `with_sql` adds the planned SQL."""
    return drawn(_review(review, width, with_sql=with_sql), width=width, colour=colour)


def rehearsal_text(review: Review, *, width: int = 80, colour: bool = False) -> str:
    """`rehearse`: the findings, then all that was measured, then the verdict."""
    return drawn(_rehearsed(review, width), width=width, colour=colour)


def _rehearsed(review: Review, width: int) -> Iterator[Line]:
    yield from findings_of(review, width)
    yield from rehearsal_section(review)
    yield from rollback_block(review)
    yield from summary(review)


def _review(review: Review, width: int, *, with_sql: bool) -> Iterator[Line]:
    yield from findings_of(review, width)
    if with_sql:
        for judged in review.migrations:
            yield from _sql(judged)
    yield from rehearsal_block(review)
    yield from rollback_block(review)
    yield from summary(review)


def findings_of(review: Review, width: int) -> Iterator[Line]:
    migrations = {judged.migration.path: judged for judged in review.migrations}
    before: Finding | None = None
    told: set[str] = set()
    for finding in review.all_findings:
        if finding.allowed is None:
            judged = None if _same_place(before, finding) else migrations.get(finding.path)
            yield from _finding(finding, judged, width, told)
            yield line()
            before = finding


def _same_place(before: Finding | None, finding: Finding) -> bool:
    """The lines that are still in sight need not be shown again."""
    return before is not None and (before.path, before.line, before.column) == (
        finding.path,
        finding.line,
        finding.column,
    )


def _finding(
    finding: Finding, judged: JudgedMigration | None, width: int, told: set[str]
) -> Iterator[Line]:
    """A reason or an SQL that was given further up is not given again; what to do always is."""
    yield from _heading(finding, width)
    if judged:
        yield from _source(finding, judged, width)
    yield from paragraphs(finding.message, "bold", indent=2)
    if said := size_sentence(finding):
        yield Line(((said, ""),), indent=2, label="size: ")
    if finding.why and finding.why not in told:
        yield Line(((" ".join(finding.why.split()), ""),), indent=2, label="why: ")
    yield from _fix(finding.fix)
    instead = instead_of(finding)
    if instead is not None and instead not in told:
        yield from _instead(finding, instead)
    told.update((finding.why, instead or finding.why))


def _heading(finding: Finding, width: int) -> Iterator[Line]:
    """On one line if it fits; a place that is cut in two cannot be clicked on."""
    place = f"{finding.path}:{finding.line}:{finding.column}"
    said = (finding.severity.value, _STYLES[finding.severity]), (f" {finding.rule}", "")
    if cells(place) + len(f" {finding.severity.value} {finding.rule}") <= width:
        yield Line(((f"{place} ", "bold"), *said), wrapped=False)
    else:
        yield Line(((place, "bold"),), wrapped=False)
        yield Line(said, indent=2)


def _fix(fix: str) -> Iterator[Line]:
    """Prose is wrapped; what is there to paste stays whole."""
    label = "fix: "
    for part in parts_of(fix):
        for each in part.text.split("\n"):
            yield _labelled(label, each, wrapped=not part.language)
            label = ""


def _instead(finding: Finding, instead: str) -> Iterator[Line]:
    """What to write in the statement's place; if that is long, what writes it."""
    lines = instead.split("\n")
    if not instead:
        yield _labelled("sql: ", "none, leave the statement out", wrapped=True)
    elif len(lines) > _MOST_SQL and finding.rewrite:
        folders = 1 + sum(each.place is not Place.HERE for each in finding.rewrite.pieces[1:])
        where = f" in {folders} migration folders" if folders > 1 else ""
        said = f"{len(lines)} lines{where}, which `migration-bot fix` writes"
        yield _labelled("sql: ", said, wrapped=True)
    else:
        for place, each in enumerate(lines):
            yield _labelled("" if place else "sql: ", each, wrapped=False)


def _labelled(label: str, text: str, *, wrapped: bool) -> Line:
    return Line(((text, ""),), 2 if label else 2 + _LABELS, wrapped, label)


def _source(finding: Finding, judged: JudgedMigration, width: int) -> Iterator[Line]:
    gutter = len(str(finding.line + 2)) + 4
    index = finding.statement
    known = index is not None and index < len(judged.statements)
    found = excerpt(
        judged.migration.sql,
        line=finding.line,
        column=finding.column,
        statement=judged.statements[index].statement if known and index is not None else None,
        width=width - gutter - 1,
        part=finding.part,
    )
    if found is None:
        return
    for number, text in found.above:
        yield Line(((f"{number:>{gutter - 2}} │ ", "dim"), (text, "")), wrapped=False)
    if found.gap:
        yield Line(((f"{'⋮':>{gutter - 2}} │", "dim"),), wrapped=False)
    for number, text in found.lines:
        yield Line(((f"{number:>{gutter - 2}} │ ", "dim"), (text, "")), wrapped=False)
        if number == finding.line:
            margin = f"{'':>{gutter - 2}} │ "
            mark = found.mark, _STYLES[finding.severity]
            yield Line(((margin, "dim"), mark), wrapped=False)
    if found.more:
        yield Line(((f"{'':>{gutter - 2}} │ … {count(found.more, 'more line')}", "dim"),))


def _sql(judged: JudgedMigration) -> Iterator[Line]:
    yield line(f"-- {judged.migration.path}", "bold")
    for each in judged.migration.sql.rstrip("\n").split("\n"):
        yield Line(((each.rstrip("\r"), ""),), wrapped=False)
    yield line()
