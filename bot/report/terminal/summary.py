"""How `check` ends in a terminal: what was allowed, the count, the verdict, and what to do next."""

from collections.abc import Iterator
from datetime import date

from bot.core.findings.finding import Finding, Severity, Verdict
from bot.core.findings.review import Review
from bot.report.size_words import sizes_sentence
from bot.report.terminal.lines import Line, line
from bot.report.words import count, listed, unjudged, worst

_VERDICTS = {
    Verdict.PASS: ("Nothing risky found.", "bold green"),
    Verdict.WARN: ("Nothing blocks; read the warnings.", "bold yellow"),
    Verdict.BLOCK: ("Blocked until the errors are fixed.", "bold red"),
}
_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}


def summary(review: Review) -> Iterator[Line]:
    yield from _allowed(review)
    yield from _conclusion(review)
    yield from _next_steps(review)


def _allowed(review: Review) -> Iterator[Line]:
    """One entry for each reason, however often it was given."""
    given: dict[tuple[str, str, date | None, str], list[Finding]] = {}
    for each in review.all_findings:
        if each.allowed is not None:
            key = each.path, each.rule, each.allowed_until, each.allowed
            given.setdefault(key, []).append(each)
    for (path, rule, until, reason), findings in given.items():
        end = f" until {until}" if until else ""
        often = f", {len(findings)} times" if len(findings) > 1 else ""
        yield Line(((f"{path}:{findings[0].line}", "dim"),), wrapped=False)
        yield line(f"allowed {rule}{often}{end}: {reason}", "dim", indent=2)
    if given:
        yield line()


def _conclusion(review: Review) -> Iterator[Line]:
    against = f" against {review.base}" if review.base else ""
    if besides := unjudged(review):
        yield line(besides, "dim")
    if not review.migrations and not review.all_findings:
        yield line(f"No new migrations{against}.", "bold green")
        return
    statements = sum(len(judged.statements) for judged in review.migrations)
    migrations = count(len(review.migrations), "migration")
    yield line(f"{migrations}, {count(statements, 'statement')}{against}: {_counts(review)}.")
    yield line(*_VERDICTS[review.verdict])
    if review.sizes:
        yield line(sizes_sentence(review.sizes), "bold yellow" if review.sizes.stale else "dim")


def _counts(review: Review) -> str:
    counted = [each.severity for each in _counted(review)]
    allowed = len(review.all_findings) - len(counted)
    said = [
        count(counted.count(each), noun) for each, noun in _NOUNS.items() if counted.count(each)
    ]
    said += [f"{allowed} allowed"] if allowed else []
    return listed(said, limit=4) or "no findings"


def _next_steps(review: Review) -> Iterator[Line]:
    """Only after errors and warnings: a notice asks for nothing."""
    gravest = worst(_counted(review))
    if gravest is None or gravest.severity is Severity.NOTICE:
        return
    yield line()
    serious = _grave(review)
    rewritten = sum(each.rewrite is not None for each in serious)
    if rewritten:
        said = _of_all(rewritten, len(serious))
        yield from _step(f"Have {said} rewritten:", "migration-bot fix")
    yield from _step("Read more, with an example:", f"migration-bot rules {gravest.rule}")
    if any(each.statement is not None for each in _counted(review)):
        comment = "-- migration-bot: allow RULE because REASON"
        yield from _step("Or say above a statement why it may stand:", comment)


def _of_all(rewritten: int, many: int) -> str:
    if rewritten == many:
        return "it" if many == 1 else f"all {many:,}"
    return f"{rewritten:,} of the {many:,}"


def _step(what: str, command: str) -> Iterator[Line]:
    """The command stays whole, to be pasted."""
    yield line(what, "dim")
    yield Line(((command, ""),), indent=2, wrapped=False)


def _grave(review: Review) -> list[Finding]:
    """What `fix` looks at unless it is told otherwise."""
    return [each for each in _counted(review) if each.severity is not Severity.NOTICE]


def _counted(review: Review) -> list[Finding]:
    return [each for each in review.all_findings if each.allowed is None]
