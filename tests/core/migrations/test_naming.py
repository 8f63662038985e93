from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.migration import sort_key, well_named
from bot.core.migrations.naming import name_for
from bot.errors import UsageError

NOW = datetime(2026, 5, 4, 12, 30, 7, 999_999, tzinfo=UTC)


def refusal(words: str, names: Sequence[str] = ()) -> str:
    with pytest.raises(UsageError) as caught:
        name_for(words, names, NOW)
    assert caught.value.hint
    return caught.value.message


def test_the_time_is_that_of_utc() -> None:
    assert name_for("Add orders", [], NOW) == "20260504123007_add_orders"
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert name_for("Add orders", [], there) == "20260504123007_add_orders"


@pytest.mark.parametrize(
    ("newest", "time"),
    [
        ("20260504123006_before", "20260504123007"),
        ("20260504123007_zzz", "20260504123008"),
        ("20260504123007", "20260504123008"),
        ("20301231235959_far", "20310101000000"),
    ],
)
def test_it_is_later_than_the_newest_folder(newest: str, time: str) -> None:
    assert name_for("a", ["0_init", "20200101000000_x", newest], NOW) == f"{time}_a"


@pytest.mark.parametrize("words", ["", "  ", "日本語", "!?", "🎉"])
def test_words_without_a_letter_are_no_name(words: str) -> None:
    assert "is no name for a migration" in refusal(words)


@pytest.mark.parametrize("name", ["init", "Zwei", "99991231235959_end", "3000_odd"])
def test_a_folder_that_would_come_after_is_said(name: str) -> None:
    assert f"would stand before {name}" in refusal("a", ["20200101000000_x", name])


@given(
    st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), max_size=5),
    st.from_regex(r"[A-Za-z][\w &'-]{0,20}", fullmatch=True),
)
def test_a_new_folder_is_the_last_of_all(times: list[datetime], words: str) -> None:
    names = [f"{each:%Y%m%d%H%M%S}_x" for each in times]
    try:
        made = name_for(words, names, NOW)
    except UsageError:
        return
    assert well_named(made)
    assert sorted([*names, made], key=sort_key)[-1] == made
    assert max([*names, made]) == made


def test_an_empty_name_is_not_quoted_as_a_word_that_nobody_typed() -> None:
    assert refusal("  ").startswith("An empty text is no name for a migration")
