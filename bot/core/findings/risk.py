"""How much a migration puts at stake: what decides who must approve it, and how it is labelled."""

from collections.abc import Iterable
from enum import IntEnum

from bot.core.findings.finding import Severity
from bot.core.findings.review import JudgedMigration, Review


class Risk(IntEnum):
    """`HIGH` may lose data, stop an application, or was not understood; `MEDIUM` wants a second
    look."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        return self.name.lower()


def risk_of(judged: JudgedMigration) -> Risk:
    """From findings and effects. A finding that was allowed says as much as one that was not: that
    its author accepts it is no reason why nobody else should look."""
    severities = {each.severity for each in judged.findings}
    effects = [each.effects for each in judged.statements]
    if Severity.ERROR in severities or judged.fault is not None:
        return Risk.HIGH
    if any(each.loses or each.rewrites or not each.understood for each in effects):
        return Risk.HIGH
    if Severity.WARNING in severities or any(each.misses for each in effects):
        return Risk.MEDIUM
    return Risk.LOW


def highest(risks: Iterable[Risk]) -> Risk:
    return max(risks, default=Risk.LOW)


def risk_of_review(review: Review) -> Risk:
    """That of the migration that has the highest."""
    return highest(risk_of(each) for each in review.migrations)
