"""Drafts of what takes migrations back: run in the rehearsal as an author's down.sql is."""

from collections.abc import Mapping

import pytest

from bot.adapters.postgres.rehearsal.backwards import tried_back
from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rehearsals.rehearsal_order import BaseMigration, Limits, NewMigration, Order
from bot.core.schemas.draft import Draft, DraftedStatement
from bot.core.schemas.schema import Snapshot
from bot.flows.reviewing.rehearsal_order import parts_of
from tests.adapters.postgres.rehearsal.test_proofs import MAJOR
from tests.fakes import migration

pytestmark = pytest.mark.slow

BASE = "CREATE TABLE a (id int PRIMARY KEY, n int, old int); INSERT INTO a VALUES (1, 1, 1);"
COLUMN = "ALTER TABLE a ADD COLUMN m int;"
INDEX = "CREATE INDEX CONCURRENTLY a_n ON a (n);"
TABLE = "CREATE TABLE b (id int PRIMARY KEY);"
BACK = {
    ("column", "public.a.m"): DraftedStatement(
        'ALTER TABLE "a" DROP COLUMN "m"', loses="values of a.m"
    ),
    ("index", "public.a.a_n"): DraftedStatement('DROP INDEX "a_n"'),
    ("table", "public.b"): DraftedStatement('DROP TABLE "b"', loses="rows of b"),
}


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """With a cache of its own, so that the base is replayed once."""
    return {"HOME": str(tmp_path_factory.mktemp("home"))}


def draft(current: Snapshot, wanted: Snapshot) -> Draft:
    """Drops what is more, where it is known how."""
    more = [key for key in current if key not in wanted and key in BACK]
    left = [f"{kind} {name}" for kind, name in wanted if (kind, name) not in current]
    return Draft(tuple(BACK[key] for key in more), tuple(left))


def forgets(current: Snapshot, wanted: Snapshot) -> Draft:
    return Draft()


def new(name: str, sql: str, down: str | None = None) -> NewMigration:
    parts = None if down is None else parts_of(down, name, MAJOR)
    return NewMigration(name, migration(name, sql).checksum, parts_of(sql, name, MAJOR), parts)


def order(*migrations: NewMigration) -> Order:
    base = BaseMigration("base", BASE, migration("base", BASE).checksum)
    return Order((base,), migrations, postgres=MAJOR, limits=Limits(statement=20.0))


def proof(found: Rehearsal, name: str) -> DownProof:
    migration = found.of(name)
    assert migration is not None
    assert migration.down is not None
    return migration.down


def test_what_has_no_script_gets_a_draft_that_is_run(environ: Mapping[str, str]) -> None:
    placed = order(new("1", COLUMN), new("2", INDEX), new("3", TABLE, "DROP TABLE b;"))

    found = rehearse(placed, environ=environ, drafter=draft)

    assert proof(found, "1") == DownProof(drafted=True, loses=("values of a.m",))
    assert proof(found, "2") == DownProof(drafted=True)
    assert proof(found, "3") == DownProof(loses=("rows of b",))
    assert all(each.second is not None for each in found.migrations)


def test_a_draft_that_forgets_something_stops_nobody(environ: Mapping[str, str]) -> None:
    placed = order(new("1", COLUMN), new("2", TABLE))

    found = rehearse(placed, environ=environ, drafter=forgets)

    assert proof(found, "2").left == ("added table public.b (1 column)",)
    assert not proof(found, "1").proved
    assert all(each.second is not None for each in found.migrations)


def test_what_a_draft_cannot_say_is_named(environ: Mapping[str, str]) -> None:
    placed = order(new("1", "ALTER TABLE a DROP COLUMN old;"))

    found = rehearse(placed, environ=environ, drafter=draft)

    assert proof(found, "1") == DownProof(drafted=True, undrafted=("column public.a.old",))


def test_rows_that_are_others_afterwards_are_told(environ: Mapping[str, str]) -> None:
    placed = order(
        new("1", COLUMN + "UPDATE a SET m = n;"),
        new("2", "UPDATE a SET n = 5;"),
        new("3", "UPDATE a SET n = n + 1;", "UPDATE a SET n = n - 1;"),
    )

    found = rehearse(placed, environ=environ, drafter=draft)

    assert [proof(found, name).differing for name in "123"] == [(), ("public.a",), ()]
    assert proof(found, "3").rows == 1


def test_a_part_of_a_history_is_tried_back_and_both_schemas_are_told(
    environ: Mapping[str, str],
) -> None:
    placed = order(new("1", COLUMN), new("2", INDEX, "DROP INDEX a_n;"))

    tried = tried_back(placed, drafter=draft, environ=environ)

    assert tried.expected.problem == ""
    assert ("index", "public.a.a_n") in tried.expected.before
    assert ("column", "public.a.m") not in tried.expected.after
    assert tried.drafts["1"].losses == ("values of a.m",)
    assert {name: each.proved for name, each in tried.proofs.items()} == {"1": True, "2": True}


def test_what_cannot_be_run_again_is_not_guessed_about(environ: Mapping[str, str]) -> None:
    tried = tried_back(order(new("1", "SELECT 1/0;")), drafter=draft, environ=environ)

    assert "division by zero" in tried.expected.problem
    assert tried.drafts == {}
