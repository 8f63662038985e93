"""Rollbacks by drafts, tried on a throw-away server first; and what was kept is given back."""

from dataclasses import replace

import pytest

from bot.errors import HistoryError
from bot.wiring.databases import Downs
from bot.wiring.drafting import draft
from tests.asking import ask
from tests.conftest import SERVERS
from tests.fakes import migration
from tests.rollout.real import Apply, TakeBack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("server", [*SERVERS][:1], indirect=True, scope="session"),
]

INIT = migration(
    "20260101000000_init",
    "CREATE TABLE a (id int PRIMARY KEY, n int, old text NOT NULL DEFAULT 'x');\n",
)
MORE = migration(
    "20260102000000_more",
    "CREATE TYPE mood AS ENUM ('ok');\nALTER TABLE a ADD COLUMN m mood;\n"
    "CREATE TABLE b (id int PRIMARY KEY REFERENCES a);\n",
)
INDEX = migration("20260103000000_index", "CREATE INDEX CONCURRENTLY a_n ON a (n);\n")
DROPS = migration(
    "20260104000000_drops",
    "UPDATE a SET n = n + 1 WHERE id < 3;\nALTER TABLE a DROP COLUMN old;\n",
)


@pytest.fixture
def drafted(database: str, tmp_path_factory: pytest.TempPathFactory) -> TakeBack:
    home = {"HOME": str(tmp_path_factory.mktemp("home"))}
    return TakeBack(database, Downs(home, None, draft))


def test_what_nobody_wrote_a_script_for_is_taken_back_by_a_draft(
    apply: Apply, drafted: TakeBack, database: str
) -> None:
    apply(INIT, MORE, INDEX)

    done = drafted(INIT, MORE, INDEX, to=INIT.name)

    assert [each.name for each in done.applied] == [INDEX.name, MORE.name]
    assert [(each.what, each.fine) for each in done.checks] == [
        ("rows", True),
        ("indexes", True),
        ("catalogue", True),
    ]
    left = "SELECT to_regclass('b') IS NULL, to_regtype('mood') IS NULL"
    assert ask(database, left) == [(True, True)]


def test_what_was_kept_is_given_back_and_what_was_written_since_stays(
    apply: Apply, drafted: TakeBack, database: str
) -> None:
    apply(INIT)
    ask(database, "INSERT INTO a SELECT n, n, 'old ' || n FROM generate_series(1, 3) AS n")
    apply(INIT, DROPS, keep_rows=True)
    ask(database, "UPDATE a SET n = 70 WHERE id = 2; INSERT INTO a VALUES (4, 4)")

    done = drafted(INIT, DROPS, steps=1, keep_rows=True)

    assert ask(database, "SELECT id, n, old FROM a ORDER BY id") == [
        (1, 1, "old 1"),
        (2, 70, "old 2"),
        (3, 3, "old 3"),
        (4, 4, "x"),
    ]
    notes = " ".join(done.notes)
    assert "given back of what was kept" in notes
    assert "1 row of public.a not given back" in notes


def test_what_was_not_kept_names_the_restore(
    apply: Apply, drafted: TakeBack, database: str
) -> None:
    apply(INIT, DROPS)

    with pytest.raises(HistoryError, match="and no script brings that back") as error:
        drafted(INIT, DROPS, steps=1)

    assert "migration-bot restore staging BACKUP" in error.value.hint


def test_what_no_schema_shows_is_not_taken_back_by_a_draft(
    apply: Apply, drafted: TakeBack, database: str
) -> None:
    sql = "ALTER TABLE a ADD COLUMN m int; ALTER SEQUENCE s RESTART 7;"
    before = migration("20260101000001_s", "CREATE SEQUENCE s;")
    placing = migration("20260301000000_placing", sql)
    apply(INIT, before, placing)

    with pytest.raises(HistoryError, match="the place of sequence"):
        drafted(INIT, before, placing, steps=1)


def test_what_was_changed_by_hand_since_is_not_taken_back(
    apply: Apply, drafted: TakeBack, database: str
) -> None:
    apply(INIT, MORE, INDEX)
    ask(database, "ALTER TABLE b ADD COLUMN by_hand int")

    with pytest.raises(HistoryError, match="changed by hand since"):
        drafted(INIT, MORE, INDEX, steps=2)

    assert ask(database, "SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NULL") == [
        (0,)
    ]
    drafted(INIT, MORE, INDEX, steps=1)
    assert ask(database, "SELECT to_regclass('a_n') IS NULL") == [(True,)]


def test_an_authors_script_that_does_not_lead_back_is_verified_afterwards_and_said_before(
    apply: Apply, drafted: TakeBack, database: str
) -> None:
    wrong = replace(MORE, down="DROP TABLE b;\n")
    apply(INIT, wrong)

    with pytest.raises(HistoryError, match=r"does not lead back: after it the schema"):
        drafted(INIT, wrong, steps=1)

    assert ask(database, "SELECT to_regclass('b') IS NOT NULL") == [(True,)]
