"""Two texts compared statement by statement."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.rollouts.text_difference import Piece, StatementChange, sentences, statement_changes

A, B, C = (
    Piece(n, sql) for n, sql in enumerate(("CREATE TABLE a()", "CREATE TABLE b()", "DROP TABLE c"))
)


def test_what_is_the_same_is_no_difference() -> None:
    assert statement_changes([A, B], [A, Piece(7, f"  {B.sql}\n")]) == ()


def test_statements_are_added_removed_and_changed() -> None:
    assert statement_changes([A], [A, B]) == (StatementChange(after=B),)
    assert statement_changes([A, B], [B]) == (StatementChange(before=A),)
    assert statement_changes([A, B], [A, C]) == (StatementChange(B, C),)
    assert statement_changes([], [A]) == (StatementChange(after=A),)


def test_what_was_put_in_between_does_not_make_the_rest_another() -> None:
    assert statement_changes([A, B, C], [A, C, B, C]) == (StatementChange(after=C),)


def test_each_difference_is_a_sentence() -> None:
    noted = Piece(3, "COMMENT ON TABLE b\n  IS '`'")
    found = statement_changes([A, C], [B, C, noted])

    assert list(sentences("20260101000000_add", [*found, StatementChange(before=C)])) == [
        "`20260101000000_add`: `CREATE TABLE b()` was `CREATE TABLE a()`",
        "`20260101000000_add`: `COMMENT ON TABLE b IS '''` was added",
        "`20260101000000_add`: `DROP TABLE c` was removed",
    ]


def test_a_long_statement_is_cut_short_in_a_sentence() -> None:
    (line,) = sentences("m", statement_changes([], [Piece(1, "SELECT " + "x" * 500)]))

    assert len(line) < 150
    assert "…" in line


def test_thousands_of_differing_statements_are_compared_in_one_piece() -> None:
    old = [Piece(n, f"SELECT {n}") for n in range(3_000)]
    new = [Piece(n, f"SELECT -{n}") for n in range(1, 3_001)]

    assert len(statement_changes(old, new)) == 3_000


texts = st.lists(st.sampled_from([A, B, C]), max_size=8)


@given(texts, texts)
def test_added_and_removed_make_up_for_the_difference_in_length(
    before: list[Piece], after: list[Piece]
) -> None:
    found = statement_changes(before, after)
    added = sum(each.before is None for each in found)
    removed = sum(each.after is None for each in found)

    assert len(before) + added == len(after) + removed
    assert bool(found) is (before != after)
