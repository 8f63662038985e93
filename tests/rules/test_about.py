"""A rule that names the kinds of action it is about has nothing to say about any other."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot import rules
from bot.core.findings.finding import Severity
from bot.core.findings.rule import Rule, name_of
from bot.sql.actions import Action
from tests.judging import applied_by, before_of, review

OF_SQL = [rule for rule in rules.RULES if isinstance(vars(rule)["BAD"], str)]
ON = {name_of(rule): rule.SEVERITY or Severity.NOTICE for rule in rules.RULES}


def asked_about_everything(rule: Rule) -> Rule:
    said = {name: value for name, value in vars(rule).items() if name != "ABOUT"}
    return cast("Rule", SimpleNamespace(**said))


EAGER = [asked_about_everything(rule) for rule in rules.RULES]


def assert_nothing_is_missed(rule: Rule, sql: str) -> None:
    options: dict[str, Any] = {"severities": ON, "before": before_of(rule), **applied_by(rule)}
    assert review(sql, **options) == review(sql, rules=EAGER, **options)


@pytest.mark.parametrize("rule", OF_SQL, ids=name_of)
def test_all_rules_say_the_same_when_they_are_asked_about_everything(rule: Any) -> None:
    assert_nothing_is_missed(rule, rule.BAD)


@pytest.mark.slow
@pytest.mark.parametrize("rule", OF_SQL, ids=name_of)
def test_they_say_the_same_of_the_examples_that_are_quiet(rule: Any) -> None:
    for sql in (rule.GOOD, *rule.QUIET):
        assert_nothing_is_missed(rule, sql)


def test_about_names_kinds_of_action_that_there_are() -> None:
    named = [kind for rule in rules.RULES for kind in getattr(rule, "ABOUT", ())]
    assert len(named) > 100
    assert all(issubclass(kind, Action) for kind in named)
