import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.literals import without_literals


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SELECT * FROM a WHERE id = 42", "SELECT * FROM a WHERE id = ?"),
        ("SELECT 'it''s secret', 1.5e-3, .5, 0x1F", "SELECT ?, ?, ?, ?"),
        ("UPDATE a1 SET b_2 = $1 WHERE c = 'x", "UPDATE a1 SET b_2 = $1 WHERE c = ?"),
        ("SELECT $$secret$$, $t$ $$ secret $t$, 1", "SELECT ?, ?, ?"),
        ("DO $x$ secret", "DO ?"),
        ("SELECT E'a' || U&'b' || x'1f' || N'c'", "SELECT ? || ? || ? || ?"),
        ('SELECT "mail 1" FROM "Öl"', 'SELECT "mail 1" FROM "Öl"'),
        ("SELECT 1 -- secret 'x\n, 2 /* secret */ + 3", "SELECT ? , ? + ?"),
        ("SELECT 1 /* a /* b */ secret */", "SELECT ?"),
        ("SELECT 1 /* secret", "SELECT ?"),
        ("SELECT '\x1b[31m', a\x07b\n\n FROM\tc", "SELECT ?, ab FROM c"),
        ("autovacuum: VACUUM public.a", "autovacuum: VACUUM public.a"),
        ("SELECT 1; ", "SELECT ?"),
        ("", ""),
    ],
)
def test_a_query_is_shown_without_its_literals(query: str, shown: str) -> None:
    assert without_literals(query) == shown


def test_what_follows_a_quote_that_may_be_escaped_is_left_out() -> None:
    assert without_literals(r"SELECT 'a\' , secret , 'b'") == "SELECT ? …"


def test_a_long_query_is_cut() -> None:
    assert len(without_literals("SELECT " + "a, " * 200)) <= 202


_TEXTS = st.text(alphabet="'\"$e\\-/* \n1a", max_size=20)


@given(_TEXTS, _TEXTS, st.booleans())
def test_nothing_of_a_literal_is_ever_shown(before: str, after: str, cut: bool) -> None:
    text = f"{before}secret{after}".replace("'", "''")
    query = f"SELECT a, '{text}'"

    assert "secret" not in without_literals(query[:-1] if cut else f"{query}, b")
