"""The examples of the rules about rehearsals, rehearsed on a real server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.core.findings.review import Review
from bot.core.findings.rule import Rule, name_of, subject_of
from bot.core.rehearsals.rehearsal_order import Limits
from bot.core.settings import RehearsalSettings, Settings
from bot.rules import RULES
from tests.judging import before_of
from tests.rehearsals import NoRehearsals, rehearsed_review


@dataclass(frozen=True)
class Setting:
    """What a rule's examples need around them. `bad` is for its BAD alone."""

    limits: Limits = field(default_factory=lambda: Limits(statement=10))
    bad: Mapping[str, Any] = field(default_factory=dict)


SETTINGS = {
    "rehearsal-limit": Setting(limits=Limits(statement=1)),
    "not-rehearsed": Setting(bad={"rehearsals": NoRehearsals()}),
}
# What needs more than a server has tests of its own: Prisma, and a target's sizes.
ELSEWHERE = {"rehearsal-schema-mismatch", "long-lock-estimated"}
OURS = [
    each for each in RULES if subject_of(each) == "rehearsal" and name_of(each) not in ELSEWHERE
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, so that a server is made anew only once."""
    return tmp_path_factory.mktemp("cache")


def review(rule: Rule, sql: str, cache: Path, **more: Any) -> Review:
    limits = SETTINGS.get(name_of(rule), Setting()).limits
    settings = Settings(rehearsal=RehearsalSettings(limits=limits))
    # A history that fails is the point of one rule, and its GOOD has none.
    before = before_of(rule) if more.pop("before", True) else ()
    return rehearsed_review(sql, before=before, cache=cache, settings=settings, **more)


def names(found: Review) -> list[str]:
    return [each.rule for each in found.all_findings]


@pytest.mark.parametrize("rule", OURS, ids=name_of)
def test_the_bad_example_is_found_once(rule: Any, cache: Path) -> None:
    more = SETTINGS.get(name_of(rule), Setting()).bad
    assert names(review(rule, rule.BAD, cache, **more)).count(name_of(rule)) == 1


@pytest.mark.parametrize("rule", OURS, ids=name_of)
def test_the_good_example_is_quiet_under_all_rules(rule: Any, cache: Path) -> None:
    history = name_of(rule) != "rehearsal-history-failed"
    found = review(rule, rule.GOOD, cache, before=history)
    assert [(each.rule, each.message) for each in found.all_findings] == []


@pytest.mark.parametrize(
    ("rule", "sql"),
    [(rule, sql) for rule in OURS for sql in vars(rule)["QUIET"]],
    ids=lambda value: name_of(value) if hasattr(value, "SEVERITY") else None,
)
@pytest.mark.slow
def test_a_quiet_case_is_quiet(rule: Any, sql: str, cache: Path) -> None:
    history = name_of(rule) != "rehearsal-history-failed"
    found = review(rule, sql, cache, before=history)
    assert name_of(rule) not in names(found)
    assert found.rehearsal is not None
    assert found.rehearsal.server is not None
