"""Servers that may be shut down in the middle of everything and started again, and standbys."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bot.adapters.postgres.cluster import (
    await_ready,
    configure,
    free_port,
    initialise,
    run_program,
)
from bot.adapters.postgres.launching import launch
from bot.adapters.postgres.recipe import SUPERUSER, recipe
from bot.adapters.postgres.tools import Installation
from bot.adapters.postgres.warden import private_directory, remove

_ENDS = {"immediate": signal.SIGQUIT, "fast": signal.SIGINT, "kill": signal.SIGKILL}
_SECONDS = 60.0
# What was committed is there after an immediate shutdown; fsync is for power cuts only.
DURABLE = {"synchronous_commit": "on", "full_page_writes": "on", "max_connections": "40"}


class Cluster:
    """One data directory and, most of the time, a server on it; it listens on 127.0.0.1."""

    def __init__(self, spec: dict[str, Any], private: Path, installation: Installation) -> None:
        self._spec = spec
        self.installation = installation
        self._private = private
        self._server: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def data(self) -> Path:
        return self._private / "data"

    @property
    def private(self) -> Path:
        """The directory around it; its server's user can only pass through."""
        return self._private

    def own(self, place: Path) -> None:
        """Give a place to the server's user."""
        if account := self._spec["account"]:
            os.chown(place, account["uid"], account["gid"])

    @property
    def log(self) -> str:
        return (self._private / "server.log").read_text(errors="replace")

    def url(self, database: str = "postgres", *, user: str = SUPERUSER) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def start(self, wait: bool = True) -> None:
        self._server, _ = launch(self._spec, self._private, self.installation.bin)
        if wait:
            await_ready(self._server, self._private, _SECONDS)

    def stop(self, how: str = "immediate") -> None:
        if self._server is not None:
            self._server.send_signal(_ENDS[how])
            self._server.wait(_SECONDS)
            self._server = None

    def restart(self, how: str = "immediate") -> None:
        """Everything that was under way is lost; everything committed is there afterwards."""
        self.stop(how)
        self.start()

    def program(self, name: str, *arguments: str) -> str:
        """Run one of its programs as its user; what it said. Raises AssertionError if it fails."""
        command = [str(self.installation.bin / name), *arguments]
        done = run_program(self._spec, self._private, command)
        said = done.stdout.decode(errors="replace")
        assert done.returncode == 0, said
        return said

    def execute(self, *statements: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for each in statements:
                connection.execute(each.encode())

    def promote(self) -> None:
        self.execute("SELECT pg_promote()")
        while True:
            with psycopg.connect(self.url()) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
            if row == (False,):
                return
            time.sleep(0.05)


@contextmanager
def cluster(
    installation: Installation,
    settings: Mapping[str, str] | None = None,
    *,
    data: Callable[["Cluster"], None] | None = None,
) -> Iterator[Cluster]:
    """A running server of an installation; `data` fills its directory in place of initdb."""
    spec = recipe(installation, tcp=True, password=None, settings={**DURABLE, **(settings or {})})
    spec["hba"] += "host replication all 127.0.0.1/32 trust\n"
    private = private_directory(Path(spec["base"]), spec["account"])
    made = Cluster(spec, private, installation)
    try:
        if data is None:
            initialise(spec, private, installation.bin)
        else:
            data(made)
        (made.data / "pg_hba.conf").write_text(spec["hba"])
        configure(spec, private, made.port)
        made.start()
        yield made
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            made.stop()
        remove(private)


@contextmanager
def standby_of(primary: Cluster, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """A streaming standby of a running server."""

    def copy(made: Cluster) -> None:
        source = f"host=127.0.0.1 port={primary.port} user={SUPERUSER}"
        options = ("-d", source, "-X", "stream", "-R", "-c", "fast", "--no-sync")
        with tempfile.TemporaryDirectory():
            made.program("pg_basebackup", "-D", str(made.data), *options)
        os.chmod(made.data, 0o700)  # noqa: PTH101 - as the server wants it

    with cluster(primary.installation, settings, data=copy) as made:
        yield made
