"""Processes that end with the warden: as another user, and a confined server among them.

Standard library only: the warden runs this, isolated from every installed package.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.adapters.postgres.confinement import told

PR_SET_PDEATHSIG = 1

Spec = dict[str, Any]


def launch(
    spec: Spec, private: Path, programs: Path
) -> tuple[subprocess.Popen[bytes], tuple[str, ...]]:
    """The server's process, and what of its confinement the kernel granted."""
    command = [str(programs / "postgres"), "-D", str(private / "data")]
    # Immediate shutdown: nothing in this directory is worth a checkpoint.
    tie = tied(signal.SIGQUIT)
    wanted = spec["confinement"]
    if wanted is None:
        return begin(command, private, tie, **as_account(spec)), ()
    try:
        return begin_confined(command, private, tie, wanted, spec["account"])
    except subprocess.SubprocessError:
        # The kernel took it half-way out of the network, which is no place to run in.
        return begin_confined(command, private, tie, {**wanted, "network": False}, spec["account"])


def begin_confined(
    command: list[str],
    private: Path,
    tie: Callable[[], None],
    wanted: dict[str, Any],
    account: dict[str, int] | None,
) -> tuple[subprocess.Popen[bytes], tuple[str, ...]]:
    reading, writing = os.pipe()
    shut_in = told(writing, wanted, account)

    def prepare() -> None:
        shut_in()
        # After it became another user: the kernel forgets it then.
        tie()

    with open(reading, "rb") as answer:  # noqa: PTH123
        try:
            server = begin(command, private, prepare)
        finally:
            os.close(writing)
        return server, tuple(answer.read().decode().split())


def begin(
    command: list[str], private: Path, prepare: Callable[[], None], **account: Any
) -> subprocess.Popen[bytes]:
    with (private / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - a program we located, and no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=private / "data",
            env={},
            preexec_fn=prepare,
            **account,
        )


def as_account(spec: Spec) -> dict[str, Any]:
    account = spec["account"]
    if account is None:
        return {}
    return {"user": account["uid"], "group": account["gid"], "extra_groups": []}


def tied(farewell: int) -> Callable[[], None]:
    """For a new child: take this signal when the warden dies. Linux alone can promise it."""
    warden = os.getpid()
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def tie() -> None:
        if library is not None:
            library.prctl(PR_SET_PDEATHSIG, farewell)
        if os.getppid() != warden:
            os._exit(1)

    return tie
