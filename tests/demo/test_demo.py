"""The demo at the command line: it ends in production, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place() -> Path:
    """Short, because the path of a socket may have no more than 107 bytes."""
    made = Path(f"/tmp/demo-{os.getpid()}-{time.monotonic_ns() % 10**8}")
    made.mkdir(mode=0o1777)
    made.chmod(0o1777)
    return made


def start(place: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(place), "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def require_nothing_left(place: Path) -> None:
    """No file below its temporary directory, and no process that names it."""
    deadline = time.monotonic() + 20
    while list(place.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert list(place.iterdir()) == []
    named = subprocess.run(["pgrep", "-f", str(place)], capture_output=True, text=True, check=False)
    assert named.stdout == ""
    place.rmdir()


@pytest.mark.slow
def test_it_ends_in_production_and_leaves_nothing_behind(place: Path) -> None:
    with start(place) as demo:
        told, _ = demo.communicate(timeout=120)

    assert demo.returncode == 0, told
    assert "1 finding to fix before merging" in told
    assert "2 migrations applied to production" in told
    assert re.search(r"production +production +5 +0 +0 +up to date", told)
    assert "What to try next" in told
    require_nothing_left(place)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.0, 2.0, 4.5])
def test_interrupted_anywhere_it_leaves_nothing_behind(place: Path, seconds: float) -> None:
    with start(place) as demo:
        assert demo.stdout is not None
        demo.stdout.readline()
        time.sleep(seconds)
        os.killpg(demo.pid, signal.SIGINT)
        told, _ = demo.communicate(timeout=60)

    assert demo.returncode == 130
    assert "Traceback" not in told
    require_nothing_left(place)


@pytest.mark.slow
def test_killed_outright_it_leaves_nothing_behind(place: Path) -> None:
    with start(place) as demo:
        time.sleep(3)
        os.killpg(demo.pid, signal.SIGKILL)
        demo.communicate(timeout=60)

    require_nothing_left(place)


@pytest.mark.slow
@pytest.mark.soak
def test_kept_servers_can_be_connected_to_and_stopped_as_it_says(place: Path) -> None:
    with start(place, "--keep") as demo:
        told, _ = demo.communicate(timeout=120)

    assert demo.returncode == 0, told
    for url in re.findall(r'psql "([^"]+)"', told):
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM _prisma_migrations").fetchone()
            assert row == (5,)
    stops = re.findall(r"^kill (\d+)$", told, re.MULTILINE)
    assert len(stops) == 2
    for pid in stops:
        os.kill(int(pid), signal.SIGTERM)
    require_nothing_left(place)
