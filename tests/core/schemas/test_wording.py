import pytest

from bot.core.schemas.wording import same_meaning, same_query


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ('SELECT "User".id FROM "User";', 'SELECT id FROM "User";'),
        ("SELECT id.id FROM id", "SELECT id FROM id"),
        ("SELECT 1 FROM id ORDER BY id.id", "SELECT 1 FROM id ORDER BY id"),
        ("WHERE ((a.b)::text ~~ 'x'::text)", "WHERE b ~~ 'x'"),
        ("SELECT a.b,\n    a.c", "SELECT b, c"),
    ],
)
def test_a_qualifier_that_one_leaves_out_changes_nothing(older: str, newer: str) -> None:
    assert same_query(older, newer)
    assert same_query(newer, older)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT a.id FROM a, b", "SELECT b.id FROM a, b"),
        ("SELECT id FROM a", "SELECT id FROM a WHERE a.id > 1"),
        ("SELECT 'a.b'", "SELECT 'b'"),
        ("SELECT a.id", "SELECT"),
        ("SELECT id.id", "SELECT id.x"),
    ],
)
def test_what_is_asked_for_otherwise_is_something_else(one: str, other: str) -> None:
    assert not same_query(one, other)
    assert not same_query(other, one)


def test_only_what_the_server_prints_is_read_so() -> None:
    body = "CREATE FUNCTION f() AS $$ SELECT {}id FROM a $$"
    parsed = "CREATE FUNCTION f() BEGIN ATOMIC SELECT {}id FROM a; END"
    assert not same_meaning("function", "definition", body.format("a."), body.format(""))
    assert same_meaning("function", "definition", parsed.format("a."), parsed.format(""))
    assert same_meaning("extension", "version", "1.5", "1.6")
    assert not same_meaning("view", "definition", None, "SELECT 1")
