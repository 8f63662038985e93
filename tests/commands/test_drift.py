"""`apply` to a production that somebody changed by hand, and one that is not well afterwards."""

from pathlib import Path

import pytest

from bot.errors import ExitCode
from tests.asking import ask
from tests.commands.place import CONFIGURATION, FOLDER, INIT, MORE, SCRIPT, Place, refused
from tests.shell import Done

pytestmark = pytest.mark.slow

TARGET = """
targets:
  production:
    kind: production
    url_env: DATABASE_URL
    approvals: 0
    backup: {directory: %s}
    verify: ["SELECT count(*) = 2 FROM a"]
"""
CHANGE = "ALTER TABLE a ADD COLUMN m int;\n"


def rows(database: str) -> list[tuple[object, ...]]:
    return ask(database, "SELECT migration_name, finished_at, logs FROM _prisma_migrations")


def apply(place: Place, database: str) -> Done:
    return place.bot("apply", "production", environ={"DATABASE_URL": database})


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def live(place: Place, database: str, backups: Path) -> Place:
    """Production has the first migration, and the second is still to come."""
    table = "CREATE TABLE a (id int PRIMARY KEY, n int);\nINSERT INTO a VALUES (1, 1), (2, 1);\n"
    place.write(f"{FOLDER}/{INIT}/migration.sql", table)
    place.write(CONFIGURATION, TARGET % backups)
    done = apply(place, database)
    assert done.code == ExitCode.FINE, done.said
    place.write(SCRIPT, CHANGE)
    return place


@pytest.mark.parametrize(
    ("by_hand", "told"),
    [
        ("ALTER TABLE a DROP COLUMN n", "lacks column public.a.n"),
        ("CREATE INDEX by_hand ON a (n)", "has besides: index public.a.by_hand"),
    ],
)
def test_what_was_changed_by_hand_stops_it_before_anything_is_written(
    live: Place, database: str, backups: Path, by_hand: str, told: str
) -> None:
    ask(database, by_hand)
    before, kept = rows(database), sorted(backups.rglob("*"))

    done = apply(live, database)

    refused(done, ExitCode.HISTORY, "is not what its applied migrations make", told)
    assert rows(database) == before
    assert sorted(backups.rglob("*")) == kept
    assert ask(database, "SELECT 1 FROM pg_attribute WHERE attname = 'm'") == []


def test_a_query_that_fails_afterwards_says_that_the_migration_is_applied(
    live: Place, database: str
) -> None:
    ask(database, "INSERT INTO a VALUES (3, 1)")

    done = apply(live, database)

    assert done.code == ExitCode.POSTGRES
    assert "1 migration is applied to production, and not all is as it should be" in done.err
    assert "Query 1 of `verify`: 1 of its 1 rows are not true." in done.err
    assert [(name, end is not None) for name, end, _ in rows(database)] == [
        (INIT, True),
        (MORE, True),
    ]

    ask(database, "DELETE FROM a WHERE id = 3")
    assert apply(live, database).code == ExitCode.FINE


def test_what_the_bot_writes_down_itself_is_no_drift(live: Place, database: str) -> None:
    """Rows of rollouts are there before each next one, in a schema that no migration makes."""
    written = "SELECT count(*) FROM migration_bot.audit"
    assert ask(database, written) == [(1,)]

    done = apply(live, database)

    assert done.code == ExitCode.FINE, done.said
    assert ask(database, written) == [(2,)]
    ask(database, "CREATE INDEX by_hand ON a (n)")
    live.write(f"{FOLDER}/20260103000000_last/migration.sql", "ALTER TABLE a ADD COLUMN o int;\n")
    stopped = apply(live, database)
    refused(stopped, ExitCode.HISTORY, "has besides: index public.a.by_hand")
    assert "migration_bot" not in stopped.err
