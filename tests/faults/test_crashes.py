"""Scenarios 1 to 8, message by message: the runner is killed there, and run again."""

from collections.abc import Callable

import pytest

from tests.faults.campaign import (
    Place,
    crash_again_and_again,
    crash_everywhere,
    crashing_points,
    timed,
)
from tests.faults.figures import Tally
from tests.faults.stories import STORIES, Story

pytestmark = pytest.mark.faults

PARTS = 4
MakePlace = Callable[[Story], Place]
Record = Callable[[Tally], None]


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("part", range(PARTS))
def test_1_to_8_killed_message_by_message(
    name: str, part: int, place: MakePlace, record: Record
) -> None:
    tally = Tally(f"1-8 SIGKILL message by message, {name}")
    with timed(tally):
        made = place(STORIES[name])
        made.judged = part == 0
        # The servers' majors are odd and even: together they have every message before and after.
        points = list(crashing_points(made.messages(), made.major % 2))
        crash_everywhere(made, points[part::PARTS], tally)
    record(tally)


@pytest.mark.parametrize("name", STORIES)
def test_5_killed_at_random_up_to_eight_times_in_a_row(
    name: str, place: MakePlace, record: Record
) -> None:
    tally = Tally(f"5 SIGKILL again and again, {name}")
    with timed(tally):
        made = place(STORIES[name])
        crash_again_and_again(made, made.messages(), tally, rounds=10, seed=5)
    record(tally)
