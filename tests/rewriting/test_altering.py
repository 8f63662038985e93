"""ALTER TABLE cut into commands and put together again."""

import pytest

from bot.rewriting.altering import AlterTable, read_alter_table
from bot.rewriting.column_text import read_column
from bot.sql.parse import parse


def read(sql: str) -> AlterTable:
    found = read_alter_table(parse(sql).statements[0])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("sql", "head", "relation"),
    [
        ("ALTER TABLE a ADD x int", "ALTER TABLE a", "a"),
        ('alter  table\n"A b" ADD x int', 'alter table "A b"', '"A b"'),
        ("ALTER TABLE IF EXISTS ONLY s.a ADD x int", "ALTER TABLE IF EXISTS ONLY s.a", "s.a"),
        ("ALTER TABLE ONLY (a) ADD x int", "ALTER TABLE ONLY (a)", "a"),
        ('ALTER TABLE "s"."a" * ADD x int', 'ALTER TABLE "s"."a" *', '"s"."a"'),
    ],
)
def test_the_head_is_all_before_the_first_command(sql: str, head: str, relation: str) -> None:
    assert (read(sql).head, read(sql).relation) == (head, relation)


def test_commas_in_brackets_strings_and_comments_do_not_cut() -> None:
    sql = "ALTER TABLE a ADD x numeric(1,0), ADD y text[] DEFAULT ARRAY['a,b'], -- c, d\nDROP z"
    assert [each.text for each in read(sql).commands] == [
        "ADD x numeric(1,0)",
        "ADD y text[] DEFAULT ARRAY['a,b']",
        "DROP z",
    ]


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ({0}, "ALTER TABLE a ADD y int,\n  ADD z int -- end"),
        ({1}, "ALTER TABLE a ADD x int,\n  ADD z int -- end"),
        ({0, 1}, "ALTER TABLE a ADD z int -- end"),
        ({0, 1, 2}, None),
    ],
)
def test_commands_go_with_their_comma(gone: set[int], left: str | None) -> None:
    alter = read("ALTER TABLE a ADD x int, ADD y int,\n  ADD z int")
    expected = left.removesuffix(" -- end") if left else None
    assert alter.with_changes(dict.fromkeys(gone)) == expected


def test_a_clause_is_cut_out_with_what_belongs_to_it() -> None:
    sql = (
        "ALTER TABLE a ADD ü text COLLATE \"C\" NOT NULL DEFAULT 'x' "
        "CONSTRAINT k REFERENCES b ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED CHECK (ü > '')"
    )
    alter = read(sql)
    column = read_column(alter.commands[0], alter.sql)
    key = column.clause("CONSTR_FOREIGN")
    assert key is not None
    assert column.written(key) == "REFERENCES b ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
    assert column.value() == "'x'"
    kinds = {"CONSTR_FOREIGN", "CONSTR_NOTNULL", "CONSTR_DEFAULT"}
    assert column.without(kinds) == "ADD ü text COLLATE \"C\" CHECK (ü > '')"
