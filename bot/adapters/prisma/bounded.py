"""Runs a program on a stranger's text: in a directory of its own, for so long, saying so much."""

import fcntl
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PREFIX = "migration-bot-prisma-"
# A directory that is younger may be about to get its lock.
YOUNG_SECONDS = 60.0
MOST_FILE_BYTES = 64 * 1024 * 1024
_LOOK_SECONDS = 0.1

# Run before the program, in its process: it ends with ours, whatever ends that, and its files stay
# small. The processor's time is limited for what might escape from its process group.
_TIED = """
import ctypes, os, resource, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
for kind, most in ((resource.RLIMIT_CPU, int(sys.argv[2])), (resource.RLIMIT_FSIZE,
        int(sys.argv[3])), (resource.RLIMIT_CORE, 0)):
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))
os.execv(sys.argv[4], sys.argv[4:])
"""


@dataclass(frozen=True)
class Ended:
    """How it ended. `stopped` says why we ended it, "" if it ended by itself."""

    code: int
    out: str
    err: str
    stopped: str = ""


@contextmanager
def private_directory() -> Iterator[Path]:
    """An empty directory that nobody else enters, gone after the block.

    What earlier ones left whose process was killed is removed as well.
    """
    base = Path(tempfile.gettempdir())
    _sweep(base)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=base, ignore_cleanup_errors=True) as place:
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield Path(place)
        finally:
            os.close(descriptor)


def _sweep(base: Path) -> None:
    for place in base.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if _abandoned(place):
                shutil.rmtree(place, ignore_errors=True)


def _abandoned(place: Path) -> bool:
    status = place.lstat()
    if status.st_uid != os.geteuid() or time.time() - status.st_mtime < YOUNG_SECONDS:
        return False
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def run_bounded(
    command: Sequence[str], *, place: Path, environ: Mapping[str, str], seconds: float, most: int
) -> Ended:
    """Run it to its end, or end it and all that it started. `most` is how many bytes it may say.

    Raises OSError if it cannot be started.
    """
    limits = [str(os.getpid()), str(int(seconds) + 1), str(MOST_FILE_BYTES)]
    process = subprocess.Popen(  # noqa: S603 - a program that somebody chose, and no shell
        [sys.executable, "-I", "-S", "-c", _TIED, *limits, *command],
        cwd=place,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout as out, process.stderr as err:
        heard = _Heard(out, err)
        try:
            stopped = heard.until(process, deadline=time.monotonic() + seconds, most=most)
        finally:
            _end(process)
        heard.rest(most)
    return Ended(process.returncode, heard.text(out), heard.text(err), stopped)


class _Heard:
    """What a program says on two pipes."""

    def __init__(self, *pipes: IO[bytes]) -> None:
        self._said: dict[IO[bytes], bytearray] = {pipe: bytearray() for pipe in pipes}
        for pipe in pipes:
            os.set_blocking(pipe.fileno(), False)

    def until(self, process: "subprocess.Popen[bytes]", *, deadline: float, most: int) -> str:
        """Listen until it ends; the answer is why it has to be ended before, "" if it did end."""
        with selectors.DefaultSelector() as selector:
            for pipe in self._said:
                selector.register(pipe, selectors.EVENT_READ)
            while process.poll() is None:
                if time.monotonic() >= deadline:
                    return "it took too long"
                if not selector.get_map():
                    time.sleep(_LOOK_SECONDS / 10)
                for key, _ in selector.select(_LOOK_SECONDS) if selector.get_map() else ():
                    # Registered were pipes, not numbers of files.
                    if not self._hear(key.fileobj):  # type: ignore[arg-type]
                        selector.unregister(key.fileobj)
                if self._amount > most:
                    return "it said too much"
        return ""

    def rest(self, most: int) -> None:
        """What is in the pipes still; nobody writes to them any more, or not for us."""
        for pipe in self._said:
            while self._amount <= most and self._hear(pipe):
                continue

    def text(self, pipe: IO[bytes]) -> str:
        return self._said[pipe].decode("utf-8", "replace")

    @property
    def _amount(self) -> int:
        return sum(map(len, self._said.values()))

    def _hear(self, pipe: IO[bytes]) -> bool:
        """Whether there was anything, and may be more."""
        received = pipe.read(65536)
        self._said[pipe] += received or b""
        return bool(received)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Its whole group, also where it has ended itself and left somebody behind."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
