"""What SARIF asks for: its schema, and what its text says that no schema can."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

SCHEMA = Path(__file__).with_name("sarif-2.1.0.json")
# The limits that GitHub documents for code scanning, and what it asks of every region.
_MOST_TAGS, _LONGEST_NAME, _LONGEST_DESCRIPTION = 10, 255, 1024
_REGION = {"startLine", "startColumn", "endLine", "endColumn"}
_LONE_BRACE = re.compile(r"(?<!\{)\{(?:\{\{)*(?!\{)|(?<!\})\}(?:\}\})*(?!\})")
_LINK = re.compile(r"(?<!\\)\]\(")


@cache
def _validator() -> Draft4Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


def faults_of(log: dict[str, Any]) -> list[str]:
    """Everything wrong with a log, as sentences; it is read back from its JSON first."""
    read = json.loads(json.dumps(log, ensure_ascii=False).encode("utf-8"))
    found = [f"{list(each.path)}: {each.message}" for each in _validator().iter_errors(read)]
    return [*found, *(sentence for run in read["runs"] for sentence in _of_run(run))]


def _of_run(run: dict[str, Any]) -> Iterator[str]:
    rules = run["tool"]["driver"]["rules"]
    if len(run["results"]) > 25_000:
        yield "too many results for code scanning"
    for rule in rules:
        yield from (f"{rule['id']}: {sentence}" for sentence in _of_rule(rule))
    for result in run["results"]:
        yield from (f"{result['ruleId']}: {sentence}" for sentence in _of_result(result, rules))


def _of_rule(rule: dict[str, Any]) -> Iterator[str]:
    if not 0 < len(rule["name"]) <= _LONGEST_NAME:
        yield "its name is empty or too long"
    for name in ("shortDescription", "fullDescription"):
        if not 0 < len(rule[name]["text"]) <= _LONGEST_DESCRIPTION:
            yield f"its {name} is empty or too long"
    if not rule["help"]["text"] or not rule["help"]["markdown"]:
        yield "it has no help"
    if len(rule["properties"]["tags"]) > _MOST_TAGS:
        yield "it has more tags than are shown"


def _of_result(result: dict[str, Any], rules: list[dict[str, Any]]) -> Iterator[str]:
    if "ruleIndex" in result and rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        yield "its ruleIndex is another rule's"
    if not result["partialFingerprints"] or not result["message"]["text"].strip():
        yield "it has no fingerprint or no message"
    if any(_LONE_BRACE.search(text) for text in result["message"].values()):
        yield "a brace in its message is not doubled"
    if _LINK.search(result["message"]["text"]):
        yield "its message has a link that nobody meant"
    regions = [each["physicalLocation"]["region"] for each in result["locations"]]
    for change in (each for fix in result.get("fixes", []) for each in fix["artifactChanges"]):
        regions += [each["deletedRegion"] for each in change["replacements"]]
    yield from (sentence for region in regions for sentence in _of_region(region))


def _of_region(region: dict[str, int]) -> Iterator[str]:
    if region.keys() != _REGION:
        yield "a region lacks one of its four ends"
    elif (region["startLine"], region["startColumn"]) > (region["endLine"], region["endColumn"]):
        yield "a region ends before it starts"
