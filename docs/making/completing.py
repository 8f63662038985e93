"""The table that shells complete from: every word of the command line, from its own modules."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

import bot.completing
from bot.completing.words import TABLE
from bot.core.backups.policy import BackupPolicy
from bot.core.findings.rule import Rule, name_of, title_of
from bot.core.settings import CONFIG_PATH, DEFAULT_FOLDER, default_targets

PLACE = Path(bot.completing.__file__).parent / TABLE

# What a value is, by the name of its parameter. `--yes-restore` is not here: the name of the target
# is to be typed out.
_BY_NAME = {
    "target": "target",
    "targets": "target",
    "into": "target",
    "migration": "migration",
    "to": "migration",
    "applied": "migration",
    "rolled_back": "migration",
    "backup": "backup",
    "database": "database",
    "rule": "rule",
    "rules": "rules",
    "file": "file",
}
_BY_METAVAR = {"FILE": "file", "DIR": "dir"}


def words_table(cli: click.Group, rules: Iterable[Rule]) -> str:
    words = {
        "defaults": {
            "configuration": CONFIG_PATH,
            "folder": DEFAULT_FOLDER,
            "targets": list(default_targets()),
            "backups": BackupPolicy().directory,
        },
        "rules": {name_of(rule): title_of(rule) for rule in rules},
        "command": _entry(cli, click.Context(cli), ""),
    }
    return json.dumps(words, indent=1, ensure_ascii=False) + "\n"


def _entry(command: click.Command, context: click.Context, said: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"help": said}
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    if arguments:
        entry["arguments"] = [_argument(each) for each in arguments]
    options = [each for each in command.params if isinstance(each, click.Option)]
    entry["options"] = [_option(each) for each in options]
    if isinstance(command, click.Group):
        entry["verbs"] = {
            name: _below(command, name, context) for name in command.list_commands(context)
        }
    return entry


def _below(group: click.Group, name: str, context: click.Context) -> dict[str, Any]:
    command = group.get_command(context, name)
    assert command is not None
    return _entry(command, context, command.get_short_help_str(limit=80))


def _argument(argument: click.Argument) -> dict[str, Any]:
    return {
        "name": argument.name,
        **_taken(argument),
        **({"many": True} if argument.nargs == -1 else {}),
    }


def _option(option: click.Option) -> dict[str, Any]:
    names = [*option.opts, *option.secondary_opts]
    entry = {"names": names, "help": (option.help or "").partition(". ")[0].rstrip(".")}
    return entry if option.is_flag or option.count else entry | _taken(option)


def _taken(parameter: click.Parameter) -> dict[str, Any]:
    if isinstance(parameter.type, click.Choice):
        return {"takes": "choice", "choices": [str(each) for each in parameter.type.choices]}
    by_metavar = _BY_METAVAR.get(parameter.metavar or "", "")
    return {"takes": by_metavar or _BY_NAME.get(parameter.name or "", "")}
