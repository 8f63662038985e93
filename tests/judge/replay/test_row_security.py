"""Row level security and policies in the catalogue."""

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.replay.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of


def table_after(sql: str) -> tuple[bool, tuple[str, ...]]:
    catalogue = Catalogue()
    for statement in parse("CREATE TABLE t (id INT);" + sql).statements:
        replay(catalogue, actions_of(statement), born=0)
    table = catalogue.tables["public.t"]
    return table.row_security, table.policies


def test_it_is_off_until_it_is_enabled_and_after_it_was_disabled() -> None:
    enabled = "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
    assert table_after("") == (False, ())
    assert table_after(enabled) == (True, ())
    assert table_after(enabled + "ALTER TABLE t DISABLE ROW LEVEL SECURITY;") == (False, ())


def test_policies_come_and_go_and_rules_are_none() -> None:
    two = "CREATE POLICY a ON t; CREATE POLICY b ON t; ALTER POLICY a ON t USING (id = 1);"
    assert table_after(two) == (False, ("a", "b"))
    assert table_after(two + "DROP POLICY a ON t;") == (False, ("b",))
    assert table_after("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;") == (False, ())
    assert table_after("CREATE POLICY a ON unknown; DROP POLICY a ON unknown;") == (False, ())
