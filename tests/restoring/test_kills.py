"""Killed anywhere, a restore leaves the target as it was or restored; the next one clears up."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from bot.core.backups.backup import Manifest
from bot.core.restores.outcome import Step
from bot.core.restores.plan import How
from bot.errors import BackupError, PostgresError
from tests.adapters.postgres.processes import becomes_true
from tests.adapters.postgres.restoring.places import Live, live, on_the_newest, quiet
from tests.conftest import SERVERS, RunningServer
from tests.faults.cluster import Cluster, cluster
from tests.restoring.killed import NEVER, started

pytestmark = pytest.mark.slow

# Enough rows that a restore takes long enough to be hit.
MADE = """
CREATE TABLE orders (id int PRIMARY KEY, what text DEFAULT repeat('x', 100));
INSERT INTO orders SELECT n FROM generate_series(1, 20000) n;
"""
THEN, NOW = 20_000, 5
STEPS = (
    (How.SWAP, Step.RENAMED),
    (How.SWAP, Step.DONE),
    (How.LOAD, Step.FITTED),
)
OTHER_STEPS = (
    *((How.SWAP, each) for each in (Step.CREATED, Step.FILLED, Step.CHECKED, Step.FITTED)),
    (How.SWAP, Step.SWAPPING),
    *((How.LOAD, each) for each in (Step.SWAPPING, Step.FILLED, Step.CHECKED, Step.DONE)),
)


@pytest.fixture
def harmed(server: RunningServer, tmp_path: Path) -> Iterator[tuple[Live, Manifest]]:
    """A database that has lost most of its rows since its backup."""
    with live(server, tmp_path / "backups", MADE) as made:
        manifest = made.back_up()
        made.ask(f"DELETE FROM orders WHERE id > {NOW}")
        yield made, manifest


def rows(found: Live) -> int:
    """As soon as the database can be asked."""

    def asked() -> bool:
        try:
            found.ask("SELECT 1")
        except psycopg.Error:
            return False
        return True

    assert becomes_true(asked)
    return int(found.ask("SELECT count(*) FROM orders")[0][0])


def the_next_one_clears_up(found: Live, manifest: Manifest) -> None:
    """It is restored, and of all that was made on the way only what is kept is still there."""
    process = started(found, manifest.path, How.SWAP, NEVER)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()
    assert rows(found) == THEN
    others = [name for name in found.databases if name != found.name]
    assert others
    assert all("_before_restore_" in name for name in others)


@on_the_newest
@pytest.mark.parametrize(("how", "step"), STEPS)
def test_killed_at_a_step(harmed: tuple[Live, Manifest], how: How, step: Step) -> None:
    kill_at(step, how, *harmed)


@pytest.mark.soak
@pytest.mark.parametrize(("how", "step"), [*STEPS, *OTHER_STEPS])
def test_killed_at_every_step(harmed: tuple[Live, Manifest], how: How, step: Step) -> None:
    kill_at(step, how, *harmed)


def kill_at(step: Step, how: How, found: Live, manifest: Manifest) -> None:
    process = started(found, manifest.path, how, step.value)
    _, said = process.communicate(timeout=60)

    assert process.returncode == -signal.SIGKILL, said.decode()
    assert rows(found) == (THEN if step is Step.DONE else NOW)
    the_next_one_clears_up(found, manifest)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("how", How)
def test_killed_at_random(harmed: tuple[Live, Manifest], how: How, seed: int) -> None:
    found, manifest = harmed
    process = started(found, manifest.path, how, NEVER)
    time.sleep(random.Random(seed).uniform(0.25, 1.2))
    process.kill()
    process.communicate(timeout=60)

    assert rows(found) in (THEN, NOW)
    the_next_one_clears_up(found, manifest)


@pytest.fixture
def crashing(tmp_path: Path) -> Iterator[tuple[Cluster, Live, Manifest]]:
    with cluster(next(iter(SERVERS.values()))) as made, live(made, tmp_path, MADE) as found:
        manifest = found.back_up()
        found.ask(f"DELETE FROM orders WHERE id > {NOW}")
        yield made, found, manifest


@pytest.mark.parametrize(
    "step",
    [
        Step.RENAMED,
        *(pytest.param(each, marks=pytest.mark.soak) for each in (Step.CREATED, Step.FITTED)),
        pytest.param(Step.DONE, marks=pytest.mark.soak),
    ],
)
def test_the_server_crashes_at_a_step(crashing: tuple[Cluster, Live, Manifest], step: Step) -> None:
    server, found, manifest = crashing

    def crash(reached: Step) -> None:
        if reached is step:
            server.stop("immediate")

    place = found.directory / manifest.path
    with found.site() as site, pytest.raises((PostgresError, BackupError)):
        site.put(manifest, place, How.SWAP, owners=True, note=quiet, heard=crash)
    server.start()

    assert rows(found) == (THEN if step is Step.DONE else NOW)
    the_next_one_clears_up(found, manifest)


@pytest.mark.soak
def test_pg_restore_is_killed(harmed: tuple[Live, Manifest]) -> None:
    found, manifest = harmed
    found.ask(
        "CREATE TABLE big AS SELECT n, repeat('y', 500) AS t FROM generate_series(1, 99999) n"
    )
    manifest = found.back_up()
    killed = threading.Thread(target=kill_pg_restore, args=(found,))
    killed.start()

    with pytest.raises(BackupError, match="pg_restore"):
        found.put(manifest)
    killed.join()

    assert found.databases == [found.name]
    assert rows(found) == NOW


def kill_pg_restore(found: Live) -> None:
    """As soon as it is at work on this database's copy."""
    at_work = (
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pg_restore' "
        f"AND datname ~ '^{found.name}_migration_bot_restore'"
    )
    assert becomes_true(lambda: bool(found.ask(at_work)))
    ours = ["pgrep", "--exact", "--parent", str(os.getpid()), "pg_restore"]
    running = subprocess.run(ours, capture_output=True, text=True, check=False).stdout
    for pid in map(int, running.split()):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
