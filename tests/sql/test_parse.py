"""The parser door: limits, comments, kinds, faults, and hostile text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.migrations.statement import Position, SyntaxFault
from bot.sql.parse import MOST_BYTES, parse


def kinds(sql: str) -> list[str]:
    return [statement.kind for statement in parse(sql).statements]


def fault(sql: str) -> SyntaxFault:
    found = parse(sql).fault
    assert found is not None
    return found


def test_statements_are_cut_where_the_code_begins_and_ends() -> None:
    first, second = parse("-- a\n select 1 -- t\n ;\n\nselect\n  2").statements
    assert (first.sql, first.start, first.end) == ("select 1", Position(2, 2), Position(2, 9))
    assert (second.sql, second.start, second.end) == (
        "select\n  2",
        Position(5, 1),
        Position(6, 3),
    )
    assert (first.index, second.index) == (0, 1)


def test_columns_count_characters_not_bytes() -> None:
    _, second = parse("select 'é€𝄞'; select 2").statements
    assert second.start == Position(1, 15)


def test_a_semicolon_in_a_body_does_not_cut() -> None:
    sql = "DO $$ BEGIN PERFORM 1; END $$; SELECT ';'; "
    assert [each.sql for each in parse(sql).statements] == [
        "DO $$ BEGIN PERFORM 1; END $$",
        "SELECT ';'",
    ]


def test_an_atomic_body_is_one_statement() -> None:
    function = "CREATE FUNCTION f() RETURNS int LANGUAGE sql "
    sql = function + "BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3"
    assert kinds(sql) == ["CREATE FUNCTION", "SELECT"]


def test_comments_above_a_statement_belong_to_it() -> None:
    sql = "-- one\n/* two\n * three */\nSELECT 1; -- of the first\n-- four\n\nSELECT 2"
    first, second = parse(sql).statements
    assert first.comment == "one\ntwo\nthree"
    assert second.comment == "four"


def test_carriage_returns_move_nothing() -> None:
    sql = "-- a\nSELECT 1;\n\nSELECT\n 'x', from"
    for ending in ("\n", "\r\n"):
        assert fault(sql.replace("\n", ending)).position == Position(5, 7)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ('CREATE UNIQUE INDEX CONCURRENTLY i ON "T" (a)', "CREATE INDEX"),
        ("ALTER TABLE a ADD COLUMN b int", "ALTER TABLE"),
        ("ALTER TABLE a RENAME b TO c", "ALTER TABLE"),
        ("ALTER TABLE a RENAME CONSTRAINT b TO c", "ALTER TABLE"),
        ("ALTER TABLE a RENAME TO c", "ALTER TABLE"),
        ("ALTER INDEX a RENAME TO c", "ALTER INDEX"),
        ("ALTER TYPE a ADD VALUE 'x'", "ALTER TYPE"),
        ("ALTER TYPE a RENAME VALUE 'x' TO 'y'", "ALTER TYPE"),
        ("CREATE TYPE a AS ENUM ('x')", "CREATE TYPE"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1", "CREATE MATERIALIZED VIEW"),
        ("CREATE TABLE t AS SELECT 1", "CREATE TABLE"),
        ("DROP MATERIALIZED VIEW v", "DROP MATERIALIZED VIEW"),
        ("BEGIN", "BEGIN"),
        ("START TRANSACTION", "START TRANSACTION"),
        ("ROLLBACK TO SAVEPOINT x", "ROLLBACK TO SAVEPOINT"),
        ("SET LOCAL lock_timeout = 1", "SET"),
        ("RESET lock_timeout", "RESET"),
        ("VACUUM a", "VACUUM"),
        ("ANALYZE a", "ANALYZE"),
        ("REVOKE ALL ON a FROM b", "REVOKE"),
        ("COMMENT ON TABLE a IS 'x'", "COMMENT"),
        ("CREATE EXTENSION pg_trgm", "CREATE EXTENSION"),
    ],
)
def test_a_statement_is_named_in_the_words_of_sql(sql: str, kind: str) -> None:
    assert kinds(sql) == [kind]


@pytest.mark.parametrize("sql", ["", ";;", "-- only a comment", "\n\n", "/* open"])
def test_a_file_without_statements_is_no_fault(sql: str) -> None:
    if sql == "/* open":
        assert fault(sql).rule == "syntax-error"
    else:
        assert parse(sql) == parse("")


def test_a_syntax_error_is_placed_to_the_character() -> None:
    found = fault("SELECT 1;\nSELECT 'é', FROM a;")
    assert (found.rule, found.position) == ("syntax-error", Position(2, 13))
    assert 'near "FROM"' in found.message


@pytest.mark.parametrize(
    ("sql", "position"),
    [
        ("\\i other.sql\n", Position(1, 1)),
        ("SELECT 1;\n\\set x 1\n", Position(2, 1)),
        ("INSERT INTO a VALUES (:id)", Position(1, 23)),
        ("COPY t (a) FROM stdin;\n1\t2\n\\.\n", Position(1, 1)),
        ("SELECT 1; COPY t FROM STDIN", Position(1, 11)),
    ],
)
def test_what_only_psql_understands_is_named(sql: str, position: Position) -> None:
    found = fault(sql)
    assert (found.rule, found.position) == ("prisma-psql-meta", position)
    assert found.fix


@pytest.mark.parametrize(
    ("sql", "position"),
    [
        ("\ufeffSELECT 1", Position(1, 1)),
        ("SELECT 1;\0 DROP TABLE a", Position(1, 10)),
        ("S\0E\0L\0E\0C\0T\0 \x001\0", Position(1, 1)),
        ("SELECT 1;\nSELECT\u00a01, 2", Position(2, 7)),
        ("SELECT 1;\nALTER\u200b TABLE a DROP b", Position(2, 6)),
    ],
)
def test_characters_that_nobody_sees_are_named(sql: str, position: Position) -> None:
    found = fault(sql)
    assert (found.rule, found.position) == ("file-encoding", position)
    assert found.fix


def test_odd_characters_inside_a_literal_are_data() -> None:
    assert parse("SELECT 'a\u00a0\u200bb'").fault is None


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("CREATE TABLE `a` (id INT AUTO_INCREMENT) ENGINE=InnoDB;", "MySQL"),
        ('CREATE TABLE "a" (id INTEGER PRIMARY KEY AUTOINCREMENT);', "SQLite"),
        ("CREATE TABLE [dbo].[a] ([id] INT IDENTITY(1,1), [n] NVARCHAR(1000))", "T-SQL"),
    ],
)
def test_a_file_for_another_database_is_recognised(sql: str, name: str) -> None:
    found = fault(sql)
    assert found.rule == "syntax-error"
    assert name in found.message
    assert name in found.fix


def test_a_typing_mistake_is_not_called_another_database() -> None:
    assert "reads as" not in fault("ALTER TABLE a ADD COLUM b int UNSIGNEDLY x;").message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "1+" * 22_000 + "1",
        "SELECT 'a'" + " || 'a'" * 22_000,
        "SELECT " + "(SELECT " * 1_000 + "1" + ")" * 1_000,
        "SELECT 1" + " UNION SELECT 1" * 5_000,
        "SELECT 1;" * 5_000,
    ],
    ids=["sum", "concatenation", "subselects", "unions", "statements"],
)
def test_what_is_deep_or_long_is_still_read(sql: str) -> None:
    script = parse(sql)
    assert script.fault is None
    assert len(script.statements) in (1, 5_000)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 100_000,
        "SELECT " + "f(" * 30_000 + ")" * 30_000,
        "SELECT " + "1+" * 900_000 + "1",
        "x" * 10_000_000,
        "SELECT '" + "x" * (MOST_BYTES + 1) + "'",
    ],
    ids=["parentheses", "calls", "terms", "word", "literal"],
)
def test_what_is_too_deep_or_too_large_is_a_fault(sql: str) -> None:
    assert fault(sql).rule in {"syntax-error", "uninspectable-sql"}


SQL = st.sampled_from(
    ["SELECT", "ALTER TABLE", '"', "'", "$$", "$a$", "/*", "*/", "--", "\n", ";", "(", ")", "\\",
     " a ", ":x", "1", "E'", "\0", "é", "\u202e", "\ufeff", "COPY a FROM stdin;", "DO", "\ud800"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(SQL, max_size=30).map("".join))
def test_no_text_crashes_the_parser(text: str) -> None:
    script = parse(text)
    assert script.fault is None or not script.statements
    for statement in script.statements:
        assert statement.start.line <= statement.end.line
        assert statement.sql in text


@pytest.mark.parametrize(
    ("sql", "position", "said"),
    [
        ("CREATE TABLE {{ schema }}.a (id int);", Position(1, 14), "Jinja"),
        ("{% if x %}\nSELECT 1;\n{% endif %}", Position(1, 1), "Jinja"),
        ("SELECT 1;\nCREATE TABLE <%= table %> (id int);", Position(2, 14), "ERB"),
        ("GRANT SELECT ON a TO ${ROLE};", Position(1, 22), "shell"),
        ('CREATE TABLE a (id int);\nDROP TABLE "${schema}"."a";', Position(2, 13), "shell"),
        ("INSERT INTO a VALUES (?);", Position(1, 23), "? stands for a value"),
        ("INSERT INTO a VALUES (%(name)s);", Position(1, 23), "%(name)s stands for a value"),
        ("SELECT 1;\n<<<<<<< HEAD\nSELECT 2;", Position(2, 1), "merge conflict"),
        ("```sql\nSELECT 1;\n```", Position(1, 1), "Markdown"),
    ],
)
def test_what_somebody_should_have_filled_in_is_named(
    sql: str, position: Position, said: str
) -> None:
    found = fault(sql)
    assert (found.rule, found.position) == ("syntax-error", position)
    assert said in found.message


@pytest.mark.parametrize(
    "sql", ["SELECT '{{ name }} ${x} <%= y %>'", "SELECT a <% b, a %> b", "-- ${x}\nSELECT 1"]
)
def test_a_template_in_data_is_data(sql: str) -> None:
    assert parse(sql).fault is None


def test_an_open_quote_is_told_in_one_line() -> None:
    found = fault("SELECT 'a\n" + "x\n" * 10_000)
    assert 'unterminated quoted string at or near "\'a…"' in found.message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "+" * 60_000,
        "/*" * 30_000,
        "SELECT 1 " + "*/" * 30_000,
        "SELECT " + "+-" * 30_000,
    ],
    ids=["plus", "comments", "ends", "signs"],
)
def test_endless_operators_are_not_given_to_the_scanner(sql: str) -> None:
    assert "More operator signs" in fault(sql).message


@pytest.mark.parametrize(
    "sql",
    [
        f"/{'*' * 5_000}/ SELECT 1",
        f"-- {'=' * 5_000}\nSELECT 1",
        f"/* {'-' * 5_000} */ SELECT 1",
        f"SELECT '{'+' * 5_000}'",
    ],
)
def test_rulers_are_no_operators(sql: str) -> None:
    assert len(parse(sql).statements) == 1


def test_a_file_of_a_wide_encoding_is_named() -> None:
    chinese = "-- 添加一个新的列到这个表格\nSELECT 1;"
    for encoding, name in (("utf-16", "UTF-16"), ("utf-16-be", "UTF-16"), ("utf-32", "UTF-32")):
        text = chinese.encode(encoding).decode("utf-8", "replace")
        assert name in fault(text).message
