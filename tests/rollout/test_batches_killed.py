"""The whole program, killed in the middle of its batches again and again."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.slow

ROWS = 3_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, sql in {
        "20260101000000_init": "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL);\n"
        f"INSERT INTO t SELECT i, 0 FROM generate_series(1, {ROWS}) AS i;\n",
        "20260102000000_count": "ALTER TABLE t ADD COLUMN note text;\n"
        "-- migration-bot: batch size=10 pause=2ms\nUPDATE t SET n = n + 1 WHERE n < 5;\n"
        "COMMENT ON TABLE t IS 'counted';\n",
    }.items():
        place = tmp_path / "prisma/migrations" / name
        place.mkdir(parents=True)
        (place / "migration.sql").write_text(sql)
    lock = tmp_path / "prisma/migrations/migration_lock.toml"
    lock.write_text('provider = "postgresql"\n')
    return tmp_path


def started(folder: Path, database: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "apply", "development"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": database, "PYTHONPATH": str(Path.cwd())},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def killed_after(seconds: float, folder: Path, database: str) -> int:
    """How many rows are changed when a run was killed so long after it began to change them."""
    before = changed(database)
    run = started(folder, database)
    try:
        deadline = time.monotonic() + 60
        while changed(database) <= before and run.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(seconds)
    finally:
        run.send_signal(signal.SIGKILL)
        run.communicate()
    return changed(database)


def changed(database: str) -> int:
    with psycopg.connect(database, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('t') IS NULL").fetchone() == (True,):
            return 0
        found = connection.execute("SELECT count(*) FROM t WHERE n > 0").fetchone()
        assert found is not None
        return int(found[0])


def test_a_run_that_is_killed_changes_every_row_once_in_the_end(
    folder: Path, database: str
) -> None:
    reached = [killed_after(random.uniform(0, 0.1), folder, database) for _ in range(2)]

    last = started(folder, database)
    said, _ = last.communicate(timeout=120)

    assert last.returncode == 0, said
    assert reached == sorted(reached)
    assert 0 < reached[-1] < ROWS
    assert f"20260102000000_count, line 3: going on after {reached[-1]:,} rows" in said
    require_each_once(database)
    with psycopg.connect(database, autocommit=True) as connection:
        assert connection.execute(
            "SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL "
            "AND applied_steps_count = 1 AND logs IS NULL"
        ).fetchone() == (2,)


@pytest.mark.parametrize("again", [0, pytest.param(1, marks=pytest.mark.soak)])
def test_many_kills_in_a_row_are_no_different(folder: Path, database: str, again: int) -> None:
    for _ in range(8):
        if killed_after(random.uniform(0, 0.15), folder, database) == ROWS:
            break

    last = started(folder, database)
    said, _ = last.communicate(timeout=120)

    assert last.returncode == 0, said
    require_each_once(database)


def require_each_once(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        found = connection.execute("SELECT min(n), max(n), count(*) FROM t").fetchone()
    assert found == (1, 1, ROWS)
