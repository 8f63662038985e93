"""The page of the command line, from its own help."""

from collections.abc import Iterator

import click

_INTRODUCTION = """\
<!-- Made by `make docs` from the command line's own help; change it there. -->
# Commands

Every text below is what `--help` prints. `python -m bot` is the same as `migration-bot`.

- Global options stand before the verb: `migration-bot --no-color check`.
- A target's connection string comes from the environment variable that
  [the configuration](configuration.md) names, never from an argument.
- How a command ends: [exit codes](exit-codes.md). What it reads besides:
  [environment](environment.md).
- The JSON that `--format json` prints is described by a JSON Schema each:
  [check](check.schema.json), [plan](plan.schema.json), [apply](apply.schema.json),
  [status](status.schema.json), [resolve](resolve.schema.json), [baseline](baseline.schema.json),
  [restore](restore.schema.json), [reset](reset.schema.json), [rollback](rollback.schema.json) and
  [its plan](rollback-plan.schema.json), [drift](drift.schema.json), [down](down.schema.json),
  [backups list](backups-list.schema.json), [verify](backups-verify.schema.json) and
  [prune](backups-prune.schema.json), [stats](stats.schema.json). `"schema": 1` is raised when
  a field is removed or changes its meaning.
"""


def commands_page(cli: click.Group) -> str:
    return "\n".join([_INTRODUCTION, *_sections(cli)])


def _sections(cli: click.Group) -> Iterator[str]:
    name = "migration-bot"
    context = _context(cli, name, None)
    yield _section(name, cli, context)
    for verb in cli.list_commands(context):
        command = cli.get_command(context, verb)
        assert command is not None
        yield _section(verb, command, _context(command, verb, context))


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    given = command.context_settings
    return click.Context(
        command, parent=parent, info_name=name, terminal_width=90, max_content_width=90, **given
    )


def _section(title: str, command: click.Command, context: click.Context) -> str:
    return f"## {title}\n\n```text\n{command.get_help(context).strip()}\n```\n"
