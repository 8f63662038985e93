"""A real streaming standby of a server of ours, made with pg_basebackup."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.adapters.postgres.server import Server

_SECONDS = 30


class Standby:
    """A running standby; it takes writes once it is promoted."""

    def __init__(self, place: Path, port: int) -> None:
        self._place = place
        self._port = port

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@localhost:{self._port}/{database}?host={self._place}"

    def promote(self) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute("SELECT pg_promote(true, 30)")


@contextmanager
def standby_of(server: Server, *, slot: str = "") -> Iterator[Standby]:
    """Follows the server until the end of the block; `slot` is a replication slot to make for it.

    The test is skipped, loudly, where there is no pg_basebackup.
    """
    programs = server.installation.bin
    if not (programs / "pg_basebackup").exists():
        pytest.skip(f"NOTHING WAS TRIED WITH A STANDBY: {programs} has no pg_basebackup")
    _let_replicas_in(server)
    account = _owner(server.data_directory)
    place = Path(tempfile.mkdtemp(prefix="standby-", dir="/tmp"))
    if account:
        os.chown(place, account["user"], account["group"])
    try:
        copy = place / "data"
        _copy(programs, server, copy, slot, account)
        with _running(programs, copy, place, server.port, account):
            yield Standby(place, server.port)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _let_replicas_in(server: Server) -> None:
    rules = server.data_directory / "pg_hba.conf"
    with rules.open("a", encoding="utf-8") as file:
        file.write("local replication all trust\n")
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")


def _owner(place: Path) -> dict[str, Any]:
    """Whom PostgreSQL runs as, where that is not us."""
    owner = place.stat()
    if owner.st_uid == os.geteuid():
        return {}
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}


def _copy(programs: Path, server: Server, copy: Path, slot: str, account: dict[str, Any]) -> None:
    subprocess.run(
        [
            programs / "pg_basebackup",
            *("-h", server.socket_directory, "-p", str(server.port), "-U", "postgres"),
            *("-D", copy, "--checkpoint=fast", "--write-recovery-conf", "--no-sync"),
            *(("--create-slot", "--slot", slot) if slot else ()),
        ],
        check=True,
        capture_output=True,
        cwd="/",
        env={},
        timeout=_SECONDS,
        **account,
    )


@contextmanager
def _running(
    programs: Path, copy: Path, place: Path, port: int, account: dict[str, Any]
) -> Iterator[None]:
    options = {"unix_socket_directories": str(place), "listen_addresses": "", "port": str(port)}
    command = [str(programs / "postgres"), "-D", str(copy)]
    command += [each for key, value in options.items() for each in ("-c", f"{key}={value}")]
    with (
        (place / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd="/", env={}, **account) as process,
    ):
        try:
            _wait_for(
                f"postgresql://postgres@localhost:{port}/postgres?host={place}", place / "log"
            )
            yield
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.1)
        else:
            return
