"""What is proposed: names that lie nearby, begin as was typed, and mean nothing to a shell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click
import pytest

from bot.completing.proposals import Proposals

RULES = {"drop-cascade": "CASCADE drops more.", "drop-not-null": "NULL comes.", "truncate": "All."}


@dataclass(frozen=True)
class FakeNearby:
    """Every migration and backup is of staging."""

    names: Sequence[str] = ("20260102000000_more", "20260101000000_init")

    def databases(self) -> Sequence[str]:
        return ("shop", "billing")

    def targets(self) -> Sequence[str]:
        return ("staging", "production")

    def migrations(self, target: str | None) -> Sequence[str]:
        return self.names if target in (None, "staging") else ()

    def backups(self, target: str | None) -> Sequence[str]:
        return self.names if target in (None, "staging") else ()


def proposed(
    kind: str, typed: str = "", nearby: FakeNearby | None = None, **given: object
) -> list[str]:
    context = click.Context(click.Command("apply"), info_name="apply")
    context.params = dict(given)
    proposals = Proposals(lambda options: nearby or FakeNearby(), RULES)
    return [each.value for each in proposals(kind, context, typed)]


@pytest.mark.parametrize(
    ("kind", "typed", "names"),
    [
        ("target", "", ["staging", "production"]),
        ("target", "pro", ["production"]),
        ("target", "x", []),
        ("database", "b", ["billing"]),
        ("migration", "20260102", ["20260102000000_more"]),
        ("rule", "drop", ["drop-cascade", "drop-not-null"]),
        ("rules", "truncate,drop-c", ["truncate,drop-cascade"]),
        ("", "", []),
    ],
)
def test_names_that_begin_as_was_typed(kind: str, typed: str, names: list[str]) -> None:
    assert proposed(kind, typed) == names


def test_what_was_named_is_not_proposed_again() -> None:
    assert proposed("target", targets=("staging",)) == ["production"]
    assert proposed("rules", "drop-cascade,drop") == ["drop-cascade,drop-not-null"]


@pytest.mark.parametrize("kind", ["migration", "backup"])
def test_names_are_those_of_the_target_that_was_named(kind: str) -> None:
    assert proposed(kind, target="staging") == ["20260102000000_more", "20260101000000_init"]
    assert proposed(kind, target="production") == []


def test_rules_are_told_with_their_titles() -> None:
    proposals = Proposals(lambda options: FakeNearby(), RULES)
    context = click.Context(click.Command("rules"))

    (found,) = proposals("rule", context, "trunc")

    assert found.help == "All."


@pytest.mark.parametrize(
    "name",
    ["$(touch x)", "a;b", "`x`", "a b", "a\nplain,b", "*", "-rf", "a'b", 'a"b', "~x", "a\x1b[2J"],
)
def test_what_a_shell_would_act_upon_is_not_proposed(name: str) -> None:
    assert proposed("migration", nearby=FakeNearby((name, "safe"))) == ["safe"]


def test_nothing_is_looked_for_where_no_name_is_asked_for() -> None:
    looked: list[Mapping[str, Any]] = []

    def look(options: Mapping[str, Any]) -> FakeNearby:
        looked.append(options)
        return FakeNearby()

    proposals = Proposals(look, RULES)
    parent = click.Context(click.Command("migration-bot"))
    parent.params = {"config": "other.yml"}
    context = click.Context(click.Command("apply"), parent=parent)

    proposals("rule", context, "")
    assert looked == []
    proposals("target", context, "")
    assert looked == [{"config": "other.yml"}]
