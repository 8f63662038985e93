"""The warden: a process of its own that owns one throw-away server and cleans up after it.

It runs isolated and with the standard library alone, in a session of its own. The
parent writes one line of JSON to its standard input, keeps that pipe open, and reads one line of
JSON back. When the pipe ends - the parent left, or was killed - the server is stopped and its
directory removed. "stop" does the same at once; "detach" lets the server outlive the parent.

Two things make this hold when the warden itself is killed: the kernel then stops the server (on
Linux), and the lock on the directory falls open, so that the next warden sweeps it away.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any

from bot.adapters.postgres.cluster import (
    Failure,
    forget_shared_memory,
    make_server,
    stop,
)
from bot.adapters.postgres.launching import Spec

PREFIX = "migration-bot-pg-"
LOCK = "lock"
STALE_SECONDS = 60
PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Make the server, wait for a reason to stop it, and leave nothing behind."""
    os.umask(0o077)
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    adopt_orphans()
    orders = Orders(parent=os.getppid())
    spec = orders.first()
    if spec is None:
        return 0
    sweep(Path(spec["base"]))
    if spec.get("sweep_only"):
        return 0
    return keep(spec, orders)


def keep(spec: Spec, orders: "Orders") -> int:
    private: Path | None = None
    server: subprocess.Popen[bytes] | None = None
    try:
        private = private_directory(Path(spec["base"]), spec["account"])
        server, facts = make_server(spec, private)
        say({"ready": {**facts, "pid": server.pid, "warden": os.getpid(), "private": str(private)}})
        orders.wait(server)
    except Failure as failure:
        say({"failed": str(failure), "log": failure.log})
    except OSError as error:
        say({"failed": f"{error.strerror or error} ({error.filename})", "log": ""})
    finally:
        if server is not None:
            stop(server)
        end_orphans()
        if private is not None:
            remove(private)
    return 0


class Orders:
    """What the parent wants: a first line of JSON, then "stop", "detach", or its own end."""

    def __init__(self, *, parent: int) -> None:
        self._parent = parent
        self._buffer = b""
        self._detached = False
        self._wakeups, wake = socket.socketpair()
        self._wakeups.setblocking(False)
        wake.setblocking(False)
        self._wake = wake
        self._terminated = False
        signal.signal(signal.SIGTERM, self._terminate)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)

    def _terminate(self, *_: object) -> None:
        self._terminated = True

    def first(self) -> Spec | None:
        while b"\n" not in self._buffer:
            received = os.read(0, 65536)
            if not received:
                return None
            self._buffer += received
        line, self._buffer = self._buffer.split(b"\n", 1)
        spec: Spec = json.loads(line)
        return spec

    def wait(self, server: subprocess.Popen[bytes]) -> None:
        """Return when the server is no longer wanted, or no longer there."""
        with DefaultSelector() as selector:
            selector.register(0, EVENT_READ)
            selector.register(self._wakeups, EVENT_READ)
            while not self._terminated and server.poll() is None:
                ready = {key.fd for key, _ in selector.select(timeout=1.0)}
                if self._wakeups.fileno() in ready:
                    self._wakeups.recv(4096)
                if 0 in ready and not self._obey(os.read(0, 4096)):
                    return
                if self._detached and 0 in selector.get_map():
                    selector.unregister(0)
                # A child that the parent forked may hold the pipe open after the parent is gone.
                if not self._detached and os.getppid() != self._parent:
                    return

    def _obey(self, received: bytes) -> bool:
        """Whether to go on."""
        self._buffer += received
        if b"detach\n" in self._buffer:
            self._detached = True
            say({"detached": os.getpid()})
            with open(os.devnull, "r+b") as nowhere:  # noqa: PTH123
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
            return True
        return bool(received) and b"stop\n" not in self._buffer


def say(answer: dict[str, Any]) -> None:
    """Answer the parent; if it has gone, nobody wants to know."""
    with contextlib.suppress(OSError):
        os.write(1, json.dumps(answer).encode() + b"\n")


def adopt_orphans() -> None:
    """Become the parent of what a killed server leaves running: it has no other then."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans() -> None:
    """A busy backend looks after its server only when it is done, and that may be never."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    with contextlib.suppress(OSError):
        while pids := [int(pid) for pid in children.read_text().split()]:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def private_directory(base: Path, account: dict[str, int] | None) -> Path:
    """A new directory that carries our lock, and inside it two that only the server's user opens.

    The lock is taken under another name first: a directory never has an open lock of that name
    unless its owner is gone.
    """
    private = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    descriptor = os.open(private / "locking", os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    (private / "locking").rename(private / LOCK)
    for name in ("data", "socket"):
        (private / name).mkdir(mode=0o700)
    if account is not None:
        private.chmod(0o711)
        for name in ("data", "socket"):
            os.chown(private / name, account["uid"], account["gid"])
    return private


def remove(private: Path) -> None:
    forget_shared_memory(private)
    # A backend of a killed server may still write for a moment.
    for _ in range(20):
        shutil.rmtree(private, ignore_errors=True)
        if not private.exists():
            return
        time.sleep(0.1)


def sweep(base: Path) -> None:
    """Remove what wardens left that were killed; never what is alive, or another user's."""
    for private in base.glob(PREFIX + "*"):
        with contextlib.suppress(OSError):
            if abandoned(private):
                end_left_over(private)
                remove(private)


def abandoned(private: Path) -> bool:
    status = private.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        return False
    try:
        descriptor = os.open(private / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return time.time() - status.st_mtime > STALE_SECONDS
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def end_left_over(private: Path) -> None:
    """Where the kernel did not stop the server with its warden, stop it now."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int((private / "data" / "postmaster.pid").read_text().splitlines()[0])
        for farewell in (signal.SIGQUIT, signal.SIGKILL):
            for _ in range(70):
                if str(private) not in command_line(pid):
                    return
                os.kill(pid, farewell)
                time.sleep(0.1)


def command_line(pid: int) -> str:
    """Of a running process; empty if there is none."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    done = subprocess.run(  # noqa: S603
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout
