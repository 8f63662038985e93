"""A throw-away cluster in a private directory: initdb, its settings, its server process.

Standard library only: the warden runs this, isolated from every installed package.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

from bot.adapters.postgres.archive import Damaged, unpack
from bot.adapters.postgres.launching import Spec, as_account, launch, tied

PORT_ATTEMPTS = 5
IPC_RMID = 0
# Stands for the private directory in a setting.
PRIVATE = "{private}"


class Failure(Exception):
    """A server could not be made: what went wrong, and the end of what the program said."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


def make_server(spec: Spec, private: Path) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    programs = reachable_programs(spec, private)
    if spec["template"] is None:
        initialise(spec, private, programs)
    else:
        restore(spec, private)
    (private / "data" / "pg_hba.conf").write_text(spec["hba"])
    write_extensions(spec, private)
    for attempt in range(PORT_ATTEMPTS):
        port = free_port() if spec["tcp"] else 5432
        configure(spec, private, port)
        server, held = launch(spec, private, programs)
        try:
            await_ready(server, private, spec["seconds"])
        except Failure as failure:
            stop(server)
            taken = spec["tcp"] and "ddress already in use" in failure.log
            if not taken or attempt == PORT_ATTEMPTS - 1:
                raise
        except BaseException:
            stop(server)
            raise
        else:
            return server, {"port": port, "held": held}
    raise AssertionError("the last attempt returns or raises")


def reachable_programs(spec: Spec, private: Path) -> Path:
    """The programs' directory; linked or copied into ours if the server's user cannot get there."""
    programs = Path(spec["bin"])
    if spec["account"] is None or can_run(spec, programs):
        return programs
    software = private / "software"
    for source, place in spec["trees"]:
        shutil.copytree(source, software / place, symlinks=True, copy_function=link_or_copy)
    for directory, _, _ in os.walk(software):
        Path(directory).chmod(0o755)
    copied: Path = software / spec["bin_place"]
    if not can_run(spec, copied):
        raise Failure(f"the programs in {programs} cannot be run by an unprivileged user")
    return copied


def can_run(spec: Spec, programs: Path) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - a program we located, and no shell
            [programs / "initdb", "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            cwd="/",
            env={},
            **as_account(spec),
        )
    except PermissionError:
        return False
    return done.returncode == 0


def link_or_copy(source: str, place: str) -> str:
    """A hard link where others may read the original; else a copy that they may."""
    mode = Path(source).stat().st_mode
    if mode & stat.S_IROTH:
        with contextlib.suppress(OSError):
            os.link(source, place)
            return place
    shutil.copyfile(source, place)
    Path(place).chmod(0o755 if mode & stat.S_IXUSR else 0o644)
    return place


def initialise(spec: Spec, private: Path, programs: Path) -> None:
    """initdb, with the first of the locales that this machine knows."""
    arguments = ["-D", str(private / "data"), *spec["initdb"]]
    if spec["password"]:
        secret = private / "data.password"
        secret.write_text(spec["password"] + "\n")
        if spec["account"] is not None:
            os.chown(secret, spec["account"]["uid"], spec["account"]["gid"])
        arguments += ["--pwfile", str(secret)]
    said = ""
    for locale in spec["locales"]:
        done = run_program(spec, private, [str(programs / "initdb"), *arguments, *locale])
        said = done.stdout.decode(errors="replace")
        if done.returncode == 0 or "locale" not in said:
            break
    (private / "data.password").unlink(missing_ok=True)
    if done.returncode != 0:
        raise Failure("initdb could not make a data directory", tail(said))


def restore(spec: Spec, private: Path) -> None:
    """A data directory as it was kept, in place of initdb's."""
    kept = Path(spec["template"])
    if kept.is_dir():
        move_in(kept, private / "data", spec["account"])
        return
    try:
        unpack(kept, private / "data", owner=spec["account"])
    except Damaged as damage:
        raise Failure(f"what was kept of an earlier one is damaged: {damage}") from None


def move_in(source: Path, data: Path, owner: dict[str, int] | None) -> None:
    """Without a second copy, if both are on one disk."""
    data.rmdir()
    shutil.move(source, data)
    data.chmod(0o700)
    if owner is not None:
        for directory, _, files in os.walk(data):
            for place in (directory, *(os.path.join(directory, each) for each in files)):  # noqa: PTH118 - thousands of them
                os.chown(place, owner["uid"], owner["gid"], follow_symlinks=False)


def write_extensions(spec: Spec, private: Path) -> None:
    """Where the server's user can read them, and cannot write."""
    if spec["extensions"]:
        place = private / "extensions" / "extension"
        place.mkdir(parents=True)
        for directory in (place.parent, place):
            directory.chmod(0o755)
        for name, text in spec["extensions"].items():
            (place / name).write_text(text, encoding="utf-8")
            (place / name).chmod(0o644)


def run_program(
    spec: Spec, private: Path, command: list[str]
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(  # noqa: S603 - a program we located, and no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        cwd=private / "data",
        env={},
        preexec_fn=tied(signal.SIGTERM),
        **as_account(spec),
    )


def configure(spec: Spec, private: Path, port: int) -> None:
    settings = {
        **spec["settings"],
        "port": str(port),
        "unix_socket_directories": str(private / "socket"),
        "listen_addresses": "127.0.0.1" if spec["tcp"] else "",
    }
    lines = [
        f"{name} = '{str(value).replace(PRIVATE, str(private)).replace(chr(39), chr(39) * 2)}'\n"
        for name, value in settings.items()
    ]
    (private / "data" / "postgresql.conf").write_text("".join(lines))


def await_ready(server: subprocess.Popen[bytes], private: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Failure("the server stopped while it was starting", log_of(private))
        with contextlib.suppress(OSError):
            lines = (private / "data" / "postmaster.pid").read_text().splitlines()
            if len(lines) >= 8 and lines[7].strip() == "ready":
                return
        time.sleep(0.004)
    raise Failure(f"the server was not ready after {seconds:g} seconds", log_of(private))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tail(text: str, lines: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])


def log_of(private: Path) -> str:
    with contextlib.suppress(OSError):
        return tail((private / "server.log").read_text(errors="replace"))
    return ""


def stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown, then immediate, then the end; each with its time."""
    for farewell, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 7), (signal.SIGKILL, 10)):
        server.send_signal(farewell)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return


def forget_shared_memory(private: Path) -> None:
    """Remove the kernel's few bytes that a killed server leaves until the machine restarts.

    A server that went in order has removed its lock file, and these with it.
    """
    with contextlib.suppress(OSError, ValueError, IndexError, AttributeError):
        line = (private / "data" / "postmaster.pid").read_text().splitlines()[6]
        segment = int(line.split()[1])
        ctypes.CDLL(None).shmctl(segment, IPC_RMID, None)
