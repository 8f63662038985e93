"""What a server that runs strangers' SQL can reach, as the server itself meets it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.confinement import confine
from bot.adapters.postgres.recipe import Confinement, Provision
from bot.adapters.postgres.server import Server, start_server
from tests.adapters.postgres.processes import ROOT, in_a_child, python_for_everybody

AS_ROOT = os.geteuid() == 0
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")

CONFINED = Provision(confinement=Confinement(memory=1_000_000_000, file_size=50_000_000))


@pytest.fixture(scope="module")
def confined() -> Iterator[Server]:
    with start_server(provision=CONFINED) as server:
        yield server


def refused(server: Server, *statements: str) -> str | None:
    """The last statement's SQLSTATE, with a proof that the server has stayed up."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        before = started(connection)
        for statement in statements[:-1]:
            connection.execute(statement.encode())
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statements[-1].encode())
        assert started(connection) == before
        return caught.value.sqlstate


def started(connection: psycopg.Connection[tuple[object, ...]]) -> object:
    return connection.execute("SELECT pg_postmaster_start_time(), pg_backend_pid()").fetchone()


@needs_linux
def test_a_backend_that_wants_too_much_memory_is_refused_it_and_lives(confined: Server) -> None:
    assert "memory" in confined.held
    wish = "SELECT length(repeat('x', 900000000) || repeat('y', 100000000))"
    assert refused(confined, wish) == "53200"


@needs_linux
def test_a_file_that_grows_too_long_is_an_error_and_no_crash(confined: Server) -> None:
    assert "file_size" in confined.held
    growing = "INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 60000)"
    state = refused(
        confined, "CREATE TABLE t (a text)", "ALTER TABLE t ALTER a SET STORAGE plain", growing
    )
    assert state is not None
    assert state.startswith(("53", "58", "XX"))


@needs_linux
def test_the_server_has_a_network_of_its_own(confined: Server) -> None:
    if "network" not in confined.held:
        pytest.skip("this kernel lets nobody make a network")
    ours = Path("/proc/self/ns/net").readlink()
    assert Path(f"/proc/{confined.pid}/ns/net").readlink() != ours


@needs_linux
def test_no_listener_of_this_machine_can_be_reached(confined: Server) -> None:
    if "network" not in confined.held:
        pytest.skip("this kernel lets nobody make a network")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        subscription = (
            "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 connect_timeout=3 "
            f"port={port}' PUBLICATION p"
        )
        assert refused(confined, subscription) == "08006"
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()


@needs_linux
def test_every_installation_starts_confined_and_counts_its_rows() -> None:
    with start_server(provision=CONFINED) as server, psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE t (a int)")
        connection.execute("INSERT INTO t VALUES (1), (2)")
        row = connection.execute(
            "SELECT n_tup_ins FROM pg_stat_xact_user_tables WHERE relname = 't'"
        ).fetchone()
        assert row == (2,)


@needs_linux
def test_other_servers_are_not_confined() -> None:
    with start_server() as server:
        assert server.held == frozenset()
        assert Path(f"/proc/{server.pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink()


WANTED = {"network": True, "loopback": True, "memory": 2_000_000_000, "file_size": 1_000_000}


@needs_linux
@needs_root
def test_whoever_was_root_is_so_no_longer() -> None:
    def become_nobody() -> str:
        held = confine(WANTED, {"uid": 65534, "gid": 65534})
        with pytest.raises(PermissionError):
            os.setuid(0)
        return f"{os.getresuid()} {os.getresgid()} {os.getgroups()} {'memory' in held}"

    nobody = (65534, 65534, 65534)
    assert in_a_child(become_nobody) == f"{nobody} {nobody} [] True"


LEAVING = """
import os, socket, sys
sys.path.append(sys.argv[1])
from bot.adapters.postgres.confinement import confine
wanted = {"network": True, "loopback": sys.argv[2] == "up", "memory": 0, "file_size": 0}
with socket.create_server(("127.0.0.1", 0)) as listener:
    held = confine(wanted, None)
    for where in (listener.getsockname()[1], 9):
        try:
            socket.create_connection(("127.0.0.1", where), timeout=3).close()
            print("reached")
        except OSError as error:
            print(type(error).__name__, error.errno)
print(held, os.getuid(), os.getgid())
"""


@needs_linux
@pytest.mark.parametrize(
    ("loopback", "answer"), [("up", "ConnectionRefusedError 111"), ("down", "OSError 101")]
)
def test_an_ordinary_user_leaves_the_network_and_stays_who_it_is(
    loopback: str, answer: str
) -> None:
    python = python_for_everybody()
    if python is None:
        pytest.skip("no interpreter here that an ordinary user may run")
    user = 65534 if AS_ROOT else os.getuid()
    group = 65534 if AS_ROOT else os.getgid()
    nobody = {"user": user, "group": group, "extra_groups": []} if AS_ROOT else {}
    done = subprocess.run(
        [python, "-I", "-S", "-c", LEAVING, str(ROOT), loopback],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        **nobody,  # type: ignore[call-overload]
    )
    if "network" not in done.stdout:
        pytest.skip("this kernel lets no ordinary user make a network")
    assert done.stdout.splitlines() == [answer, answer, f"('network',) {user} {group}"]


def test_a_kernel_that_refuses_is_gone_on_without() -> None:
    def without() -> str:
        return " ".join(confine({**WANTED, "network": False}, None))

    assert "network" not in in_a_child(without)
