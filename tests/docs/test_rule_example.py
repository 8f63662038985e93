"""The rule that “Add a rule” shows is a rule, and passes what every rule has to pass."""

from types import ModuleType
from typing import Any, cast

import pytest

from bot.core.findings.rule import Rule, name_of, reason_of, title_of
from bot.judge.context import StatementRule
from bot.rules import RULES
from tests.docs.documents import ROOT, blocks
from tests.judging import before_of, judged, names


@pytest.fixture(scope="module")
def rule() -> Any:
    block, *_ = blocks(ROOT / "docs/how-to/add-a-rule.md", "python")
    module = ModuleType("bot.rules.tables.view_dropped")
    exec(compile(block.text, str(block), "exec"), module.__dict__)
    return module


def test_it_is_a_rule(rule: Any) -> None:
    assert isinstance(rule, StatementRule)
    assert title_of(cast(Rule, rule)).endswith(".")
    assert reason_of(cast(Rule, rule))


def test_it_finds_its_bad_example_once(rule: Any) -> None:
    found = judged(rule.BAD, before=before_of(rule), rules=[rule])
    assert names(found) == [name_of(rule)]


def test_its_good_example_offends_no_rule(rule: Any) -> None:
    found = judged(rule.GOOD, before=before_of(rule), rules=[*RULES, rule])
    assert names(found) == []


def test_it_leaves_its_quiet_cases_alone(rule: Any) -> None:
    assert len(set(rule.QUIET)) >= 3
    for sql in rule.QUIET:
        assert name_of(rule) not in names(judged(sql, before=before_of(rule), rules=[rule]))
