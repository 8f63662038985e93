"""The schema replayed in memory: what it knows, and that it follows renames and drops."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.replay.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of
from bot.sql.values import Type

STATEMENTS = Path(__file__).parents[2] / "sql" / "statements.txt"


def catalogue(*files: str) -> Catalogue:
    found = Catalogue()
    for born, sql in enumerate(files):
        for statement in parse(sql).statements:
            replay(found, actions_of(statement), born=born)
    return found


def test_a_table_has_its_columns_and_named_constraints() -> None:
    found = catalogue(
        "CREATE TABLE a (id INT PRIMARY KEY, b TEXT UNIQUE, c INT REFERENCES p (id) CHECK (c > 0));"
    )
    table = found.tables["public.a"]
    assert list(table.columns) == ["id", "b", "c"]
    assert list(table.constraints) == ["a_pkey", "a_b_key", "a_c_fkey", "a_c_check"]
    assert table.columns["id"].not_null
    assert set(found.indexes) == {"public.a_pkey", "public.a_b_key"}


def test_a_primary_key_makes_its_columns_not_null() -> None:
    found = catalogue(
        "CREATE TABLE a (x INT, y INT, PRIMARY KEY (x)); ALTER TABLE a ADD UNIQUE (y);"
    )
    assert found.column("public.a", "x").not_null  # type: ignore[union-attr]
    assert not found.column("public.a", "y").not_null  # type: ignore[union-attr]


def test_a_table_tells_its_keys() -> None:
    found = catalogue(
        "CREATE TABLE p (a INT, b INT, PRIMARY KEY (b, a));"
        "CREATE TABLE c (a INT REFERENCES q, b INT CONSTRAINT p_fkey REFERENCES p (b));"
    )
    assert found.primary_key_of("public.p") == ("b", "a")
    assert found.primary_key_of("public.c") == ()
    assert [each.name for each in found.foreign_keys_of("public.c")] == ["c_a_fkey", "p_fkey"]
    assert found.foreign_keys_of("public.p") == ()


def test_a_table_from_elsewhere_has_no_known_keys() -> None:
    found = catalogue("ALTER TABLE elsewhere ADD PRIMARY KEY (id);")
    assert found.primary_key_of("public.elsewhere") == ()
    assert found.foreign_keys_of("public.elsewhere") == ()


def test_renames_are_followed_everywhere() -> None:
    found = catalogue(
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE p (id INT PRIMARY KEY);"
        "CREATE TABLE c (p_id INT REFERENCES p (id), k e); CREATE INDEX i ON c (p_id);"
        "CREATE VIEW v AS SELECT id FROM p;",
        "ALTER TABLE p RENAME TO q; ALTER TABLE c RENAME TO d; ALTER TABLE d RENAME p_id TO q_id;"
        "ALTER TYPE e RENAME TO f; ALTER INDEX i RENAME TO j; ALTER TABLE q SET SCHEMA s;",
    )
    assert set(found.tables) == {"s.q", "public.d"}
    (key,) = found.tables["public.d"].foreign_keys()
    assert (key.references, key.columns) == ("s.q", ("q_id",))
    assert found.indexes["public.j"].table == "public.d"
    assert found.indexes["public.j"].columns[0].name == "q_id"
    assert found.views["public.v"].reads == ("s.q",)
    assert found.column("public.d", "k").type == Type("public.f")  # type: ignore[union-attr]
    assert found.born("s.q") == 0


def test_drops_take_what_depends_on_them() -> None:
    found = catalogue(
        "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (p_id INT REFERENCES p (id), x INT);"
        "CREATE INDEX i ON c (x); CREATE INDEX j ON c (p_id);",
        "DROP TABLE p CASCADE; ALTER TABLE c DROP COLUMN x;",
    )
    assert set(found.tables) == {"public.c"}
    assert found.tables["public.c"].foreign_keys() == ()
    assert set(found.indexes) == {"public.j"}


def test_what_is_created_again_is_born_again() -> None:
    found = catalogue("CREATE TABLE a (x INT);", "DROP TABLE a;", "CREATE TABLE a (x INT);")
    assert found.born("public.a") == 2


def test_if_not_exists_changes_nothing_that_is_there() -> None:
    found = catalogue(
        "CREATE TABLE a (x INT); CREATE INDEX i ON a (x);",
        "CREATE TABLE IF NOT EXISTS a (y TEXT); ALTER TABLE a ADD COLUMN IF NOT EXISTS x TEXT;"
        "CREATE INDEX IF NOT EXISTS i ON b (x);",
    )
    assert found.born("public.a") == 0
    assert found.column("public.a", "x").type == Type("int4")  # type: ignore[union-attr]
    assert found.indexes["public.i"].table == "public.a"


def test_a_valid_check_proves_a_column_not_null() -> None:
    table = "CREATE TABLE a (x INT, y INT);"
    check = "ALTER TABLE a ADD CONSTRAINT c CHECK (x IS NOT NULL AND y > 0) NOT VALID;"
    assert not catalogue(table, check).proved_not_null("public.a", "x")
    proved = catalogue(table, check, "ALTER TABLE a VALIDATE CONSTRAINT c;")
    assert proved.proved_not_null("public.a", "x")
    assert not proved.proved_not_null("public.a", "y")


def test_partitions_and_their_default_are_known() -> None:
    found = catalogue(
        "CREATE TABLE p (n INT) PARTITION BY LIST (n); CREATE TABLE p1 PARTITION OF p DEFAULT;"
        "CREATE TABLE p2 (n INT); ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2);"
    )
    assert found.partitions_of("public.p") == ("public.p1", "public.p2")
    assert found.default_partition_of("public.p") == "public.p1"
    assert "n" in found.tables["public.p1"].columns


def test_views_of_views_are_found() -> None:
    found = catalogue("CREATE VIEW b AS SELECT 1 FROM a; CREATE VIEW c AS SELECT 1 FROM b;")
    assert set(found.views_on("public.a")) == {"public.b", "public.c"}


def test_a_copy_is_independent() -> None:
    found = catalogue("CREATE TABLE a (x INT);")
    copy = found.copy()
    for statement in parse("DROP TABLE a; CREATE TABLE b (x INT);").statements:
        replay(found, actions_of(statement), born=1)
    assert set(copy.tables) == {"public.a"}


@pytest.mark.parametrize("times", [1, 2])
def test_nothing_that_is_unknown_raises(times: int) -> None:
    found = Catalogue()
    for sql in STATEMENTS.read_text().splitlines() * times:
        for statement in parse(sql).statements:
            replay(found, actions_of(statement), born=0)
    assert found.tables


def test_a_changed_constraint_keeps_what_was_not_changed() -> None:
    found = catalogue(
        "CREATE TABLE p (id INT PRIMARY KEY);"
        "CREATE TABLE a (p INT CONSTRAINT f REFERENCES p DEFERRABLE);"
        "ALTER TABLE a ALTER CONSTRAINT f NOT ENFORCED;"
    )
    changed = found.constraint("public.a", "f")
    assert changed is not None
    assert not changed.enforced
    assert changed.deferrable


def test_an_index_is_doubtful_from_its_concurrent_build_until_it_is_built_anew() -> None:
    built = "CREATE TABLE a (b INT); CREATE INDEX CONCURRENTLY i ON a (b);"
    assert catalogue(built).indexes["public.i"].doubtful
    again = catalogue(built + "REINDEX INDEX CONCURRENTLY i;")
    assert not again.indexes["public.i"].doubtful


def test_the_constraints_of_a_table_from_elsewhere_are_followed() -> None:
    add = "ALTER TABLE old ADD CONSTRAINT there CHECK (a IS NOT NULL) NOT VALID;"
    assert not catalogue(add).proved_not_null("public.old", "a")
    valid = add + "ALTER TABLE old VALIDATE CONSTRAINT there;"
    assert catalogue(valid).proved_not_null("public.old", "a")
    assert "public.old" not in catalogue(valid).tables

    dropped = catalogue(valid + "ALTER TABLE old DROP CONSTRAINT there;")
    assert dropped.constraint("public.old", "there") is None
    assert dropped.constraints_of("public.old") == {}
    assert catalogue(valid + "DROP TABLE old;").strangers == {}


def test_a_key_of_a_table_from_elsewhere_owns_its_index() -> None:
    found = catalogue("ALTER TABLE old ADD PRIMARY KEY (id);")
    assert found.indexes["public.old_pkey"].constraint == "old_pkey"
    found = catalogue("ALTER TABLE old ADD UNIQUE (a); ALTER TABLE old DROP CONSTRAINT old_a_key;")
    assert found.indexes == {}


def test_a_copy_keeps_its_own_strangers() -> None:
    found = catalogue("ALTER TABLE old ADD PRIMARY KEY (id);")
    other = found.copy()
    other.strangers.clear()
    assert "public.old" in found.strangers


def test_a_table_has_no_more_columns_than_a_server_lets_it_have() -> None:
    added = ", ".join(f"ADD COLUMN c{n} INT" for n in range(2_000))
    table = catalogue(f"CREATE TABLE t (a INT); ALTER TABLE t {added};").tables["public.t"]
    assert len(table.columns) == 1_600


def test_a_changed_table_is_what_replace_would_make_of_it() -> None:
    table = catalogue("CREATE TABLE t (a INT, b kind);").tables["public.t"]
    assert "public.kind" in table.named
    columns = {"a": table.columns["a"]}
    assert table.but(columns=columns) == replace(table, columns=columns)
    assert "public.kind" not in table.but(columns=columns).named
