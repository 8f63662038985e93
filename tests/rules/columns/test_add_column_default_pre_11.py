"""A default in a new column, by the version of the server."""

import pytest

from bot.rules.columns import add_column_default_pre_11
from tests.judging import judged, names

TABLE = "CREATE TABLE a (id INT);"


def found(sql: str, postgres: int) -> list[str]:
    return names(judged(sql, before=[TABLE], rules=[add_column_default_pre_11], postgres=postgres))


@pytest.mark.parametrize("default", ["0", "now()", "'x'", "ARRAY[]::INT[]"])
def test_any_steady_default_rewrites_before_11_and_in_no_version_after(default: str) -> None:
    sql = f"ALTER TABLE a ADD COLUMN b TEXT DEFAULT {default};"
    assert found(sql, 10) == ["add-column-default-pre-11"]
    assert found(sql, 11) == []
    assert found(sql, 18) == []


@pytest.mark.parametrize("column", ["b UUID DEFAULT gen_random_uuid()", "b SERIAL", "b INT"])
def test_what_another_rule_tells_or_nobody_needs_to_is_quiet(column: str) -> None:
    assert found(f"ALTER TABLE a ADD COLUMN {column};", 10) == []
