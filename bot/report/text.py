"""`check` in a terminal: each finding with its source line, as a good compiler shows it."""

from collections.abc import Iterator
from datetime import date

from bot.core.finding import Finding, Severity, Verdict
from bot.core.review import JudgedMigration, Review
from bot.report.fixes import parts_of
from bot.report.size_words import size_sentence, sizes_sentence
from bot.report.source import excerpt
from bot.report.terminal import Line, drawn, line, paragraphs
from bot.report.words import count, listed, unjudged

_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTICE: "bold cyan",
}
_VERDICTS = {
    Verdict.PASS: ("Nothing risky found.", "bold green"),
    Verdict.WARN: ("Nothing blocks; read the warnings.", "bold yellow"),
    Verdict.BLOCK: ("Blocked until the errors are fixed.", "bold red"),
}


def check_text(
    review: Review, *, width: int = 80, colour: bool = False, with_sql: bool = False
) -> str:
    """The whole review for a terminal of that width. `with_sql` adds the planned SQL."""
    return drawn(_review(review, width, with_sql=with_sql), width=width, colour=colour)


def _review(review: Review, width: int, *, with_sql: bool) -> Iterator[Line]:
    migrations = {judged.migration.path: judged for judged in review.migrations}
    for finding in review.all_findings:
        if finding.allowed is None:
            yield from _finding(finding, migrations.get(finding.path), width)
            yield line()
    yield from _allowed(review)
    if with_sql:
        for judged in review.migrations:
            yield from _sql(judged)
    yield from _summary(review)


def _finding(finding: Finding, judged: JudgedMigration | None, width: int) -> Iterator[Line]:
    style = _STYLES[finding.severity]
    place = f"{finding.path}:{finding.line}:{finding.column}"
    pieces = (f"{place} ", "bold"), (finding.severity.value, style), (f" {finding.rule}", "")
    yield Line(pieces, wrapped=False)
    if judged:
        yield from _source(finding, judged, width)
    yield from paragraphs(finding.message, "bold", indent=2)
    said = size_sentence(finding)
    if said:
        yield Line((("size: ", "dim"), (said, "")), indent=2)
    if finding.why:
        yield Line((("why: ", "dim"), (" ".join(finding.why.split()), "")), indent=2)
    yield from _fix(finding.fix)


def _fix(fix: str) -> Iterator[Line]:
    """Prose is wrapped; what is there to paste stays whole."""
    label = "fix: "
    for part in parts_of(fix):
        for each in part.text.split("\n"):
            indent = 2 if label.strip() else 7
            yield Line(((label, "dim"), (each, "")), indent, wrapped=not part.language)
            label = ""


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
    )
    if found is None:
        return
    for place, (number, text) in enumerate(found.lines):
        yield Line(((f"{number:>{gutter - 2}} │ ", "dim"), (text, "")), wrapped=False)
        if place == 0:
            margin = f"{'':>{gutter - 2}} │ "
            mark = found.mark, _STYLES[finding.severity]
            yield Line(((margin, "dim"), mark), wrapped=False)
    if found.more:
        yield Line(((f"{'':>{gutter - 2}} │ … {count(found.more, 'more line')}", "dim"),))


def _allowed(review: Review) -> Iterator[Line]:
    """One line for each reason, however often it was given."""
    given: dict[tuple[str, str, date | None, str], list[Finding]] = {}
    for each in review.all_findings:
        if each.allowed is not None:
            key = each.path, each.rule, each.allowed_until, each.allowed
            given.setdefault(key, []).append(each)
    for (path, rule, until, reason), findings in given.items():
        often = f", {len(findings)} times" if len(findings) > 1 else ""
        end = f" until {until}" if until else ""
        yield line(f"{path}:{findings[0].line} allowed {rule}{often}{end}: {reason}", "dim")


def _sql(judged: JudgedMigration) -> Iterator[Line]:
    yield line(f"-- {judged.migration.path}", "bold")
    for each in judged.migration.sql.rstrip("\n").split("\n"):
        yield Line(((each.rstrip("\r"), ""),), wrapped=False)
    yield line()


def _summary(review: Review) -> Iterator[Line]:
    against = f" against {review.base}" if review.base else ""
    if besides := unjudged(review):
        yield line(besides, "dim")
    if not review.migrations and not review.all_findings:
        yield line(f"No new migrations{against}.", "bold green")
        return
    statements = sum(len(judged.statements) for judged in review.migrations)
    said = (
        f"{count(len(review.migrations), 'migration')}, {count(statements, 'statement')}{against}"
    )
    words, style = _VERDICTS[review.verdict]
    yield Line(((f"{said}: {_counts(review)}. ", ""), (words, style)))
    if review.sizes:
        yield line(sizes_sentence(review.sizes), "bold yellow" if review.sizes.stale else "dim")


def _counts(review: Review) -> str:
    counted = [each.severity for each in review.all_findings if each.allowed is None]
    allowed = len(review.all_findings) - len(counted)
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}
    said = [count(counted.count(each), noun) for each, noun in nouns.items() if counted.count(each)]
    said += [f"{allowed} allowed"] if allowed else []
    return listed(said, limit=4) or "no findings"
