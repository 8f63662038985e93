"""Every rule's own examples: BAD is found once, GOOD offends no rule, QUIET does not offend it."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot import rules
from bot.core.findings.finding import Severity
from bot.core.findings.review import Review
from bot.core.findings.rule import Rule, name_of, reason_of, subject_of, title_of
from bot.core.migrations.layout import Layout
from bot.judge.judge import judge
from tests.judging import applied_by, before_of, judged, names, review
from tests.layouts import change_of

ROOT = Path(rules.__file__).parent
# What a module has that is meant as a rule; what several rules ask stands in modules beside them.
SAYS_IT_IS_A_RULE = re.compile(r"^(SEVERITY|FIX|BAD|GOOD|QUIET)\b", re.MULTILINE)
OF_FILES = [rule for rule in rules.RULES if isinstance(vars(rule)["BAD"], Layout)]
# Those about rehearsals are rehearsed, in test_rehearsal_examples.py.
REHEARSED = [rule for rule in rules.RULES if subject_of(rule) == "rehearsal"]
OF_SQL = [rule for rule in rules.RULES if rule not in (*OF_FILES, *REHEARSED)]


def switched_on(rule: Rule) -> dict[str, Severity | None]:
    """A rule that is off by default is tried as a notice."""
    return {name_of(rule): rule.SEVERITY or Severity.NOTICE}


def options_of(rule: Rule) -> dict[str, Any]:
    return {"severities": switched_on(rule), **applied_by(rule)}


def modules() -> set[str]:
    paths = (path for path in ROOT.glob("*/*.py") if SAYS_IT_IS_A_RULE.search(path.read_text()))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}


def test_every_module_is_listed_and_every_name_has_its_module() -> None:
    assert len(set(rules.ORDER)) == len(rules.ORDER)
    assert set(rules.ORDER) == modules()


@pytest.mark.parametrize("rule", rules.RULES, ids=name_of)
def test_a_rule_says_what_it_is_about(rule: Rule) -> None:
    assert title_of(rule).endswith(".")
    assert reason_of(rule)
    assert rule.FIX.endswith(".")
    assert rule.SEVERITY is None or isinstance(rule.SEVERITY, Severity)


@pytest.mark.parametrize("rule", OF_SQL, ids=name_of)
def test_the_bad_example_is_found_once(rule: Any) -> None:
    found = judged(rule.BAD, before=before_of(rule), **options_of(rule))
    assert names(found).count(name_of(rule)) == 1


@pytest.mark.parametrize("rule", OF_SQL, ids=name_of)
def test_the_bad_example_is_found_by_the_rule_alone(rule: Any) -> None:
    found = judged(rule.BAD, before=before_of(rule), rules=[rule], **options_of(rule))
    assert names(found) == [name_of(rule)]


@pytest.mark.parametrize("rule", OF_SQL, ids=name_of)
def test_the_good_example_is_quiet_under_all_rules(rule: Any) -> None:
    found = review(rule.GOOD, before=before_of(rule), **options_of(rule))
    assert [(each.rule, each.message) for each in found.all_findings] == []


@pytest.mark.parametrize(
    ("rule", "sql"),
    [(rule, sql) for rule in OF_SQL for sql in vars(rule)["QUIET"]],
    ids=lambda value: name_of(value) if hasattr(value, "SEVERITY") else None,
)
def test_a_quiet_case_is_quiet(rule: Any, sql: str) -> None:
    found = judged(sql, before=before_of(rule), **options_of(rule))
    assert name_of(rule) not in names(found)
    assert "syntax-error" not in names(found)


def of_files(layout: Layout, place: Path, rule: Rule) -> Review:
    options = options_of(rule)
    return judge(change_of(layout, place), rules.RULES, **options)


@pytest.mark.parametrize("rule", OF_FILES, ids=name_of)
def test_the_bad_example_of_files_is_found_once(rule: Any, tmp_path: Path) -> None:
    found = [each.rule for each in of_files(rule.BAD, tmp_path, rule).all_findings]
    assert found.count(name_of(rule)) == 1


@pytest.mark.parametrize("rule", OF_FILES, ids=name_of)
def test_the_good_example_of_files_is_quiet_under_all_rules(rule: Any, tmp_path: Path) -> None:
    found = of_files(rule.GOOD, tmp_path, rule).all_findings
    assert [(each.rule, each.message) for each in found] == []


@pytest.mark.parametrize(
    ("rule", "place"),
    [(rule, place) for rule in OF_FILES for place in range(len(vars(rule)["QUIET"]))],
    ids=lambda value: name_of(value) if hasattr(value, "SEVERITY") else str(value),
)
def test_a_quiet_case_of_files_is_quiet(rule: Any, place: int, tmp_path: Path) -> None:
    found = [each.rule for each in of_files(rule.QUIET[place], tmp_path, rule).all_findings]
    assert name_of(rule) not in found


@pytest.mark.parametrize("rule", rules.RULES, ids=name_of)
def test_a_rule_has_three_quiet_cases(rule: Any) -> None:
    assert len({repr(each) for each in rule.QUIET}) >= 3
