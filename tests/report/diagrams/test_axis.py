"""A time axis: ticks that are read easily, and bars that stay on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.report.diagrams.axis import LEAST_WIDTH, Axis, tick_words


@pytest.mark.parametrize(
    ("high", "ticks"),
    [
        (60.0, ["0", "20 ms", "40 ms", "60 ms"]),
        (1.2, ["0", "0.5 ms", "1 ms"]),
        (4_000.0, ["0", "1 s", "2 s", "3 s", "4 s"]),
        (240_000.0, ["0", "1 min", "2 min", "3 min", "4 min"]),
        (0.0, []),
    ],
)
def test_ticks_are_round_numbers(high: float, ticks: list[str]) -> None:
    assert [tick_words(each) for each in Axis(0, 440, high).ticks] == ticks


def test_of_a_logarithmic_axis_each_tick_is_ten_times_the_one_before() -> None:
    axis = Axis(0, 400, 150_000, 3, log=True)
    assert [tick_words(e) for e in axis.ticks] == ["10 ms", "100 ms", "1 s", "10 s", "100 s"]
    steps = [axis.x(each) for each in axis.ticks]
    assert steps[1] - steps[0] == pytest.approx(steps[4] - steps[3])


MOMENTS = st.floats(0, 1e8)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_a_span_is_on_the_axis_and_can_be_seen(first: float, second: float, high: float) -> None:
    axis = Axis(10, 300, high)
    x, width = axis.span(min(first, second), max(first, second))
    assert x >= 10 - 1e-6
    assert x + width <= 310 + 1e-6
    assert width >= LEAST_WIDTH


@given(MOMENTS)
def test_there_are_never_too_many_ticks(high: float) -> None:
    assert len(Axis(0, 330, high).ticks) <= 7
