"""Conditions on the schema, looked up in the catalogue."""

import pytest

from bot.judge.presence import holds
from bot.sql.conditions import Condition, Logic, Presence
from tests.judge.test_code import built

SCHEMA = """
CREATE TYPE "Role" AS ENUM ('A', 'B');
CREATE TABLE a (id INT PRIMARY KEY, x INT);
CREATE SCHEMA s;
CREATE TABLE s.b (id INT);
CREATE INDEX i ON a (x);
CREATE POLICY p ON a USING (true);
CREATE EXTENSION citext;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();
ALTER TABLE stranger ADD CONSTRAINT c CHECK (x > 0);
"""
CATALOGUE = built(SCHEMA)


@pytest.mark.parametrize(
    ("kind", "there", "missing"),
    [
        ("TYPE", ("Role",), ("role",)),
        ("VALUE", ("A", "Role"), ("C", "Role")),
        ("VALUE", ("B",), ("C",)),
        ("RELATION", ("b", "", "s"), ("b", "", "public")),
        ("RELATION", ("i",), ("j",)),
        ("COLUMN", ("x", "a"), ("y", "a")),
        ("COLUMN", ("id", "b", "s"), ("x", "b", "s")),
        ("CONSTRAINT", ("a_pkey", "a"), ("a_pkey", "b")),
        ("CONSTRAINT", ("c", "stranger"), ("d", "stranger")),
        ("POLICY", ("p", "a"), ("p", "b")),
        ("TRIGGER", ("t",), ("t", "b")),
        ("FUNCTION", ("f",), ("g",)),
        ("SCHEMA", ("s",), ("t",)),
        ("EXTENSION", ("citext",), ("postgis",)),
    ],
)
def test_what_is_there_is_found(
    kind: str, there: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    assert holds(Presence(kind, *there), CATALOGUE) is True
    assert holds(Presence(kind, *missing), CATALOGUE) is False


def test_the_columns_of_a_table_that_no_migration_creates_are_not_known() -> None:
    assert holds(Presence("COLUMN", "x", "stranger"), CATALOGUE) is None
    assert holds(Presence("SEQUENCE OF ITS OWN", "x"), CATALOGUE) is None


THERE, MISSING = Presence("TYPE", "Role"), Presence("TYPE", "none")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, None),
        (True, True),
        (Logic("NOT", (THERE,)), False),
        (Logic("NOT", (None,)), None),
        (Logic("AND", (THERE, None)), None),
        (Logic("AND", (MISSING, None)), False),
        (Logic("OR", (THERE, None)), True),
        (Logic("OR", (MISSING, None)), None),
        (Logic("OR", (MISSING, MISSING)), False),
    ],
)
def test_one_part_that_decides_is_enough(condition: Condition | None, expected: bool) -> None:
    assert holds(condition, CATALOGUE) is expected
