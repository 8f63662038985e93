"""The drill: a migration does harm in production, it is noticed late, and production is restored.

What is ten minutes of writes in life are seconds here; the soak test takes two minutes.
"""

import json
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.postgres.server import start_server
from bot.errors import ExitCode
from tests.adapters.postgres.restoring.places import Live, live
from tests.commands.place import CONFIGURATION, FOLDER, INIT, MORE, SCRIPT, Place, repository
from tests.conftest import SERVERS
from tests.restoring.load import under_load

pytestmark = pytest.mark.slow

TARGET = """
targets:
  production:
    kind: production
    url_env: DATABASE_URL
    approvals: 0
    backup: {directory: %s}
"""
TABLE = "CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL DEFAULT 7);\n"
HARM = "ALTER TABLE a DROP COLUMN n;\n"


def ids(found: Live, database: str = "") -> set[int]:
    return {id for (id,) in found.ask("SELECT id FROM a", database=database)}


@pytest.mark.parametrize(
    "seconds", [2.0, pytest.param(120.0, marks=pytest.mark.soak, id="two minutes")]
)
def test_restored_under_load_with_exactly_the_loss_that_was_announced(
    seconds: float, tmp_path: Path
) -> None:
    installation = max(SERVERS.values(), key=lambda each: each.major)
    with start_server(installation) as server, live(server, tmp_path / "backups") as found:
        place = repository(tmp_path / "repository")
        environ = {"DATABASE_URL": server.url(found.name)}
        place.write(CONFIGURATION, TARGET % (tmp_path / "backups"))
        place.write(f"{FOLDER}/{INIT}/migration.sql", TABLE)
        assert place.bot("apply", "production", environ=environ).code == ExitCode.FINE
        with under_load(server.url(found.name)) as load:
            time.sleep(1)
            place.write(SCRIPT, HARM)
            harmed = place.bot("apply", "production", environ=environ)
            assert harmed.code == ExitCode.FINE, harmed.said
            time.sleep(seconds)
            told = restored(place, environ, newest(tmp_path / "backups"))
            time.sleep(1)

        then, now = ids(found, told["restored"]["kept"]), ids(found)
        since = datetime.fromisoformat(told["loss"]["since"]).timestamp()
        (lost,) = told["restored"]["lost"]

        # Everything that was acknowledged is in the one or the other: nothing is lost unannounced.
        assert set(load.acknowledged) <= then | now
        # What was acknowledged before the announced moment is there.
        assert {id for id, at in load.acknowledged.items() if at < since} <= now
        # What is not there is as many rows as were announced, and all of them are later.
        gone = then - now
        assert (lost["name"], len(gone)) == ("public.a", lost["now"] - lost["then"])
        assert gone
        assert all(load.acknowledged.get(id, since) >= since for id in gone)
        # Their column is back, and the application has gone on writing.
        assert found.ask("SELECT count(*) FROM a WHERE n IS DISTINCT FROM 7") == [(0,)]
        assert now - then
        the_next_deploy_does_not_do_it_again(place, environ)


def newest(directory: Path) -> str:
    return max(each.name for each in directory.iterdir() if each.is_dir())


def restored(place: Place, environ: dict[str, str], backup: str) -> dict[str, Any]:
    """From the backup that the rollout took before the harm."""
    arguments = ("--yes-restore", "production", "--format", "json")
    done = place.bot("restore", "production", backup, *arguments, environ=environ)
    assert done.code == ExitCode.FINE, done.said
    told: dict[str, Any] = json.loads(done.out)
    return told


def the_next_deploy_does_not_do_it_again(place: Place, environ: dict[str, str]) -> None:
    """Once the migration is taken out of the history, as it was told to be."""
    status = place.bot("status", "production", environ=environ)
    assert MORE in status.out
    shutil.rmtree((place.root / SCRIPT).parent)
    applied = place.bot("apply", "production", environ=environ)
    assert applied.code == ExitCode.FINE, applied.said
    assert "0 migrations applied" in applied.out
