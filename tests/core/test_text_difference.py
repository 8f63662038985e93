"""Two texts compared statement by statement."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.text_difference import TextDifference, difference_of

A, B, C = "CREATE TABLE a()", "CREATE TABLE b()", "DROP TABLE c"


def test_what_is_the_same_is_no_difference() -> None:
    assert difference_of([A, B], [A, f"  {B}\n"]) == TextDifference()


def test_statements_are_added_removed_and_changed() -> None:
    assert difference_of([A], [A, B]) == TextDifference(added=(B,))
    assert difference_of([A, B], [B]) == TextDifference(removed=(A,))
    assert difference_of([A, B], [A, C]) == TextDifference(changed=((B, C),))
    assert difference_of([], [A]) == TextDifference(added=(A,))


def test_what_was_put_in_between_does_not_make_the_rest_another() -> None:
    assert difference_of([A, B, C], [A, C, B, C]).changed == ()
    assert difference_of([A, B, C], [A, C, B, C]).added == (C,)


def test_each_difference_is_a_sentence() -> None:
    found = difference_of([A, C], [B, C, "COMMENT ON TABLE b\n  IS '`'"])

    assert found.lines("20260101000000_add") == (
        "`20260101000000_add`: `CREATE TABLE b()` was `CREATE TABLE a()`",
        "`20260101000000_add`: `COMMENT ON TABLE b IS '''` was added",
    )


def test_a_long_statement_is_cut_short_in_a_sentence() -> None:
    (line,) = difference_of([], ["SELECT " + "x" * 500]).lines("m")

    assert len(line) < 150
    assert "…" in line


def test_thousands_of_differing_statements_are_compared_in_one_piece() -> None:
    old = [f"SELECT {n}" for n in range(3_000)]
    new = [f"SELECT -{n}" for n in range(1, 3_001)]

    assert len(difference_of(old, new).changed) == 3_000


texts = st.lists(st.sampled_from([A, B, C]), max_size=8)


@given(texts, texts)
def test_added_and_removed_make_up_for_the_difference_in_length(
    before: list[str], after: list[str]
) -> None:
    found = difference_of(before, after)

    assert len(before) + len(found.added) == len(after) + len(found.removed)
    assert (found == TextDifference()) is (before == after)
