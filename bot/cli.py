"""The command line: argv and environment in, exit code out. The only place that names adapters."""

import gc
import os
import sys
from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from bot import __version__
from bot.completing import VARIABLE
from bot.errors import ExitCode, UsageError
from bot.signals import listen

if TYPE_CHECKING:
    from bot.commands.session import Options

# click writes help for terminals of 52 columns and more, whatever they have.
_CLICKS_LEAST = 52

# What each verb is for, in the order of a migration's life. The rest of its help is its module's.
VERBS = {
    "init": "Move into a repository: workflows, configuration.",
    "create": "Write a new migration from what schema.prisma changes.",
    "check": "Check the migrations that a branch adds.",
    "rehearse": "Run them on a throw-away PostgreSQL.",
    "fix": "Rewrite them so that they are safe.",
    "down": "Draft and prove a migration's down.sql.",
    "plan": "Show what a rollout would do to a target.",
    "apply": "Apply what is pending on a target.",
    "status": "Show where every target stands.",
    "reset": "Drop a development database and make it anew.",
    "fleet": "Spread a fleet's tenants over jobs.",
    "drift": "Look whether a target is what its migrations make.",
    "identity": "Show which database a target is, and mark it.",
    "unlock": "End the session of a rollout that is dead.",
    "rollback": "Take back what a target has applied.",
    "resolve": "Mark a migration as applied, or as rolled back.",
    "baseline": "Tell a database which migrations it has.",
    "backup": "Back up a target, and prove the backup.",
    "backups": "List, verify or prune a target's backups.",
    "restore": "Put a backup back; the target's name is typed out.",
    "stats": "Write how big a target's tables are; no data.",
    "audit": "Check the record of a rollout, or list them.",
    "doctor": "Find what is wrong, and how to mend it.",
    "report": "Write everything that is known as pages.",
    "rules": "List the rules, or explain one.",
    "github": "Do what a GitHub event asks (inside Actions).",
    "demo": "Watch the whole way on servers of its own.",
    "completion": "Let a shell complete all of this after TAB.",
}


class Verbs(click.Group):
    """Loads a verb's module when it is called, so that `check` does not pay for `github`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = import_module(f"bot.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        command.short_help = VERBS[cmd_name]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises UsageError that names the nearest verb, for one that does not exist."""
        name = args[0]
        if name not in VERBS:
            near = get_close_matches(name, VERBS, n=1)
            advice = f"Did you mean `{near[0]}`? " if near else ""
            raise UsageError(
                f"There is no verb {name}.", hint=f"{advice}`migration-bot --help` lists them."
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table, without loading every verb."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 fine · 1 findings that block · 2 wrong arguments or configuration · "
    "3 a gate is closed · 4 PostgreSQL refused · 5 GitHub refused · 6 the histories disagree · "
    "42 tenants of a fleet are parked · 70 a fault of the bot itself · 75 a rollout is running · "
    "130 interrupted.",
)
@click.option(
    "--config",
    metavar="FILE",
    envvar="MIGRATION_BOT_CONFIG",
    help="The configuration, not .github/migration-bot.yml.",
)
@click.option(
    "--migrations",
    metavar="DIR",
    envvar="MIGRATION_BOT_MIGRATIONS",
    help="The folder, not prisma/migrations.",
)
@click.option(
    "--database",
    metavar="NAME",
    envvar="MIGRATION_BOT_DATABASE",
    help="Of several in the configuration, only this one.",
)
@click.option("--no-color", is_flag=True, help="Plain text; NO_COLOR does the same.")
@click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    envvar="MIGRATION_BOT_LOG_FORMAT",
    default="text",
    help="Standard error as text, or as lines of JSON.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say only the result.")
@click.option("-v", "--verbose", count=True, help="With an error, say where it came from.")
@click.version_option(__version__, prog_name="migration-bot")
@click.pass_context
def cli(
    context: click.Context,
    config: str | None,
    migrations: str | None,
    database: str | None,
    no_color: bool,
    log_format: str,
    quiet: bool,
    verbose: int,
) -> None:
    """Safe PostgreSQL schema change by pull request, for Prisma Migrate folders.

    Try it without any setup: `migration-bot demo`.
    """
    # Loaded late: a TAB and `--version` can do without the world.
    from bot.commands.session import Options, Session

    verb = context.invoked_subcommand or ""
    verbosity = -1 if quiet else verbose
    options = Options(
        config or None,
        migrations or None,
        not no_color,
        verbosity,
        verb,
        database=database or None,
        log_format=log_format,
    )
    context.obj.append(options)
    context.obj = Session(options, _build)
    context.call_on_close(context.obj.close)


def main(arguments: list[str] | None = None) -> None:
    """The entry point; ends the process."""
    interruptions = listen()
    collect_rarely()
    _open_closed_streams()
    code = _complete() if VARIABLE in os.environ else run(arguments, over=interruptions.over)
    interruptions.over()
    sys.exit(code)


def _complete() -> int:
    from bot.wiring.completing import complete

    return complete()


def collect_rarely() -> None:
    """Values that point in circles are rare here; looking for them took a fifth of a check."""
    gc.set_threshold(50_000, 20, 100)


def run(arguments: list[str] | None = None, *, over: Callable[[], None] = lambda: None) -> int:
    """Run one command line and return its exit code; every error is told by its Ending.

    `over` is called before it is told: nothing may break that off.
    """
    told: list[Options] = []
    try:
        result: Any = cli.main(
            arguments,
            prog_name="migration-bot",
            standalone_mode=False,
            obj=told,
            terminal_width=_narrow(get_terminal_size().columns),
        )
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return int(ExitCode.USAGE)
    except BrokenPipeError:
        # Whoever asked for help has gone; the console takes care of everything else.
        sys.stderr.close()
        return int(ExitCode.FAULT)
    except BaseException as error:
        over()
        from bot.wiring.ending import Ending

        return int(Ending(told[0] if told else None, os.environ).of(error))
    return int(result) if isinstance(result, int) else int(ExitCode.FINE)


def _narrow(columns: int) -> int | None:
    """The width of help in a terminal that is narrower than click believes any to be."""
    return max(columns - 2, 20) if columns < _CLICKS_LEAST else None


def _open_closed_streams() -> None:
    """What is written to a stream that was closed goes nowhere, and not into the next file."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - until we end


def _build(options: "Options") -> Any:
    from bot.wiring.worlds import build_worlds

    return build_worlds(options)
