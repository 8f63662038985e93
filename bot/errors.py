"""Errors that a person can act on: what happened, and one thing to do next.

Anything raised that is not a BotError is a bug of ours and keeps its traceback (exit 70).
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a process that runs migration-bot can learn from its exit status."""

    FINE = 0
    FINDINGS = 1
    USAGE = 2
    GATE_CLOSED = 3
    POSTGRES = 4
    GITHUB = 5
    HISTORY = 6
    PARKED = 42
    FAULT = 70
    BUSY = 75
    INTERRUPTED = 130


class BotError(Exception):
    """Something the reader can mend. `hint` has no default: it is written for that reader."""

    exit_code: ExitCode = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(BotError):
    """Wrong arguments, a wrong configuration, or a place that is not what it should be."""

    exit_code = ExitCode.USAGE


class GateClosed(BotError):
    """A rollout is not allowed now."""

    exit_code = ExitCode.GATE_CLOSED


class PostgresError(BotError):
    """PostgreSQL refused, or could not be reached. `sqlstate` is the server's code, if any.

    `position` is the place of the refused statement among those that were sent together; behind the
    last, it was their row or their COMMIT.
    """

    exit_code = ExitCode.POSTGRES

    def __init__(
        self, message: str, *, hint: str, sqlstate: str | None = None, position: int = 0
    ) -> None:
        super().__init__(message, hint=hint)
        self.sqlstate = sqlstate
        self.position = position


class BackupError(PostgresError):
    """A backup could not be taken, or could not be proved."""


class UnknownBackup(BackupError):
    """Nothing that is kept is called so, or more than one thing."""

    exit_code = ExitCode.USAGE


class BrokenBackup(BackupError):
    """A backup is not what was written, or does not hold what its manifest says."""


class GitHubError(BotError):
    """GitHub refused, or could not be reached."""

    exit_code = ExitCode.GITHUB


class NotificationError(BotError):
    """A chat room or a webhook was not told. It is said, and changes nothing."""


class HistoryError(BotError):
    """The history and a target (or the base branch) disagree about what was applied."""

    exit_code = ExitCode.HISTORY


class FleetStopped(BotError):
    """A rollout to a fleet that did not reach every tenant. `code` tells what a pipeline may do:
    42 where trying again is no use before somebody has mended a tenant.
    """

    def __init__(self, message: str, *, hint: str, code: ExitCode) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = code


class Interrupted(BotError):
    """A rollout was ended by a signal. The message says what is applied."""

    exit_code = ExitCode.INTERRUPTED


class UnequalFix(BotError):
    """What the bot wrote in place of a migration does not do the same: a fault of its own."""

    exit_code = ExitCode.FAULT


def was_interrupted(error: BaseException) -> bool:
    """Whether it is a signal, or came of what a signal has broken off: Python 3.11 makes a
    RuntimeError of one that comes while a class is made."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, KeyboardInterrupt):
            return True
        seen = seen.__context__
    return False
