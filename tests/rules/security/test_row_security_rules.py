"""Odd cases of the rules about row level security and about code with its owner's rights."""

import pytest

from bot.core.findings.finding import Severity
from bot.rules.security import (
    policy_change,
    rls_disabled,
    rls_enabled_no_policy,
    security_definer_search_path,
    security_definer_view,
)
from tests.judging import judged, names

TABLE = "CREATE TABLE t (id INT, owner TEXT);"
GUARDED = TABLE + "CREATE POLICY p ON t USING (id = 1); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"


def test_row_security_is_off_for_good_when_it_returns_in_another_transaction() -> None:
    sql = (
        "BEGIN; ALTER TABLE t DISABLE ROW LEVEL SECURITY; COMMIT; "
        "BEGIN; ALTER TABLE t ENABLE ROW LEVEL SECURITY; COMMIT;"
    )
    assert names(judged(sql, before=[GUARDED], rules=[rls_disabled])) == ["rls-disabled"]


def test_owners_that_are_no_longer_bound_are_found() -> None:
    sql = "ALTER TABLE t NO FORCE ROW LEVEL SECURITY;"
    assert names(judged(sql, before=[GUARDED], rules=[rls_disabled])) == ["rls-disabled"]


def test_a_new_table_without_policies_is_a_warning_and_an_old_one_an_error() -> None:
    enable = "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
    (new,) = judged(TABLE + enable, rules=[rls_enabled_no_policy]).findings
    (old,) = judged(enable, before=[TABLE], rules=[rls_enabled_no_policy]).findings
    assert (new.severity, old.severity) == (Severity.WARNING, Severity.ERROR)


def test_policies_of_the_history_count_until_they_are_dropped() -> None:
    enable = "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
    policy = "CREATE POLICY p ON t USING (id = 1);"
    rules = [rls_enabled_no_policy]
    assert names(judged(enable, before=[TABLE + policy], rules=rules)) == []
    gone = TABLE + policy + "DROP POLICY p ON t;"
    assert names(judged(enable, before=[gone], rules=rules)) == ["rls-enabled-no-policy"]


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER POLICY p ON t USING (id = 2);",
        "DROP POLICY p ON t;",
        "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;",
        "DROP RULE r ON t;",
        "CREATE TABLE n (id INT); CREATE POLICY p ON n USING (true);",
        "CREATE TABLE n (id INT); CREATE POLICY p ON n FOR INSERT WITH CHECK (true);",
        "CREATE TABLE n (id INT); CREATE POLICY p ON n FOR SELECT "
        "USING (auth.jwt() -> 'user_metadata' ->> 'admin' = 'yes');",
    ],
)
def test_policies_that_change_or_open_access_are_found_once(sql: str) -> None:
    assert names(judged(sql, before=[GUARDED], rules=[policy_change])) == ["policy-change"]


def test_a_restrictive_policy_that_is_always_true_opens_nothing() -> None:
    sql = "CREATE TABLE n (id INT); CREATE POLICY p ON n AS RESTRICTIVE USING (true);"
    assert names(judged(sql, rules=[policy_change])) == []


def test_a_view_of_a_view_shows_the_rows_as_well() -> None:
    before = GUARDED + "CREATE VIEW v WITH (security_invoker) AS SELECT id FROM t;"
    (found,) = judged(
        "CREATE VIEW w AS SELECT id FROM v;", before=[before], rules=[security_definer_view]
    ).findings
    assert found.message == "The view shows the rows of t past its policies."


@pytest.mark.parametrize(
    ("sql", "postgres"),
    [
        ("CREATE VIEW v AS SELECT id FROM t;", 14),
        ("CREATE MATERIALIZED VIEW v AS SELECT id FROM t;", 18),
    ],
)
def test_the_fix_is_another_where_there_is_no_security_invoker(sql: str, postgres: int) -> None:
    (found,) = judged(
        sql, before=[GUARDED], rules=[security_definer_view], postgres=postgres
    ).findings
    assert "security_invoker" not in found.fix


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER FUNCTION f() SECURITY DEFINER;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET work_mem = '1MB' "
        "AS 'SELECT 1';",
        "CREATE PROCEDURE f() LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; "
        "ALTER FUNCTION g() SET search_path = '';",
        "ALTER FUNCTION f() SECURITY DEFINER RESET search_path;",
    ],
)
def test_owner_rights_without_a_search_path_are_found(sql: str) -> None:
    found = names(judged(sql, rules=[security_definer_search_path]))
    assert found == ["security-definer-search-path"]


def test_a_search_path_set_before_counts() -> None:
    sql = "ALTER FUNCTION f() SET search_path = ''; ALTER FUNCTION f() SECURITY DEFINER;"
    assert names(judged(sql, rules=[security_definer_search_path])) == []
