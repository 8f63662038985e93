"""Pre-images under concurrent writes at READ COMMITTED: each is what the migration found, and there
is one of every row that it changed (reliability row 45).

What a migration found is what a trigger of the table was told, row by row.
"""

from dataclasses import replace

import pytest

from tests.asking import ask
from tests.fakes import migration
from tests.rollout.keeping.writers import Writers
from tests.rollout.real import STAGING, Rollout

pytestmark = pytest.mark.slow

ROWS = 4_000
ROUNDS = 6
INIT = migration(
    "20260101000000_init",
    f"""CREATE TABLE account (id serial PRIMARY KEY, v int NOT NULL, round int NOT NULL DEFAULT 0);
CREATE TABLE told (id int, old_v int, new_round int, gone bool);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO told VALUES (OLD.id, OLD.v, NULL, true);
    ELSIF NEW.round <> OLD.round THEN
        INSERT INTO told VALUES (OLD.id, OLD.v, NEW.round, false);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION tell();
INSERT INTO account (v) SELECT i FROM generate_series(1, {ROWS}) AS i;
""",
)
WRITES = (
    "UPDATE account SET v = v + 1 WHERE id = {n}",
    "UPDATE account SET v = v + 3 WHERE id BETWEEN {n} AND {n} + 5",
    "INSERT INTO account (v) VALUES ({n})",
)


def test_every_preimage_is_what_the_migration_found(database: str) -> None:
    updates = [
        migration(
            f"2026020{n}000000_update",
            f"UPDATE account SET v = v * 2, round = {n} WHERE v % 2 = 0 AND round < {n};",
        )
        for n in range(1, ROUNDS + 1)
    ]
    deletion = migration("20260301000000_delete", "DELETE FROM account WHERE v % 3 = 0;")
    plan = (INIT, *updates, deletion)
    target = replace(STAGING, keep_rows=True)
    Rollout(database, (INIT,), target).run()
    with Writers(database, *WRITES, most=ROWS) as writers:
        Rollout(database, plan, target).run()

    shelves = ask(database, "SELECT shelf, migration, rows FROM migration_bot.kept ORDER BY at")
    assert len(shelves) == ROUNDS + 1
    assert writers.done > 100
    for number, (shelf, _, rows) in enumerate(shelves, start=1):
        of = f"new_round = {number}" if number <= ROUNDS else "gone"
        wrong = ask(
            database,
            f"SELECT count(*) FROM (SELECT id, v FROM migration_bot.{shelf}) AS kept "
            f"FULL JOIN (SELECT id, old_v FROM told WHERE {of}) AS told "
            "ON kept.id = told.id AND kept.v = told.old_v "
            "WHERE kept.id IS NULL OR told.id IS NULL",
        )
        assert (wrong, rows > 0) == ([(0,)], True)
