"""Allowances: comments with which an author lets a finding stand, and says why.

`-- migration-bot: allow RULE because REASON` directly above a statement allows the rule for that
statement; `-- migration-bot: allow-file RULE because REASON` before the first statement allows it
for the whole file. `until 2026-12-31` after the rule is the last day on which it counts, in UTC.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.core.findings.finding import Finding
from bot.core.migrations.statement import Position, Statement
from bot.sql.batching import VERB as BATCH
from bot.sql.directives import Directive, directives_of, statement_below

PROBLEM_RULE = "suppression-problem"

_ASKED = re.compile(
    r"(?P<rule>[\w-]*)(?:\s+until\b\s*(?P<until>(?:(?!because\b)[^\s*]+)?))?"
    r"\s*(?P<because>because\b)?\s*(?P<reason>.*)",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LATE_DATE = re.compile(r"\buntil\s+[0-9]{4}-[0-9]{2}-[0-9]{2}\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class Allowance:
    """`statement` is the index of the statement below it; None for the whole file.

    `until` is the last day on which it counts; None if it does not end.
    """

    rule: str
    reason: str
    position: Position
    statement: int | None = None
    until: date | None = None

    def over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and today > self.until

    def covers(self, finding: Finding) -> bool:
        if finding.rule != self.rule or finding.rule == PROBLEM_RULE:
            return False
        return self.statement is None or finding.statement == self.statement


@dataclass(frozen=True)
class Problem:
    """Why a comment that asks to allow something allows nothing."""

    message: str
    position: Position


def read_allowances(
    text: str, statements: Sequence[Statement], known: Collection[str], today: date
) -> tuple[list[Allowance], list[Problem]]:
    """The allowances of a file that count today, and what is wrong with the others."""
    allowances: list[Allowance] = []
    problems: list[Problem] = []
    for directive in directives_of(text):
        if directive.verb == BATCH:
            continue
        read = _read(directive, statements, known)
        if isinstance(read, Allowance) and read.over(today):
            read = expired(read)
        if isinstance(read, Allowance):
            allowances.append(read)
        else:
            problems.append(read)
    return allowances, problems


def apply_allowances(
    findings: Sequence[Finding], allowances: Sequence[Allowance]
) -> tuple[list[Finding], list[Allowance]]:
    """The findings, those allowed marked so, and the allowances that were not needed."""
    used: set[Allowance] = set()
    marked = []
    for finding in findings:
        allowance = next((each for each in allowances if each.covers(finding)), None)
        if allowance:
            used.add(allowance)
            finding = finding.allow(allowance.reason, allowance.until)
        marked.append(finding)
    return marked, [each for each in allowances if each not in used]


def unneeded(allowance: Allowance) -> Problem:
    return Problem(f"Nothing here needs {allowance.rule} to be allowed.", allowance.position)


def expired(allowance: Allowance) -> Problem:
    return Problem(
        f"{allowance.rule} was allowed until {allowance.until}, and that day has passed.",
        allowance.position,
    )


def _read(
    directive: Directive, statements: Sequence[Statement], known: Collection[str]
) -> Allowance | Problem:
    match = _ASKED.match(directive.rest)
    assert match is not None
    verb, position = directive.verb, directive.position
    rule, reason = match["rule"], match["reason"]
    if verb not in ("allow", "allow-file"):
        return Problem(f"“{verb}” is nothing migration-bot can be told in a comment.", position)
    if rule not in known:
        return Problem(f"There is no rule named “{rule}” to allow.", position)
    if not (match["because"] and reason):
        return Problem(f"{rule} is allowed without a reason, so it is not allowed.", position)
    if problem := _date_problem(match):
        return Problem(problem, position)
    allowance = Allowance(rule, reason, position, until=_last_day(match["until"]))
    if verb == "allow-file":
        return _for_the_file(allowance, statements)
    below = statement_below(position, statements)
    if below is None:
        return Problem(f"No statement stands below the comment that allows {rule}.", position)
    return replace(allowance, statement=below)


def _date_problem(match: re.Match[str]) -> str | None:
    """What is wrong with the end of an allowance; None if nothing is, or it has none."""
    rule, written = match["rule"], match["until"]
    if written is not None and _last_day(written) is None:
        shown = f"“{written}” is no day" if written else "“until” names no day"
        return f"{shown}, so {rule} is not allowed: write it as until 2026-12-31."
    if written is None and _LATE_DATE.search(match["reason"]):
        return (
            f"The day stands behind the reason, so {rule} is not allowed: write "
            f"allow {rule} until DAY because REASON."
        )
    return None


def _last_day(written: str | None) -> date | None:
    if not written or not _DATE.fullmatch(written):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _for_the_file(allowance: Allowance, statements: Sequence[Statement]) -> Allowance | Problem:
    if statements and statements[0].start.line <= allowance.position.line:
        return Problem(
            f"{allowance.rule} is allowed for the file below its first statement.",
            allowance.position,
        )
    return allowance
