"""Several asked at once."""

import threading
import time

import pytest

from bot.errors import UsageError
from bot.flows.asking import asked_at_once


def test_answers_come_in_the_order_of_the_questions() -> None:
    both = threading.Barrier(2)

    def slow() -> str:
        both.wait(10)
        time.sleep(0.05)
        return "slow"

    def quick() -> str:
        both.wait(10)
        return "quick"

    assert asked_at_once([slow, quick], seconds=10) == ["slow", "quick"]
    assert asked_at_once([], seconds=10) == []


def test_one_that_takes_too_long_holds_nobody_up() -> None:
    never = threading.Event()

    def silent() -> str:
        never.wait(30)
        return "late"

    began = time.monotonic()
    assert asked_at_once([silent, lambda: "here"], seconds=0.2) == [None, "here"]
    assert time.monotonic() - began < 10
    never.set()


def test_what_one_raises_is_raised() -> None:
    def wrong() -> str:
        raise UsageError("No.", hint="Yes.")

    with pytest.raises(UsageError, match="No"):
        asked_at_once([lambda: "here", wrong], seconds=10)
