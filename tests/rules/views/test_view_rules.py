"""Odd cases of the rules about views, functions and triggers."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged, names

OLD = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER, "sum" INTEGER);
CREATE FUNCTION "twice"(i INTEGER) RETURNS INTEGER LANGUAGE sql AS 'SELECT i * 2';
CREATE VIEW "One" AS SELECT 1 AS "one";
"""


def found(sql: str, rule: str) -> int:
    on = {rule: Severity.WARNING}
    return names(judged(sql, before=[OLD], severities=on)).count(rule)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE OR REPLACE FUNCTION twice(i INT) RETURNS INT LANGUAGE sql AS 'SELECT 2 * i';",
        "CREATE OR REPLACE FUNCTION \"twice\"(i INT) RETURNS INT LANGUAGE sql AS 'SELECT i';",
        'CREATE OR REPLACE RULE r AS ON INSERT TO "Order" DO NOTHING;',
    ],
)
def test_what_was_there_before_is_replaced(sql: str) -> None:
    assert found(sql, "view-function-replaced") == 1


def test_a_function_whose_name_only_ends_alike_is_not_replaced() -> None:
    sql = "CREATE OR REPLACE FUNCTION wice(i INT) RETURNS INT LANGUAGE sql AS 'SELECT i';"
    assert found(sql, "view-function-replaced") == 0


def test_options_of_an_old_view_are_noticed() -> None:
    sql = 'ALTER VIEW "One" SET (security_invoker = true);'
    assert found(sql, "function-options-change") == 1


@pytest.mark.parametrize("command", ["DISABLE TRIGGER t", "DISABLE RULE r", "ENABLE ALWAYS RULE r"])
def test_one_trigger_or_rule_is_enough(command: str) -> None:
    assert found(f'ALTER TABLE "Order" {command};', "trigger-toggle") == 1


def test_switching_all_triggers_of_the_session_off_is_found() -> None:
    assert found("SET session_replication_role = replica;", "trigger-toggle") == 1


def test_a_trigger_that_writes_elsewhere_is_found_although_its_function_is_new() -> None:
    sql = """
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW."sum" := 1; INSERT INTO "Log" SELECT 1; RETURN NEW; END $$;
    CREATE TRIGGER t BEFORE UPDATE ON "Order" FOR EACH ROW EXECUTE FUNCTION f();
    """
    assert found(sql, "trigger-create") == 1


def test_a_materialized_view_that_is_filled_from_an_old_table_takes_its_time() -> None:
    sql = 'CREATE MATERIALIZED VIEW m AS SELECT "id" FROM "Order";'
    assert found(sql, "matview-refresh-concurrent") == 1
