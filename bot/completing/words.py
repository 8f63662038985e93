"""The command line as the made table has it, in commands that know how to be completed.

A verb's own module brings the parsers and half of the bot along, which is too much for a TAB.
`make docs` writes the table from the verbs' modules, and a test holds it to them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import click
from click.shell_completion import CompletionItem

TABLE = "words.json"

# What is proposed for a kind of value: of the context, and of what was typed of it so far.
Propose = Callable[[str, click.Context, str], Sequence[CompletionItem[str]]]


@dataclass(frozen=True)
class Defaults:
    """What holds in a repository without a configuration."""

    configuration: str
    folder: str
    targets: tuple[str, ...]
    backups: str


@dataclass(frozen=True)
class Words:
    """Every word of the command line; `rules` are their names with their titles."""

    defaults: Defaults
    rules: Mapping[str, str]
    command: Mapping[str, Any]


def words_of(text: str) -> Words:
    loaded = json.loads(text)
    defaults = loaded["defaults"]
    return Words(
        Defaults(**{**defaults, "targets": tuple(defaults["targets"])}),
        loaded["rules"],
        loaded["command"],
    )


def made_words() -> Words:
    return words_of(files(__package__).joinpath(TABLE).read_text("utf-8"))


def command_of(name: str, entry: Mapping[str, Any], propose: Propose) -> click.Command:
    """The command with its parameters and the verbs below it; calling it does nothing."""
    parameters: list[click.Parameter] = [
        *(_argument(each, propose) for each in entry.get("arguments", ())),
        *(_option(each, propose) for each in entry["options"]),
    ]
    kind: type[click.Command] = click.Group if "verbs" in entry else click.Command
    command = kind(
        name,
        params=parameters,
        short_help=entry["help"],
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if isinstance(command, click.Group):
        for verb, below in entry["verbs"].items():
            command.add_command(command_of(verb, below, propose))
    return command


def _argument(entry: Mapping[str, Any], propose: Propose) -> click.Argument:
    return click.Argument(
        [entry["name"]],
        nargs=-1 if entry.get("many") else 1,
        required=False,
        **_value(entry, propose),
    )


def _option(entry: Mapping[str, Any], propose: Propose) -> click.Option:
    if "takes" not in entry:
        return click.Option(entry["names"], is_flag=True, help=entry["help"])
    return click.Option(entry["names"], help=entry["help"], **_value(entry, propose))


def _value(entry: Mapping[str, Any], propose: Propose) -> dict[str, Any]:
    takes = entry["takes"]
    if takes == "choice":
        return {"type": click.Choice(entry["choices"])}
    if takes in ("file", "dir"):
        return {"type": click.Path(file_okay=takes == "file")}
    return {"shell_complete": lambda context, _, typed: propose(takes, context, typed)}
