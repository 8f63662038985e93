from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.core.gates.override import Override, overriding
from tests.fakes import NOON, migration

ADD = migration("20260101000000_add", "CREATE TABLE a()")
MORE = migration("20260102000000_more", "CREATE TABLE b()")
HEAD, OTHER = "1" * 40, "2" * 40
SEEN = {ADD.name: {HEAD}, MORE.name: {OTHER}}


def given_at(minutes: int, commit: str = HEAD, gate: str = "freeze") -> Override:
    return Override(gate, "grace", "a fire", NOON + timedelta(minutes=minutes), commit)


def holding(*overrides: Override, pending: Sequence[object] = (ADD,)) -> tuple[Override, ...]:
    return overriding(overrides, "freeze", pending, SEEN, now=NOON, hours=4)  # type: ignore[arg-type]


def test_it_counts_for_the_text_it_was_given_on_and_for_its_hours() -> None:
    assert holding(given_at(-10)) == (given_at(-10),)
    assert holding(given_at(-239)) != ()


@pytest.mark.parametrize(
    "override",
    [given_at(-240), given_at(1), given_at(-10, OTHER), given_at(-10, gate="window")],
    ids=["too old", "from the future", "for another text", "of another gate"],
)
def test_what_opens_nothing(override: Override) -> None:
    assert holding(override) == ()


def test_everything_that_is_pending_needs_one() -> None:
    first, second = given_at(-10), given_at(-20, OTHER)

    assert holding(first, pending=(ADD, MORE)) == ()
    assert holding(first, second, pending=(ADD, MORE)) == (first, second)


def test_of_several_the_newest_is_told() -> None:
    assert holding(given_at(-100), given_at(-5)) == (given_at(-5),)
