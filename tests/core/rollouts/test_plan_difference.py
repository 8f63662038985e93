from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.rollouts.plan_difference import (
    Change,
    Planned,
    difference_lines,
    plan_difference,
)
from bot.core.rollouts.text_difference import Piece

ONE = Planned("20260101000000_one", "1", (Piece(1, "CREATE TABLE a ()"), Piece(2, "SELECT 1")))
TWO = Planned("20260102000000_two", "2", (Piece(1, "DROP TABLE b"),))


def lines(agreed: list[Planned], now: list[Planned]) -> tuple[str, ...]:
    return difference_lines(plan_difference(agreed, now))


def test_the_same_plan_does_not_differ() -> None:
    assert plan_difference([ONE, TWO], [ONE, TWO]) == ()


def test_what_came_is_told_with_its_statements_and_what_went_by_its_name() -> None:
    assert lines([ONE], [TWO]) == (
        "20260101000000_one was agreed to, and is not pending any more",
        "20260102000000_two is pending now, and was not agreed to",
        "20260102000000_two, line 1, new: DROP TABLE b",
    )


def test_of_a_changed_text_the_statements_that_differ_are_told() -> None:
    edited = replace(
        ONE, checksum="x", pieces=(Piece(1, "CREATE TABLE a ()"), Piece(3, "SELECT 2"))
    )

    assert lines([ONE], [edited]) == (
        "20260101000000_one has another text",
        "20260101000000_one, line 2, gone: SELECT 1",
        "20260101000000_one, line 3, new: SELECT 2",
    )


def test_a_comment_is_a_difference_without_a_statement() -> None:
    assert lines([ONE], [replace(ONE, checksum="x")]) == (
        "20260101000000_one has the same statements, and differs in comments or blanks",
    )


def test_a_text_that_nobody_has_is_said_to_be_unknown() -> None:
    (line,) = lines([replace(ONE, checksum="x", pieces=None)], [ONE])

    assert line.endswith("has another text; its statements are not known here")


def test_another_order_is_a_difference() -> None:
    found = plan_difference([ONE, TWO], [TWO, ONE])

    assert [each.change for each in found] == [Change.MOVED, Change.MOVED]


def test_long_statements_and_long_lists_are_cut() -> None:
    many = Planned("m", "1", tuple(Piece(each, f"SELECT {'x' * 500}") for each in range(100)))
    found = lines([], [many])

    assert found[-1] == "and 61 lines more"
    assert max(map(len, found)) < 200


plans = st.lists(
    st.builds(
        Planned,
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(["1", "2"]),
        st.none() | st.lists(st.builds(Piece, st.just(1), st.sampled_from("xyz"))).map(tuple),
    ),
    unique_by=lambda each: each.name,
)


@given(plans, plans)
def test_it_is_silent_exactly_about_plans_of_the_same_texts_in_the_same_order(
    agreed: list[Planned], now: list[Planned]
) -> None:
    same = [(each.name, each.checksum) for each in agreed] == [
        (each.name, each.checksum) for each in now
    ]

    assert bool(plan_difference(agreed, now)) is not same
    assert bool(lines(agreed, now)) is not same
