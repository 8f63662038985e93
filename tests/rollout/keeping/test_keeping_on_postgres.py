"""What migrations destroy is kept in the database, in their own transaction."""

from tests.asking import ask
from tests.rollout.keeping.taking_back import INIT, KEEP, more, shelves
from tests.rollout.real import Apply


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
