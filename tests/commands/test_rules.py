"""rules: the list, and one of them explained."""

import pytest

from bot.commands.rules import run
from bot.core.rule import name_of
from bot.errors import ExitCode, UsageError
from bot.rules import RULES
from tests.fakes import FakeCheckout, FakeConsole, history, world


def shown(name: str | None) -> str:
    made = world(FakeCheckout(history()))
    assert run(made, name) is ExitCode.FINE
    assert isinstance(made.console, FakeConsole)
    return made.console.output


def test_every_rule_is_listed() -> None:
    listed = shown(None)

    assert all(name_of(rule) in listed for rule in RULES)


@pytest.mark.parametrize("name", [name_of(rule) for rule in RULES])
def test_every_rule_can_be_explained(name: str) -> None:
    explained = " ".join(shown(name).split())
    rule = next(each for each in RULES if name_of(each) == name)

    assert name in explained
    assert " ".join(rule.FIX.split()) in explained


def test_a_rule_about_waiting_says_what_a_tables_size_makes_of_it() -> None:
    def explained(name: str) -> str:
        return " ".join(shown(name).split())

    small = "Where the sizes of tables are known, it is a notice for a small table"
    assert f"{small}." in explained("index-create-blocking")
    assert f"{small}, and an error for a large one" in explained("add-column-inline-check")
    for name in ("table-dropped", "type-char", "column-storage-change"):
        assert small not in explained(name)


def test_a_rule_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="There is no rule nope"):
        shown("nope")
