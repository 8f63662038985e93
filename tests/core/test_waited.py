"""What is said of something one waits for."""

import pytest

from bot.core.waited import waited


@pytest.mark.parametrize(
    ("seconds", "done", "of", "said"),
    [
        (3.2, 0, 0, "asking, 3 s"),
        (75, 0, 0, "asking, 1 min 15 s"),
        (5, 0, 10, "asking: 0 of 10, 5 s"),
        (5, 5, 15, "asking: 5 of 15, 5 s, about 10 s left"),
        (600, 1_000, 4_000, "asking: 1,000 of 4,000, 10 min, about 30 min left"),
        (100, 999, 1_000, "asking: 999 of 1,000, 1 min 40 s, about 1 s left"),
        (1, 1, 15, "asking: 1 of 15, 1 s"),
        (5, 15, 15, "asking: 15 of 15, 5 s"),
    ],
)
def test_time_left_is_told_where_something_is_done_and_something_left(
    seconds: float, done: int, of: int, said: str
) -> None:
    assert waited("asking", seconds, done=done, of=of) == said
