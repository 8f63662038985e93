"""Files that are at our own bookkeeping, on real servers: what is recorded is what was run."""

import pytest

from bot.core.settings import default_targets
from bot.errors import HistoryError
from tests.fakes import migration
from tests.rollout.real import Rollout, ask

STAGING = default_targets()["staging"]
INIT = migration("20260101000000_init", "CREATE TABLE a (id int, n int)")
MIDDLE = "20260102000000_middle"
LAST = "20260103000000_last"
FUNCTION = "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {} END$$;"
TRIGGER = "CREATE TRIGGER t {} ON _prisma_migrations {} EXECUTE FUNCTION meddle()"
EACH = "FOR EACH ROW"
BUILD = "CREATE INDEX CONCURRENTLY a_n ON a (n);\nCREATE TABLE b ()"


def trigger(when: str, body: str, how: str = EACH) -> str:
    return FUNCTION.format(body) + TRIGGER.format(when, how)


def recorded(database: str) -> list[str]:
    rows = ask(
        database,
        "SELECT migration_name FROM _prisma_migrations "
        "WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1",
    )
    return [name for (name,) in rows]


SWALLOWING = {
    "a trigger that swallows it": trigger("BEFORE INSERT OR UPDATE", "RETURN NULL;"),
    "a trigger that changes it": trigger(
        "BEFORE INSERT OR UPDATE", "NEW.checksum = 'x'; NEW.logs = 'x'; RETURN NEW;"
    ),
    "a trigger that renames it": trigger("BEFORE INSERT", "NEW.id = 'x'; RETURN NEW;"),
    "a trigger that takes it away again": trigger(
        "AFTER INSERT OR UPDATE",
        "DELETE FROM _prisma_migrations WHERE id = NEW.id; RETURN NULL;",
    ),
    "a trigger that does so at COMMIT": FUNCTION.format(
        "DELETE FROM _prisma_migrations WHERE id = NEW.id; RETURN NULL;"
    )
    + "CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON _prisma_migrations "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION meddle()",
    "rules": "CREATE RULE r AS ON INSERT TO _prisma_migrations DO INSTEAD NOTHING;"
    "CREATE RULE s AS ON UPDATE TO _prisma_migrations DO INSTEAD NOTHING",
}


@pytest.mark.parametrize("odd", SWALLOWING.values(), ids=SWALLOWING.keys())
def test_a_row_that_is_not_kept_takes_its_migration_with_it(database: str, odd: str) -> None:
    made = (INIT, migration(MIDDLE, f"CREATE TABLE b ();\n{odd}"))

    with pytest.raises(HistoryError, match="does not keep the row of this migration") as error:
        Rollout(database, made).run()

    assert error.value.message.startswith(MIDDLE)
    assert "a trigger, a rule or row level security" in error.value.hint
    assert recorded(database) == [INIT.name]
    assert ask(database, "SELECT to_regclass('b') IS NULL") == [(True,)]


@pytest.mark.parametrize("odd", SWALLOWING.values(), ids=SWALLOWING.keys())
@pytest.mark.parametrize("sql", ["CREATE TABLE b ()", BUILD])
def test_what_an_earlier_hand_has_left_there_stops_it_the_same(
    database: str, odd: str, sql: str
) -> None:
    Rollout(database, (INIT,)).run()
    ask(database, odd)

    with pytest.raises(HistoryError, match=r"does not keep the row|changed by somebody else"):
        Rollout(database, (INIT, migration(MIDDLE, sql))).run()

    assert recorded(database) == [INIT.name]
    assert ask(database, "SELECT to_regclass('b') IS NULL, to_regclass('a_n') IS NULL") == [
        (True, True)
    ]
