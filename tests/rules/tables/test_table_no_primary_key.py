"""Where a table without a primary key is meant, or gets one later."""

import pytest

from bot import rules
from bot.judge.judge import judge
from tests.judging import change, judged, names, review

BETWEEN = 'CREATE TABLE "_PostToTag" ("A" INTEGER NOT NULL, "B" INTEGER NOT NULL);'
RULE = "table-no-primary-key"


@pytest.mark.parametrize(("prisma", "found"), [(None, False), ("5.22.0", False), ("6.1.0", True)])
def test_prisma_makes_keyless_tables_between_models_before_version_6(
    prisma: str | None, found: bool
) -> None:
    assert (RULE in names(judged(BETWEEN, prisma=prisma))) is found


def test_a_unique_constraint_is_no_primary_key() -> None:
    assert RULE in names(judged("CREATE TABLE n (a TEXT NOT NULL UNIQUE);"))


def test_a_table_made_of_a_query_has_no_key() -> None:
    assert RULE in names(judged("CREATE TABLE n AS SELECT 1 AS a;"))


def test_a_copy_of_the_columns_alone_has_no_key() -> None:
    before = ("CREATE TABLE m (a BIGINT PRIMARY KEY);",)
    assert RULE in names(judged("CREATE TABLE n (LIKE m INCLUDING DEFAULTS);", before=before))


def test_the_key_of_another_table_does_not_count() -> None:
    found = judged("CREATE TABLE n (a INT); CREATE TABLE m (a BIGINT PRIMARY KEY);")
    assert names(found).count(RULE) == 1


def test_a_key_in_the_next_migration_is_too_late() -> None:
    first = "CREATE TABLE n (a BIGINT);"
    found = review(first, "ALTER TABLE n ADD PRIMARY KEY (a);")
    assert [RULE in names(each) for each in found.migrations] == [True, False]


def test_a_whole_history_is_judged_too() -> None:
    everything = judge(change("CREATE TABLE n (a INT);", compared=False), rules.RULES)
    assert RULE in names(everything.migrations[0])


def test_a_new_table_that_loses_its_key_has_none() -> None:
    made = "CREATE TABLE n (a INT CONSTRAINT k PRIMARY KEY, b INT);"
    assert names(judged(made + "ALTER TABLE n DROP CONSTRAINT k;")).count(RULE) == 1
    back = "ALTER TABLE n DROP CONSTRAINT k; ALTER TABLE n ADD PRIMARY KEY (b);"
    assert RULE not in names(judged(made + back))
    assert RULE not in names(judged(made + "ALTER TABLE n DROP CONSTRAINT k; DROP TABLE n;"))
