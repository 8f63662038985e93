"""A real PgBouncer before a test's server; a test is skipped, loudly, where there is none."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.core.targets.url import parse_url

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
_SECONDS = 10
_CONFIGURATION = """\
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
"""


@contextmanager
def bouncer(server: str, folder: Path, *, mode: str, size: int = 4) -> Iterator[str]:
    """The URL of the server's database through PgBouncer; `server` is the direct one."""
    if PROGRAM is None:
        pytest.skip("NOTHING WAS TRIED BEHIND A POOLER: pgbouncer is not installed")
    direct, listen = parse_url(server), _free_port()
    text = _CONFIGURATION.format(
        host=direct.host, port=direct.port, user=direct.user, listen=listen, mode=mode, size=size
    )
    # It refuses to run as root, and so becomes somebody else.
    as_nobody = "user = nobody\n" if os.geteuid() == 0 else ""
    file = folder / f"{mode}-{listen}.ini"
    file.write_text(text + as_nobody, "utf-8")
    with (
        (folder / f"{mode}-{listen}.log").open("wb") as log,
        subprocess.Popen([PROGRAM, str(file)], stderr=log, stdout=log, cwd="/") as process,
    ):
        try:
            _wait_for(listen)
            yield f"postgresql://{direct.user}@127.0.0.1:{listen}/{direct.database}"
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
