"""Every example of every rule, with what belongs around it, for tests that want much SQL."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from bot import rules
from bot.core.findings.finding import Finding, Severity
from bot.core.findings.rule import ChangeRule, Rule, name_of
from tests.judging import applied_by, before_of, review

SWITCHED_ON = {name_of(each): each.SEVERITY or Severity.NOTICE for each in rules.RULES}
# The examples of other rules are whole folders.
OF_SQL = [
    rule
    for rule in rules.RULES
    if not isinstance(rule, ChangeRule) and isinstance(getattr(rule, "BAD", None), str)
]


@dataclass(frozen=True)
class Example:
    """A script, the rule it is an example of, and what was there before."""

    rule: Rule
    sql: str

    @property
    def name(self) -> str:
        return name_of(self.rule)

    def findings(self, sql: str | None = None) -> list[Finding]:
        """What all rules together say of the script, or of another one in its place."""
        options: dict[str, Any] = applied_by(self.rule)
        text = self.sql if sql is None else sql
        return list(
            review(
                text, before=before_of(self.rule), severities=SWITCHED_ON, **options
            ).all_findings
        )


@cache
def examples() -> tuple[Example, ...]:
    return tuple(each for rule in OF_SQL for each in examples_of(rule))


def examples_of(rule: Any) -> tuple[Example, ...]:
    return tuple(Example(rule, sql) for sql in (rule.BAD, rule.GOOD, *rule.QUIET))
