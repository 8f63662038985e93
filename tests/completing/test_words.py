"""The made table is the command line, and its commands are completed as the real ones would be."""

from collections.abc import Sequence

import click
import pytest
from click.shell_completion import CompletionItem

from bot.cli import VERBS, cli
from bot.completing.words import Propose, command_of, made_words
from bot.rules import RULES
from docs.making.completing import PLACE, words_table


def test_the_table_is_current() -> None:
    assert PLACE.read_text("utf-8") == words_table(cli, RULES), "run `make docs`"


def test_every_verb_and_option_is_in_it() -> None:
    light = command_of("migration-bot", made_words().command, _nothing)

    assert isinstance(light, click.Group)
    assert list(light.commands) == list(VERBS)
    for name, verb in light.commands.items():
        real = cli.get_command(click.Context(cli), name)
        assert real is not None
        assert [each.opts for each in verb.params] == [
            [*each.opts, *each.secondary_opts] for each in real.params
        ]


@pytest.mark.parametrize(
    ("verb", "parameter", "takes"),
    [
        ("apply", "target", "target"),
        ("status", "targets", "target"),
        ("restore", "into", "target"),
        ("restore", "backup", "backup"),
        ("rollback", "to", "migration"),
        ("baseline", "to", "migration"),
        ("resolve", "applied", "migration"),
        ("down", "migration", "migration"),
        ("rules", "rule", "rule"),
        ("check", "rules", "rules"),
    ],
)
def test_a_value_that_has_names_asks_for_them(verb: str, parameter: str, takes: str) -> None:
    assert _asked(verb, parameter) == [takes]


def test_the_name_that_is_to_be_typed_out_is_not_proposed() -> None:
    assert _asked("restore", "yes_restore") == [""]


@pytest.mark.parametrize(
    ("verb", "parameter", "proposed"),
    [
        ("check", "format", ["text", "json", "markdown", "sarif"]),
        ("completion", "shell", ["bash", "zsh", "fish"]),
    ],
)
def test_a_choice_proposes_what_there_is(verb: str, parameter: str, proposed: list[str]) -> None:
    found = _parameter(_nothing, verb, parameter).shell_complete(click.Context(cli), "")

    assert [each.value for each in found] == proposed


def test_a_file_is_left_to_the_shell() -> None:
    (found,) = _parameter(_nothing, "check", "stats").shell_complete(click.Context(cli), "a")

    assert (found.type, found.value) == ("file", "a")


def _nothing(kind: str, context: click.Context, typed: str) -> Sequence[CompletionItem[str]]:
    return ()


def _asked(verb: str, parameter: str) -> list[str]:
    """The kinds of value that are asked for where the parameter is completed."""
    asked: list[str] = []

    def propose(kind: str, context: click.Context, typed: str) -> Sequence[CompletionItem[str]]:
        asked.append(kind)
        return ()

    _parameter(propose, verb, parameter).shell_complete(click.Context(cli), "")
    return asked


def _parameter(propose: Propose, verb: str, name: str) -> click.Parameter:
    light = command_of("migration-bot", made_words().command, propose)
    assert isinstance(light, click.Group)
    return next(each for each in light.commands[verb].params if each.name == name)
