"""How a command ends that does not end well: the only place where errors are told."""

import traceback
from collections.abc import Mapping
from datetime import UTC, datetime

import click

from bot.commands.session import JSON, Options
from bot.core.log_line import failed
from bot.core.rollouts.rollout_log import line_of
from bot.errors import BotError, ExitCode, UsageError, was_interrupted
from bot.wiring.secrets import cleaner, log_cleaner

# Those that an interruption may catch in the middle of a rollout.
APPLYING = ("apply", "github", "demo")
TAKING_BACK = ("rollback",)
RESTORING = ("restore",)
RESETTING = ("reset",)


class Ending:
    """Of one command. `options` are None where they were not understood."""

    def __init__(self, options: Options | None, environ: Mapping[str, str]) -> None:
        self._verb = options.verb if options else ""
        self._verbose = options is not None and options.verbosity > 0
        asked = environ.get("MIGRATION_BOT_LOG_FORMAT", "").lower() == JSON
        self._lines = options.lines if options else asked

    def of(self, error: BaseException) -> ExitCode:
        """Tell it, and say how the process ends. Raises what is none of ours, such as an exit."""
        if isinstance(error, BotError):
            if self._verbose:
                self._trace(error)
            self._tell(error)
            return error.exit_code
        if isinstance(error, click.UsageError):
            self._tell(_as_ours(error))
            return ExitCode.USAGE
        if isinstance(error, click.Abort) or was_interrupted(error):
            self._interrupted(error)
            return ExitCode.INTERRUPTED
        if not isinstance(error, Exception):
            raise error
        self._fault(error)
        return ExitCode.FAULT

    def _tell(self, error: BotError) -> None:
        if self._lines:
            self._line(type(error).__name__, error.exit_code, error.message, error.hint)
            return
        clean = log_cleaner()
        click.echo(f"error: {clean(error.message)}", err=True)
        click.echo(f"hint:  {clean(error.hint)}", err=True)

    def _line(self, error: str, code: ExitCode, message: str, hint: str) -> None:
        now = datetime.now(UTC)
        content = failed(
            self._verb, error=error, code=int(code), message=message, hint=hint, at=now
        )
        click.echo(line_of(content, cleaner()), err=True)

    def _interrupted(self, error: BaseException) -> None:
        said = _what_holds(self._verb)
        if self._lines:
            self._line("Interrupted", ExitCode.INTERRUPTED, said, "Run the same again.")
            return
        if not _line_ended(error):
            click.echo(err=True)
        click.echo(said, err=True)

    def _trace(self, error: BaseException) -> None:
        """Where it came from, with secrets struck out; machines are told what happened."""
        if not self._lines:
            click.echo(log_cleaner()(_traced(error)), err=True)

    def _fault(self, error: Exception) -> None:
        """A bug of ours keeps its traceback."""
        if self._lines:
            said = f"This is a fault of migration-bot itself. {_traced(error)}"
            hint = "Report it with the message; nothing secret is in it."
            self._line(type(error).__name__, ExitCode.FAULT, said, hint)
            return
        self._trace(error)
        click.echo("error: this is a fault of migration-bot itself.", err=True)
        click.echo("hint:  report it with the lines above; nothing secret is in them.", err=True)


def _traced(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def _as_ours(error: click.UsageError) -> UsageError:
    """click's complaint about the arguments, told as every other error is."""
    path = error.ctx.command_path if error.ctx else "migration-bot"
    return UsageError(error.format_message(), hint=f"`{path} --help` shows how to call it.")


def _line_ended(error: BaseException) -> bool:
    """Whether click has ended the line with ^C in it: it does for what it makes an Abort of, and
    not for one that a prompt of its has raised."""
    return isinstance(error, click.Abort) and error.__cause__ is not None


def _what_holds(verb: str) -> str:
    if verb in APPLYING:
        return "interrupted; what was committed is applied, and nothing else"
    if verb in TAKING_BACK:
        return "interrupted; what was committed is taken back, and nothing else"
    if verb in RESTORING:
        return "interrupted; the target is as it was, or restored as a whole"
    if verb in RESETTING:
        return "interrupted; run it again, and it does what is left"
    return "interrupted"
