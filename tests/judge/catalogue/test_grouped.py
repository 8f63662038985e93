"""A map whose values are found by what they belong to agrees with going through all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.judge.catalogue.grouped import Grouped

Words = Grouped[str]


def letters() -> Words:
    return Grouped(set)


def by_going_through(words: Words, letter: str) -> set[str]:
    return {word for word in words.values() if letter in word}


CHANGE = st.tuples(st.sampled_from("123"), st.none() | st.sampled_from(["ab", "bc", "c", ""]))


@given(st.lists(CHANGE), st.lists(CHANGE))
def test_groups_follow_every_change(
    before: list[tuple[str, str | None]], after: list[tuple[str, str | None]]
) -> None:
    words = letters()
    for changes in (before, after):
        for key, word in changes:
            if word is None:
                words.pop(key, None)
            else:
                words[key] = word
        for letter in "abc":
            assert set(words.of(letter)) == by_going_through(words, letter)


def test_members_come_in_the_order_in_which_they_came() -> None:
    words = letters()
    words.update({"1": "ab", "2": "a"})
    assert words.of("a") == ("ab", "a")

    words["1"] = "abc"
    words["3"] = "a"

    assert words.of("a") == ("abc", "a", "a")


def test_a_copy_goes_its_own_way() -> None:
    words = letters()
    words["1"] = "a"
    copy = words.copy()
    del words["1"]

    assert (words.of("a"), copy.of("a")) == ((), ("a",))


def test_a_key_that_is_not_there_is_an_error_as_in_any_map() -> None:
    with pytest.raises(KeyError):
        letters().pop("1")
