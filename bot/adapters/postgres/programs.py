"""PostgreSQL's client programs as child processes: no secret in an argument, no failure unseen."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO

from bot.adapters.postgres.tools import Installation
from bot.core.targets.url import ConnectionUrl
from bot.errors import BackupError

_INHERITED = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
_SHOWN_LINES = 6
_STOP_SECONDS = 10

# Run before the program, in its process: take SIGTERM when our process dies, whatever kills it. A
# pg_dump that went on alone would hold locks on every table.
_TIED = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


def in_full(end: str) -> str:
    """What to do about the last lines that a program said, and those lines."""
    advice = _advice(end)
    return f"{advice} The end of what it said:\n{end}" if end else advice


class Program:
    """A client program that runs."""

    def __init__(
        self,
        name: str,
        process: "subprocess.Popen[bytes]",
        said: IO[bytes],
        url: ConnectionUrl,
        hint: Callable[[str], str],
    ) -> None:
        self._name = name
        self._process = process
        self._said = said
        self._url = url
        self._hint = hint

    def check(self) -> None:
        """Raise if it has failed already; if it still runs, go on."""
        if self._process.poll() not in (None, 0):
            self._fail()

    def wait(self) -> None:
        if self._process.wait() != 0:
            self._fail()

    def ended(self, seconds: float) -> bool:
        """Whether it ends well within so many seconds. Raises if it fails."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self.wait()
        return True

    def _fail(self) -> None:
        self._said.seek(0)
        text = self._said.read().decode(errors="replace")
        for secret in self._url.secrets:
            text = text.replace(secret, "***")
        end = "\n".join(text.strip().splitlines()[-_SHOWN_LINES:])
        code = self._process.returncode
        how = f"was ended by signal {-code}" if code < 0 else f"failed with exit status {code}"
        raise BackupError(f"{self._name} {how}.", hint=self._hint(end))


@contextmanager
def running(
    installation: Installation,
    name: str,
    arguments: Sequence[str],
    *,
    url: ConnectionUrl,
    environ: Mapping[str, str] = os.environ,
    hint: Callable[[str], str] = in_full,
    connects: bool = True,
    output: int | None = None,
) -> Iterator[Program]:
    """Run a program beside the block. It never outlives the block, however that ends.

    `hint` makes an error's hint of the last lines that it said. One that `connects` never asks for
    a password. `output` is where its results go, if not where it says the rest.
    """
    inherited = {key: environ[key] for key in _INHERITED if key in environ}
    environment = {**inherited, "LC_ALL": "C", **url.libpq_environment()}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - a program we located, and no shell
            [
                *_tie(),
                str(installation.bin / name),
                *(["--no-password"] if connects else []),
                *arguments,
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said if output is None else output,
            stderr=said,
        )
        try:
            yield Program(name, process, said, url, hint)
        finally:
            _end(process)


def _tie() -> list[str]:
    """Linux alone can promise it."""
    if sys.platform != "linux":
        return []
    return [sys.executable, "-I", "-S", "-c", _TIED, str(os.getpid())]


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def _advice(end: str) -> str:
    advice = "Mend what it says, and try again."
    if "No space left" in end:
        advice = "Free some disk space, or keep backups on a larger disk."
    elif "row-level security" in end or "row security" in end:
        advice = "Back up as a role that sees every row: a superuser, or one with BYPASSRLS."
    elif "permission denied" in end:
        advice = "Back up as a role that may read every table (GRANT pg_read_all_data)."
    elif "could not obtain lock" in end or "lock timeout" in end:
        advice = "Another session holds a table. Wait until it has finished, and try again."
    elif "pg_hba.conf entry for replication" in end or "replication role" in end:
        advice = (
            "Back up as a role with REPLICATION, and allow it replication connections in "
            "pg_hba.conf; or use `backup.provider: pg_dump`."
        )
    elif "extension" in end and "not available" in end:
        advice = "Install that extension beside the PostgreSQL that proves backups."
    return advice
