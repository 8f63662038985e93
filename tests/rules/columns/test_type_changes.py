"""What a changed type does, in odd places."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged, names

BEFORE = (
    "CREATE TYPE kind AS ENUM ('a'); CREATE TYPE mood AS ENUM ('a');"
    "CREATE DOMAIN note AS TEXT;"
    "CREATE TABLE u (id BIGINT PRIMARY KEY, name VARCHAR(20), k kind DEFAULT 'a', bio TEXT,"
    " n NUMERIC(5, 2), at TIMESTAMP(6), f FLOAT8, tags TEXT[], note note);"
    "CREATE TABLE o (id TEXT PRIMARY KEY, u BIGINT REFERENCES u, country VARCHAR(2));"
)


def found(change: str, *, more: str = "", postgres: int = 18) -> list[str]:
    return names(judged(f"ALTER TABLE {change}", before=[BEFORE + more], postgres=postgres))


@pytest.mark.parametrize(
    "change",
    [
        "u ALTER name TYPE VARCHAR(19)",
        "u ALTER name TYPE CHAR(5)",
        "u ALTER bio TYPE VARCHAR(5)",
        "u ALTER bio TYPE kind USING bio::kind",
        "u ALTER id TYPE INT",
        "u ALTER id TYPE NUMERIC(18)",
        "u ALTER n TYPE NUMERIC(6, 1)",
        "u ALTER n TYPE SMALLINT",
        "u ALTER at TYPE TIMESTAMP(3)",
        "u ALTER at TYPE TIMESTAMPTZ(3)",
        "u ALTER at TYPE DATE",
        "u ALTER f TYPE REAL",
    ],
)
def test_a_narrower_type_is_found(change: str) -> None:
    assert "column-type-narrowing" in found(change)


@pytest.mark.parametrize(
    "change",
    [
        "u ALTER bio TYPE VARCHAR",
        "u ALTER id TYPE NUMERIC(19)",
        "u ALTER n TYPE NUMERIC",
        "u ALTER n TYPE NUMERIC(8, 3)",
        "u ALTER at TYPE TIMESTAMPTZ(6)",
        "u ALTER f TYPE NUMERIC",
        "u ALTER missing TYPE INT",
        "u ALTER note TYPE TEXT",
    ],
)
def test_a_type_that_holds_as_much_is_not_narrower(change: str) -> None:
    assert "column-type-narrowing" not in found(change)


@pytest.mark.parametrize(
    "change",
    [
        "u ALTER bio TYPE INT",
        "u ALTER bio TYPE JSONB",
        "u ALTER bio TYPE TEXT[]",
        "u ALTER k TYPE mood",
        "u ALTER k TYPE mood USING k::text::mood",
        "u ALTER id TYPE BOOLEAN",
    ],
)
def test_what_postgresql_cannot_convert_is_found(change: str) -> None:
    assert "column-type-blocked" in found(change)


@pytest.mark.parametrize(
    "change",
    [
        "u ALTER id TYPE TEXT",
        "u ALTER id TYPE NUMERIC",
        "u ALTER at TYPE DATE",
        "u ALTER tags TYPE VARCHAR(5)[]",
        "u ALTER tags TYPE TEXT",
        "u ALTER note TYPE INT",
        "u ALTER k TYPE TEXT USING 'a'",
    ],
)
def test_what_postgresql_converts_or_nobody_knows_is_not_refused(change: str) -> None:
    assert "column-type-blocked" not in found(change)


@pytest.mark.parametrize(
    ("view", "refused"),
    [
        ("SELECT name FROM u", True),
        ("SELECT * FROM u", True),
        ("SELECT id FROM u WHERE name <> ''", True),
        ("SELECT id FROM u", False),
        ("SELECT count(*) FROM u", False),
        ("SELECT o.* FROM o JOIN u ON u.id = o.u", False),
        ("SELECT name FROM o JOIN u ON u.id = o.u", True),
    ],
)
def test_a_view_counts_if_it_uses_the_column(view: str, refused: bool) -> None:
    view = f"CREATE VIEW v AS {view};"

    assert ("column-type-blocked" in found("u ALTER name TYPE TEXT", more=view)) is refused


def test_a_view_follows_the_columns_of_its_table() -> None:
    renamed = "CREATE VIEW v AS SELECT name FROM u; ALTER TABLE u RENAME name TO head;"
    added = "CREATE VIEW v AS SELECT * FROM u; ALTER TABLE u ADD x VARCHAR(2);"

    assert "column-type-blocked" in found("u ALTER head TYPE TEXT", more=renamed)
    assert "column-type-blocked" not in found("u ALTER x TYPE TEXT", more=added)


def test_a_generated_column_keeps_what_it_is_worked_out_from() -> None:
    computed = "ALTER TABLE u ADD g TEXT GENERATED ALWAYS AS (lower(name)) STORED;"
    renamed = computed + "ALTER TABLE u RENAME name TO head;"

    assert "column-type-blocked" in found("u ALTER name TYPE TEXT", more=computed)
    assert "column-type-blocked" in found("u ALTER head TYPE TEXT", more=renamed)
    assert "column-type-blocked" not in found("u ALTER bio TYPE VARCHAR", more=computed)


def test_a_foreign_key_is_looked_up_again_from_both_ends() -> None:
    assert "column-type-recheck" not in found("o ALTER u TYPE INT")
    keyed = (
        "CREATE TABLE c (code VARCHAR(2) PRIMARY KEY);"
        "ALTER TABLE o ADD FOREIGN KEY (country) REFERENCES c;"
    )
    assert "column-type-recheck" in found("o ALTER country TYPE TEXT", more=keyed)
    assert "column-type-recheck" in found("c ALTER code TYPE TEXT", more=keyed)


def test_an_index_is_built_anew_for_another_collation_and_in_an_expression() -> None:
    plain = "CREATE INDEX i ON u (name);"
    computed = "CREATE INDEX i ON u (lower(name));"

    for index in (plain, computed):
        change = 'u ALTER name TYPE TEXT COLLATE "C"'
        assert "column-type-index-rebuild" in found(change, more=index)


def test_before_postgresql_12_the_table_is_rewritten_with_its_indexes() -> None:
    index = "CREATE INDEX i ON u (at);"
    change = "u ALTER at TYPE TIMESTAMPTZ(6)"

    assert "column-type-index-rebuild" in found(change, more=index)
    assert "column-type-index-rebuild" not in found(change, more=index, postgres=11)


def severities(change: str, rule: str) -> list[Severity]:
    migration = judged(f"ALTER TABLE {change}", before=[BEFORE])
    return [each.severity for each in migration.findings if each.rule == rule]


def test_the_types_one_statement_changes_are_one_finding() -> None:
    change = "u ALTER id TYPE NUMERIC, ALTER f TYPE NUMERIC, ALTER at TYPE DATE USING at::date"
    assert found(change).count("column-type-rewrite") == 1
    assert found(change).count("column-type-client-break") == 1


def test_what_disturbs_the_running_version_is_a_notice_where_the_table_is_rewritten() -> None:
    assert severities("u ALTER id TYPE NUMERIC", "column-type-client-break") == [Severity.NOTICE]


def test_one_change_that_rewrites_nothing_is_enough_for_a_warning() -> None:
    change = "u ALTER id TYPE NUMERIC, ALTER name TYPE TEXT"
    assert severities(change, "column-type-client-break") == [Severity.WARNING]


def test_an_enum_that_is_replaced_is_not_reported_as_a_rewrite_too() -> None:
    replaced = (
        "u ALTER k DROP DEFAULT; CREATE TYPE kind_new AS ENUM ('b');"
        "ALTER TABLE u ALTER k TYPE kind_new USING k::text::kind_new;"
        "ALTER TYPE kind RENAME TO kind_old; ALTER TYPE kind_new RENAME TO kind"
    )
    assert "prisma-enum-replace" in found(replaced)
    assert "column-type-rewrite" not in found(replaced)


def test_another_enum_is_a_rewrite() -> None:
    assert "column-type-rewrite" in found("u ALTER k TYPE mood USING k::text::mood")
