"""Programs of others, run for what they print: no shell, no environment but what they are given."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BackupError

_SHOWN_LINES = 6
_SHOWN_CHARACTERS = 1000
# What a program needs to find its own files and its own settings.
ORDINARY = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME")


@dataclass(frozen=True)
class Run:
    """How a program is run. `secrets` are struck out of what is shown of its output; `cwd` is where
    it starts. `install` says how one gets it."""

    who: str
    environment: Mapping[str, str]
    seconds: float = 60.0
    secrets: Sequence[str] = ()
    cwd: Path | None = None
    install: str = ""


def output_of(arguments: Sequence[str], run: Run) -> str:
    """What it prints. Raises BackupError if it is not there, fails, or takes too long; then nothing
    that it started goes on either."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a list of arguments, and no shell
            list(arguments),
            env=dict(run.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=run.cwd,
            start_new_session=True,
        )
    except OSError as error:
        raise BackupError(
            f"{run.who} cannot be run: {error.strerror}.",
            hint=run.install or "See whether it is there, and may be executed by this user.",
        ) from None
    with process:
        try:
            said, complained = process.communicate(timeout=run.seconds)
        except subprocess.TimeoutExpired:
            raise BackupError(
                f"{run.who} gave no answer within {run.seconds:g} s.",
                hint="See what it waits for by running it yourself.",
            ) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        raise _failed(run, process.returncode, complained + b"\n" + said)
    return said.decode(errors="replace")


def ordinary(environ: Mapping[str, str] = os.environ, *, prefix: str = "") -> dict[str, str]:
    """What of the environment such a program is given: what it needs, and its own settings."""
    return {
        name: value
        for name, value in environ.items()
        if name in ORDINARY or (prefix and name.startswith(prefix))
    }


def _failed(run: Run, code: int, said: bytes) -> BackupError:
    how = f"was ended by signal {-code}" if code < 0 else f"failed with exit status {code}"
    end = shown(said.decode(errors="replace"), run.secrets)
    return BackupError(
        f"{run.who} {how}.",
        hint=f"The end of what it said:\n{end}" if end else "It said nothing. Run it yourself.",
    )


def shown(text: str, secrets: Sequence[str]) -> str:
    """The end of it, with nothing secret in it."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    end = "\n".join(line for line in text.strip().splitlines()[-_SHOWN_LINES:])
    return end[-_SHOWN_CHARACTERS:]
