"""The parts of a statement are found in its text, or not at all."""

import pytest

from bot.core.migrations.statement import Span
from bot.sql.actions import Action, CreateTable
from bot.sql.parse import parse
from bot.sql.places import Places
from bot.sql.read import actions_of


def read(sql: str) -> tuple[Places, tuple[Action, ...]]:
    (statement,) = parse(sql).statements
    actions = actions_of(statement)
    return Places(statement, actions), actions


def text_at(sql: str, span: Span | None) -> str | None:
    if span is None:
        return None
    lines = sql.split("\n")[span.start.line - 1 : span.end.line]
    lines[-1] = lines[-1][: span.end.column]
    lines[0] = lines[0][span.start.column - 1 :]
    return "\n".join(lines)


def parts(sql: str) -> list[str | None]:
    places, actions = read(sql)
    return [text_at(sql, places.of(each)) for each in actions]


def test_commands_are_cut_at_their_commas() -> None:
    sql = "\n-- why\nALTER TABLE ONLY a.\"b,c\" ADD x text DEFAULT 'y, z',\n DROP w; -- end"
    assert parts(sql) == ["ADD x text DEFAULT 'y, z'", "DROP w"]


def test_a_command_of_several_lines_has_them_all() -> None:
    sql = "ALTER TABLE a ADD CONSTRAINT c\n  CHECK (x IN (1, 2)),\n  DROP w;"
    assert parts(sql) == ["ADD CONSTRAINT c\n  CHECK (x IN (1, 2))", "DROP w"]


def test_letters_beyond_ascii_do_not_move_a_place() -> None:
    assert parts('ALTER TABLE "日本" ADD "ü" int, DROP "é";') == ['ADD "ü" int', 'DROP "é"']


@pytest.mark.parametrize(
    "sql", ["ALTER TABLE a DROP w;", "DROP TABLE a;", "CREATE INDEX ON a (b, c);", "SELECT 1, 2;"]
)
def test_what_is_the_whole_statement_has_no_place_of_its_own(sql: str) -> None:
    assert set(parts(sql)) == {None}


def test_columns_and_constraints_of_a_new_table() -> None:
    sql = "CREATE TABLE t (a numeric(1, 2),\n  LIKE u,\n  b int CHECK (b > 0), PRIMARY KEY (a));"
    places, (table,) = read(sql)
    assert isinstance(table, CreateTable)
    beside = table.columns[1].constraints[0]
    found = [text_at(sql, places.of(each)) for each in (*table.columns, *table.constraints, beside)]
    assert found == [
        "a numeric(1, 2)",
        "b int CHECK (b > 0)",
        "PRIMARY KEY (a)",
        "b int CHECK (b > 0)",
    ]


def test_the_bounds_of_a_partition_are_no_columns() -> None:
    places, (table,) = read("CREATE TABLE p PARTITION OF t FOR VALUES IN (1, 2);")
    assert places.of(table) is None


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ('DROP TABLE IF EXISTS "a", b.c CASCADE;', {"public.a": '"a"', "b.c": "b.c"}),
        ("DROP MATERIALIZED VIEW a, b;", {"public.a": "a", "public.b": "b"}),
        ("DROP INDEX a, b RESTRICT;", {"public.a": "a", "public.b": "b"}),
        ("TRUNCATE a, b RESTART IDENTITY CASCADE;", {"public.a": "a", "public.b": "b"}),
        ('DROP TABLE a, "cascade";', {"public.a": "a", "public.cascade": '"cascade"'}),
    ],
)
def test_names_that_are_listed(sql: str, names: dict[str, str]) -> None:
    places, _ = read(sql)
    assert {name: text_at(sql, places.of(name)) for name in names} == names


def test_statements_in_a_block() -> None:
    inside = "-- DROP TABLE a;\n  ALTER TABLE a ADD x int, DROP y;\n  DROP TABLE a;\n"
    sql = f"DO $x$ BEGIN\n  {inside}END $x$;"
    assert parts(sql) == [None, "ADD x int", "DROP y", "DROP TABLE a"]


def test_a_block_whose_text_is_written_otherwise_than_it_runs_has_no_places() -> None:
    assert parts("DO 'BEGIN UPDATE a SET b = ''c''; END';") == [None, None]


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE U&"d\\0061t" ADD a int, DROP b;',
        'DROP TABLE U&"d\\0061t", b;',
        "DROP FUNCTION f(int, int), g(int);",
        "DROP AGGREGATE a(int ORDER BY int), b(*);",
        "CREATE TABLE t OF u (a WITH OPTIONS PRIMARY KEY);",
        "CREATE TABLE t ();",
    ],
)
def test_an_unusual_text_is_no_reason_to_stop(sql: str) -> None:
    places, actions = read(sql)
    assert all(places.of(each) is None or text_at(sql, places.of(each)) for each in actions)
