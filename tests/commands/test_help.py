"""What `--help` teaches can be typed: every example is parsed by the real command line."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from bot.cli import VERBS, cli, run

_EXAMPLE = re.compile(r"^ +migration-bot (.+)$", re.MULTILINE)
# What an example does stands behind it, two blanks away, as does where its output goes.
_REMARK = re.compile(r" {2,}\S.*$| >> .*$| > .*$")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every verb, and every verb of a verb, by how it is called."""
    context = click.Context(cli)
    for verb in VERBS:
        command = cli.get_command(context, verb)
        assert command is not None
        yield verb, command
        if isinstance(command, click.Group):
            yield from ((f"{verb} {name}", each) for name, each in command.commands.items())


def examples(command: click.Command) -> list[str]:
    return [_REMARK.sub("", each) for each in _EXAMPLE.findall(command.help or "")]


COMMANDS = dict(commands())
EXAMPLES = [each for command in COMMANDS.values() for each in examples(command)]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_understood(example: str) -> None:
    words = shlex.split(example)
    context, command = click.Context(cli, info_name="migration-bot"), cli.get_command
    first = command(context, words[0])
    assert first is not None
    while isinstance(first, click.Group):
        first, words = first.commands[words[1]], words[1:]

    first.make_context(words[0], words[1:], parent=context)


def test_a_wrong_one_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        test_an_example_is_understood("check --fromat json")


def test_every_verb_has_examples() -> None:
    assert [verb for verb in VERBS if not examples(COMMANDS[verb])] == []
    assert len(EXAMPLES) > 2 * len(VERBS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_and_every_verb_says_what_it_is_for(name: str) -> None:
    command = COMMANDS[name]

    options = [each for each in command.params if isinstance(each, click.Option)]
    silent = [each.name for each in options if not each.help]
    assert silent == []
    assert (command.help or "").strip()


@pytest.mark.parametrize(("columns", "widest"), [("40", 38), ("80", 78), ("200", 78)])
@pytest.mark.parametrize("verb", ["status", "backup", "unlock"])
def test_help_is_as_wide_as_the_terminal_and_no_wider_than_one_reads(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: str,
    columns: str,
    widest: int,
) -> None:
    monkeypatch.setenv("COLUMNS", columns)

    assert run([verb, "--help"]) == 0

    lines = capsys.readouterr().out.splitlines()
    prose = [line for line in lines if "migration-bot " not in line]
    assert widest - 20 < max(map(len, prose)) <= widest
