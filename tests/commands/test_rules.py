"""rules: the list, and one of them explained."""

import pytest

from bot.commands.rules import run
from bot.core.findings.page import Page
from bot.core.findings.rule import name_of
from bot.errors import ExitCode, UsageError
from bot.report.subjects import by_subject
from bot.report.terminal.rules import rules_text
from bot.rules import RULES
from tests.fakes import FakeCheckout, FakeConsole, history, world

RANKS = ["error", "warning", "notice", "off"]


def shown(name: str | None) -> str:
    made = world(FakeCheckout(history()))
    assert run(made, name) is ExitCode.FINE
    assert isinstance(made.console, FakeConsole)
    return made.console.output


def test_every_rule_is_listed() -> None:
    listed = shown(None)

    assert all(name_of(rule) in listed for rule in RULES)


def test_the_list_is_by_subject_and_the_gravest_first() -> None:
    listed = shown(None).split("\n\n")
    tables = next(each for each in listed if each.startswith("Tables\n")).splitlines()[1:]
    severities = [words[0] for row in tables if (words := row.split())[0] in RANKS]

    assert severities == sorted(severities, key=RANKS.index)
    assert "  error    table-dropped" in tables
    assert listed[-1].startswith(f"{len(RULES)} rules: ")


def test_the_list_marks_what_can_be_rewritten_and_what_is_weighed_by_size() -> None:
    rows = shown(None).splitlines()

    assert "  error    index-create-blocking  fix size" in rows
    assert "  error    table-dropped" in rows


def test_the_list_fits_a_terminal_of_eighty_columns() -> None:
    listed = rules_text(RULES, Page(80, colour=False))
    assert max(map(len, listed.splitlines())) <= 80


def test_every_rule_belongs_to_a_subject_with_a_title() -> None:
    grouped = [(title, rule) for title, its in by_subject(RULES) for rule in its]

    assert len(grouped) == len(RULES)
    assert [title for title, _ in grouped if title == title.lower()] == []


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
