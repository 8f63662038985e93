"""The rules as SARIF describes them: what code scanning shows beside a result."""

from collections.abc import Iterator
from typing import Any

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Rule, name_of, reason_of, title_of
from bot.report.escape import fence, prose
from bot.report.links import rule_url
from bot.report.words import clipped

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}

# GitHub's own words for it, and the longest description that it takes.
_PROBLEMS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTICE: "recommendation",
}
_LONGEST = 1024
_EXAMPLES = {"BEFORE": "On top of this:", "BAD": "Found in:", "GOOD": "Not found in:"}

Json = dict[str, Any]


def descriptor(rule: Rule) -> Json:
    """A rule that is off has the level it gets when somebody switches it on."""
    name, severity = name_of(rule), rule.SEVERITY or Severity.NOTICE
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": clipped(title_of(rule), _LONGEST)},
        "fullDescription": {"text": clipped(reason_of(rule) or title_of(rule), _LONGEST)},
        "help": {"text": _text(rule), "markdown": _markdown(rule)},
        "helpUri": rule_url(None, name),
        "defaultConfiguration": {"enabled": rule.SEVERITY is not None, "level": LEVELS[severity]},
        "properties": {
            "tags": ["migration", "postgresql", subject_of(rule)],
            "precision": "high",
            "problem.severity": _PROBLEMS[severity],
        },
    }


def subject_of(rule: Rule) -> str:
    """The folder that the rule's module is in."""
    return rule.__name__.split(".")[-2]


def _text(rule: Rule) -> str:
    said = [title_of(rule), reason_of(rule), f"Safe way: {rule.FIX.strip()}"]
    said += [f"{title}\n\n{sql}" for title, sql in _examples(rule)]
    return "\n\n".join([*(each for each in said if each), _allowing(rule)])


def _markdown(rule: Rule) -> str:
    said = [f"**{prose(title_of(rule))}**"]
    said += [prose(each) for each in reason_of(rule).split("\n\n")]
    said.append(f"**Safe way:** {prose(rule.FIX)}")
    said += [f"{title}\n\n{fence(sql, 'sql')}" for title, sql in _examples(rule)]
    return "\n\n".join([*(each for each in said if each), _allowing(rule)])


def _examples(rule: Rule) -> Iterator[tuple[str, str]]:
    """SQL, or for a rule about files what a branch changes."""
    for constant, title in _EXAMPLES.items():
        text = str(getattr(rule, constant, "")).strip()
        if text:
            yield title, text


def _allowing(rule: Rule) -> str:
    return f"How to fix it, or to allow it with a reason: {rule_url(None, name_of(rule))}"
