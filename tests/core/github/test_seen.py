"""Which commit somebody saw, whatever the author's clock says."""

from datetime import datetime, timedelta

from bot.core.github.seen import Head
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)


def head(*runs: datetime, forced: tuple[datetime, ...] = ()) -> Head:
    return Head("1" * 40, open=True, merged=False, runs=runs, forced=forced)


def test_a_commit_that_had_a_run_before_was_seen() -> None:
    assert head(NOON - MINUTE).seen_at(NOON)
    assert head(NOON + MINUTE, NOON - MINUTE).seen_at(NOON)


def test_a_commit_without_a_run_was_not() -> None:
    assert not head().seen_at(NOON)


def test_a_commit_whose_run_is_younger_was_pushed_after() -> None:
    assert not head(NOON + MINUTE).seen_at(NOON)


def test_in_the_same_second_nobody_can_say_which_was_first() -> None:
    assert not head(NOON).seen_at(NOON)


def test_a_commit_that_was_pushed_taken_back_and_pushed_again_was_not_seen() -> None:
    """Its first run is a witness of nothing: something else was there when the comment was written,
    perhaps with `[skip ci]` so that nothing ran."""
    shown_once, taken_back = NOON - 3 * MINUTE, NOON - 2 * MINUTE
    assert not head(shown_once, forced=(taken_back,)).seen_at(NOON)
    assert not head(shown_once, NOON + MINUTE, forced=(taken_back,)).seen_at(NOON)


def test_a_forced_push_before_the_run_takes_nothing_from_it() -> None:
    assert head(NOON - MINUTE, forced=(NOON - 2 * MINUTE,)).seen_at(NOON)
