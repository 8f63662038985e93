"""The command line: argv and environment in, exit code out. The only place that names adapters."""

import gc
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from bot import __version__
from bot.commands.session import Options, Session
from bot.errors import BotError, ExitCode, UsageError
from bot.signals import listen

# What each verb is for, in the order of a migration's life. The rest of its help is its module's.
VERBS = {
    "init": "Move into a repository: workflows, configuration.",
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
    "rules": "List the rules, or explain one.",
    "github": "Do what a GitHub event asks (inside Actions).",
    "demo": "Watch the whole way on servers of its own.",
}

# Those that an interruption may catch in the middle of a rollout.
APPLYING = ("apply", "github", "demo")
TAKING_BACK = ("rollback",)
RESTORING = ("restore",)
RESETTING = ("reset",)


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
    quiet: bool,
    verbose: int,
) -> None:
    """Safe PostgreSQL schema change by pull request, for Prisma Migrate folders.

    Try it without any setup: `migration-bot demo`.
    """
    verb = context.invoked_subcommand or ""
    verbosity = -1 if quiet else verbose
    options = Options(
        config or None,
        migrations or None,
        not no_color,
        verbosity,
        verb,
        database=database or None,
    )
    context.obj.append(options)
    context.obj = Session(options, _build)


def main(arguments: list[str] | None = None) -> None:
    """The entry point; ends the process."""
    listen()
    collect_rarely()
    _open_closed_streams()
    sys.exit(run(arguments))


def collect_rarely() -> None:
    """Values that point in circles are rare here; looking for them took a fifth of a check."""
    gc.set_threshold(50_000, 20, 100)


def run(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code; every error is printed here and only here."""
    told: list[Options] = []
    try:
        result: Any = cli.main(
            arguments, prog_name="migration-bot", standalone_mode=False, obj=told
        )
    except BotError as error:
        if any(options.verbosity > 0 for options in told):
            _print_traceback()
        _print_error(error)
        return int(error.exit_code)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return int(ExitCode.USAGE)
    except click.UsageError as error:
        _print_error(_as_ours(error))
        return int(ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort) as error:
        if not _line_ended(error):
            click.echo(err=True)
        _print_interrupted(told[0].verb if told else "")
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Whoever asked for help has gone; the console takes care of everything else.
        sys.stderr.close()
        return int(ExitCode.FAULT)
    except Exception:
        _print_fault()
        return int(ExitCode.FAULT)
    return int(result) if isinstance(result, int) else int(ExitCode.FINE)


def _open_closed_streams() -> None:
    """What is written to a stream that was closed goes nowhere, and not into the next file."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - until we end


def _as_ours(error: click.UsageError) -> UsageError:
    """click's complaint about the arguments, told as every other error is."""
    path = error.ctx.command_path if error.ctx else "migration-bot"
    return UsageError(error.format_message(), hint=f"`{path} --help` shows how to call it.")


def _build(options: Options) -> Any:
    from bot.wiring.worlds import build_worlds

    return build_worlds(options)


def _print_error(error: BotError) -> None:
    from bot.wiring.secrets import log_cleaner

    clean = log_cleaner()
    click.echo(f"error: {clean(error.message)}", err=True)
    click.echo(f"hint:  {clean(error.hint)}", err=True)


def _line_ended(error: BaseException) -> bool:
    """Whether click has ended the line with ^C in it: it does for what it makes an Abort of, and
    not for one that a prompt of its has raised."""
    return error.__cause__ is not None


def _print_interrupted(verb: str) -> None:
    if verb in APPLYING:
        click.echo("interrupted; what was committed is applied, and nothing else", err=True)
    elif verb in TAKING_BACK:
        click.echo("interrupted; what was committed is taken back, and nothing else", err=True)
    elif verb in RESTORING:
        click.echo("interrupted; the target is as it was, or restored as a whole", err=True)
    elif verb in RESETTING:
        click.echo("interrupted; run it again, and it does what is left", err=True)
    else:
        click.echo("interrupted", err=True)


def _print_traceback() -> None:
    """Where the exception at hand came from, with secrets struck out."""
    import traceback

    from bot.wiring.secrets import log_cleaner

    click.echo(log_cleaner()(traceback.format_exc()), err=True)


def _print_fault() -> None:
    """A bug of ours keeps its traceback."""
    _print_traceback()
    click.echo("error: this is a fault of migration-bot itself.", err=True)
    click.echo("hint:  report it with the lines above; nothing secret is in them.", err=True)
