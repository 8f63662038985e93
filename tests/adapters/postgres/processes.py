"""Other processes, as tests see them: start one that holds a server, and wait for its end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]

HOLDER = """
import json, sys, time
from bot.adapters.postgres.server import start_server
with start_server() as server:
    facts = {"pid": server.pid, "warden": server.warden_pid, "directory": str(server.directory)}
    facts["url"] = server.url()
    if "detach" in sys.argv:
        facts["command"] = server.detach()
    print(json.dumps(facts), flush=True)
    if "fork" in sys.argv:
        import os
        if os.fork() == 0:
            os.close(1)
            time.sleep(8)
            os._exit(0)
    if "detach" not in sys.argv:
        time.sleep(60)
"""


@contextmanager
def holder(
    *arguments: str,
    python: str = sys.executable,
    env: Mapping[str, str] | None = None,
    **options: Any,
) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """A process with a server of its own, and what it says about that server."""
    process = subprocess.Popen(
        [python, "-c", HOLDER, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        start_new_session=True,
        **options,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield process, json.loads(line)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not yet waited for does not."""
    if Path("/proc/self/stat").exists():
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False
    status = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return status.stdout.strip() != "" and not status.stdout.startswith("Z")


def becomes_true(question: Callable[[], bool], *, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return question()


def gone(facts: Mapping[str, Any]) -> bool:
    """Whether server, warden and directory have all disappeared."""
    processes = (facts["pid"], facts["warden"])
    return not any(alive(pid) for pid in processes) and not Path(facts["directory"]).exists()


def in_a_child(question: Callable[[], str]) -> str:
    """What a forked process answers, or the name of what it raised."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = question()
        except BaseException as error:
            said = type(error).__name__
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:  # noqa: PTH123
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said


def python_for_everybody() -> str | None:
    """An interpreter of our version that an ordinary user may run."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        if Path(python).exists() and can_run(python):
            return python
    return None


def can_run(python: str) -> bool:
    try:
        done = subprocess.run([python, "-V"], user=65534, cwd="/", capture_output=True, check=False)
    except (PermissionError, KeyError):
        return False
    return done.returncode == 0
