"""Migrations that need what is gone, or what is not there yet."""

from bot.rules.prisma import prisma_missing_dependency
from tests.judging import judged, names, review

RULES = [prisma_missing_dependency]
TABLE = "CREATE TABLE t (id INT);"


def test_a_table_that_only_a_later_migration_creates_is_missing() -> None:
    first, second = review("ALTER TABLE t ADD COLUMN a INT;", TABLE, rules=RULES).migrations
    assert [each.message for each in first.findings] == [
        "t is not there yet: 20240201000001_new creates it, which comes later."
    ]
    assert second.findings == ()


def test_a_table_under_its_old_name_is_missing() -> None:
    before = [TABLE, "ALTER TABLE t RENAME TO n;"]
    missing = ["prisma-missing-dependency"]
    assert names(judged("DELETE FROM t WHERE id = 1;", before=before, rules=RULES)) == missing
    assert names(judged("DELETE FROM n WHERE id = 1;", before=before, rules=RULES)) == []


def test_a_table_dropped_earlier_in_the_file_is_missing() -> None:
    sql = "DROP TABLE t; ALTER TABLE t ADD COLUMN a INT;"
    (found,) = judged(sql, before=[TABLE], rules=RULES).findings
    assert found.message == "t is not there any more: it was dropped or renamed before."


def test_a_foreign_key_needs_the_other_table() -> None:
    sql = "CREATE TABLE n (a INT REFERENCES t (id));"
    found = names(judged(sql, before=[TABLE, "DROP TABLE t;"], rules=RULES))
    assert found == ["prisma-missing-dependency"]


def test_a_table_that_came_back_in_a_block_is_there() -> None:
    before = [TABLE, "DROP TABLE t;", "DO $$ BEGIN CREATE TABLE t (id INT); END $$;"]
    assert names(judged("SELECT id FROM t;", before=before, rules=RULES)) == []


def test_a_table_of_which_nothing_was_heard_may_be_older_than_the_history() -> None:
    assert names(judged("ALTER TABLE t ADD COLUMN a INT;", rules=RULES)) == []


def test_a_table_created_later_if_it_does_not_exist_may_exist() -> None:
    later = "CREATE TABLE IF NOT EXISTS t (id INT);"
    first, _ = review("ALTER TABLE t ADD COLUMN a INT;", later, rules=RULES).migrations
    assert first.findings == ()


def test_a_table_that_got_its_name_back_is_there() -> None:
    before = [TABLE, "DROP TABLE t;", "ALTER TABLE older RENAME TO t;"]
    assert names(judged("SELECT id FROM t;", before=before, rules=RULES)) == []
    moved = [TABLE, "ALTER TABLE t SET SCHEMA s;", "ALTER TABLE other.t SET SCHEMA public;"]
    assert names(judged("SELECT id FROM t;", before=moved, rules=RULES)) == []
