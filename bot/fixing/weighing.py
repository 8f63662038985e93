"""Whether a step of rewriting was for the better: what is found before it, and after it."""

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import Review

# Findings about a file as a whole that go when one transaction carries all of it.
ATOMIC_RULES = frozenset({"prisma-split-not-atomic", "non-idempotent-ddl"})


def worse_by(before: Review, after: Review) -> str | None:
    """The rule that speaks against a step: an error that nobody can rewrite, or nothing gained."""
    stuck_before, stuck_after = _stuck(before), _stuck(after)
    new = [rule for rule in stuck_after if stuck_after[rule] > stuck_before.get(rule, 0)]
    if new:
        return new[0]
    if any(_open(each) for each in after.all_findings) and counts(after) != counts(before):
        return None
    if counts(after) < counts(before):
        return None
    more = {each.rule for each in after.all_findings} - {each.rule for each in before.all_findings}
    return min(more, default="the same finding")


def _open(finding: Finding) -> bool:
    mended = finding.rewrite is not None or finding.rule in ATOMIC_RULES
    return mended and finding.allowed is None


def _stuck(review: Review) -> dict[str, int]:
    """How often each rule has an error that no rewrite mends."""
    found: dict[str, int] = {}
    for each in review.all_findings:
        if each.severity is Severity.ERROR and each.allowed is None and each.rewrite is None:
            found[each.rule] = found.get(each.rule, 0) + 1
    return found


def counts(review: Review) -> tuple[int, int, int]:
    """Errors, warnings and notices that nobody allowed: of two such, the greater is the worse."""
    severities = [each.severity for each in review.all_findings if each.allowed is None]
    return (
        severities.count(Severity.ERROR),
        severities.count(Severity.WARNING),
        severities.count(Severity.NOTICE),
    )
