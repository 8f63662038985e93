"""A review as SARIF 2.1.0, for code scanning and for editors.

It keeps to the part of SARIF that GitHub's code scanning documents, which asks for more than the
standard does (a region with both its ends, a fingerprint of the line) and takes no more than
25,000 results.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bot import __version__
from bot.core.findings.finding import Finding
from bot.core.findings.review import JudgedMigration, Review
from bot.core.findings.rule import Rule, name_of
from bot.report.escape import fence, prose, visible
from bot.report.faces.fixes import instead_of, parts_of
from bot.report.formats.sarif_places import fingerprints_of, fixes_of, location_of
from bot.report.formats.sarif_rules import LEVELS, descriptor
from bot.report.links import DOCS_URL
from bot.report.words import by_gravity, count

SCHEMA_URL = "https://json.schemastore.org/sarif-2.1.0.json"
LIMIT = 25_000

_ROOT = {"description": {"text": "The root of the repository."}}

Json = dict[str, Any]


def sarif_json(review: Review, rules: Sequence[Rule]) -> Json:
    """The whole log. `rules` are all there are, so that a rule keeps its index from run to run."""
    return {"$schema": SCHEMA_URL, "version": "2.1.0", "runs": [_run(review, rules)]}


def _run(review: Review, rules: Sequence[Rule]) -> Json:
    findings = review.all_findings
    shown = _gravest(findings)
    index = {name_of(rule): place for place, rule in enumerate(rules)}
    judged = {each.migration.path: each for each in review.migrations}
    return {
        "tool": {"driver": _driver(rules)},
        "automationDetails": {"id": "migration-bot/"},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"%SRCROOT%": _ROOT},
        "invocations": [_invocation(len(findings) - len(shown))],
        "results": [_result(each, judged.get(each.path), index, rules) for each in shown],
        "properties": {"verdict": review.verdict.value, "postgres": review.postgres},
    }


def _driver(rules: Iterable[Rule]) -> Json:
    return {
        "name": "migration-bot",
        "semanticVersion": __version__,
        "informationUri": f"{DOCS_URL}/rules/README.md",
        "rules": [descriptor(rule) for rule in rules],
    }


def _gravest(findings: Sequence[Finding]) -> Sequence[Finding]:
    """In their own order if there are not too many; code scanning refuses a longer list whole."""
    if len(findings) <= LIMIT:
        return findings
    return by_gravity(findings)[:LIMIT]


def _invocation(left_out: int) -> Json:
    """What could not be said is said."""
    if not left_out:
        return {"executionSuccessful": True}
    said = f"{count(left_out, 'more finding')} left out here; the text report lists all."
    note = {"level": "warning", "message": {"text": said}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [note]}


def _result(
    finding: Finding,
    judged: JudgedMigration | None,
    index: dict[str, int],
    rules: Sequence[Rule],
) -> Json:
    place = index.get(finding.rule)
    general = rules[place].FIX if place is not None else ""
    result: Json = {
        "ruleId": finding.rule,
        **({"ruleIndex": place} if place is not None else {}),
        "level": _level(finding),
        "message": _message(finding, general),
        "locations": [location_of(finding, judged)],
        "partialFingerprints": fingerprints_of(finding, judged),
    }
    if finding.allowed is not None:
        result["suppressions"] = [_suppression(finding.allowed)]
    elif judged and (fixes := fixes_of(finding, judged)):
        result["fixes"] = fixes
    return result


def _level(finding: Finding) -> str:
    """What was allowed counts for nothing, also where suppressions are not understood."""
    return "note" if finding.allowed is not None else LEVELS[finding.severity]


def _suppression(reason: str) -> Json:
    return {"kind": "inSource", "status": "accepted", "justification": visible(reason)}


def _message(finding: Finding, general: str) -> Json:
    """The rule's help says why and what to do; only what is particular to this place is added."""
    particular = finding.fix if finding.fix.strip() != general.strip() else ""
    texts = [each.strip() for each in (finding.message, particular) if each.strip()]
    return {
        "text": plain("\n\n".join(texts) or finding.rule),
        "markdown": _braced(_markdown(finding)),
    }


def plain(text: str) -> str:
    """A plain message of SARIF: `{0}` would be a placeholder in it, and `[a](b)` a link."""
    return _braced(visible(text).replace("](", "] ("))


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _markdown(finding: Finding) -> str:
    said = [f"**{prose(finding.message)}**", prose(finding.why)]
    for part in parts_of(finding.fix):
        text = fence(part.text, part.language) if part.language else prose(part.text)
        said.append(text)
    if instead := instead_of(finding):
        said += ["Write this instead:", fence(instead, "sql")]
    return "\n\n".join(each for each in said if each.strip("*"))
