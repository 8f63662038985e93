"""What migrations destroy is kept in the database, in their own transaction."""

from bot.core.migrations.migration import Migration
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.real import Apply

KEEP = {"keep_rows": True}
INIT = migration(
    "20260101000000_init",
    """CREATE TYPE mood AS ENUM ('fine', 'sad');
CREATE TABLE a (id int PRIMARY KEY, n numeric(10,2), note text, mood mood);
INSERT INTO a SELECT i, i + 0.55, 'x' || i, 'sad' FROM generate_series(1, 10) AS i;
CREATE TABLE b (id serial PRIMARY KEY, at timestamptz DEFAULT now(),
    twice int GENERATED ALWAYS AS (id * 2) STORED);
INSERT INTO b (id) SELECT i FROM generate_series(1, 3) AS i;
""",
)


def more(sql: str) -> Migration:
    return migration("20260102000000_more", sql)


def shelves(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT shelf, kind, table_name, rows FROM migration_bot.kept ORDER BY statement, shelf",
    )


def test_updated_values_are_kept_with_what_they_became(apply: Apply, database: str) -> None:
    apply(INIT, more("UPDATE a SET n = n * 2, mood = 'fine' WHERE id <= 4;"), **KEEP)

    ((shelf, kind, name, rows),) = shelves(database)
    assert (kind, name, rows) == ("update", "a", 4)
    both = ask(
        database,
        f"SELECT id, k.n::text, k.mood, w.n::text, w.mood FROM migration_bot.{shelf} AS k "
        f"JOIN migration_bot.{shelf}_after AS w USING (migration_bot_row) ORDER BY id LIMIT 1",
    )
    assert both == [(1, "1.55", "sad", "3.10", "fine")]
    assert ask(database, "SELECT count(*) FROM a WHERE mood = 'fine'") == [(4,)]
    assert "4 rows kept until" in apply.said[-1]


def test_everything_a_migration_destroys_is_kept_in_the_order_it_went(
    apply: Apply, database: str
) -> None:
    apply(
        INIT,
        more(
            "DELETE FROM a WHERE id > 7;\nALTER TABLE a DROP COLUMN note;\n"
            "ALTER TABLE a ALTER COLUMN n TYPE int;\nTRUNCATE b;\nDROP TABLE b;\n"
            "ALTER TABLE a DROP COLUMN mood;\nDROP TYPE mood;"
        ),
        **KEEP,
    )

    assert [each[1:] for each in shelves(database)] == [
        ("delete", "a", 3),
        ("drop column", "a", 7),
        ("change type", "a", 7),
        ("truncate", "b", 3),
        ("drop table", "b", 0),
        ("drop column", "a", 7),
    ]
