"""What a rule's options tell about themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from bot import rules
from bot.core.findings.rule import Rule, name_of, needs_options, options_of
from bot.core.options import Option, option, options_in, plain

WITH_OPTIONS = [rule for rule in rules.RULES if options_of(rule) is not None]


@dataclass(frozen=True)
class Options:
    most: int = option(3, "How many.", least=1)
    owners: Mapping[str, str] = option({}, "Whose.")


def test_options_are_listed_with_their_types_and_defaults() -> None:
    assert list(options_in(Options(most=4))) == [
        Option("most", int, 4, "How many.", 1),
        Option("owners", Mapping[str, str], {}, "Whose."),
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (re.compile("a+"), "a+"),
        (("a", "b"), ["a", "b"]),
        (3, 3),
        (None, None),
        ({"a": "b"}, {"a": "b"}),
    ],
)
def test_a_value_is_written_as_a_configuration_would(value: Any, written: Any) -> None:
    assert plain(value) == written


@pytest.mark.parametrize("rule", WITH_OPTIONS, ids=name_of)
def test_every_option_of_a_rule_says_what_it_is_for(rule: Rule) -> None:
    for each in options_in(options_of(rule)):
        assert each.about[0].isupper()
        assert each.about.endswith(".")


@pytest.mark.parametrize("rule", WITH_OPTIONS, ids=name_of)
def test_an_example_has_the_type_of_the_options(rule: Rule) -> None:
    assert type(getattr(rule, "EXAMPLE", options_of(rule))) is type(options_of(rule))
    assert hasattr(rule, "EXAMPLE") or not needs_options(rule)


def test_some_rules_have_options() -> None:
    assert len(WITH_OPTIONS) >= 7
