from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.gates.closing import Window
from bot.core.gates.spans import Hours, covering, read_hours
from bot.core.gates.window import window_gate

NIGHTS = Window("Europe/Berlin", read_hours("22:00-05:00"), (0, 1))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, when Berlin is an hour ahead; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_it_is_open_over_midnight_for_the_days_it_begins_on() -> None:
    assert not window_gate(NIGHTS, at(23, 20, 59)).open
    assert window_gate(NIGHTS, at(23, 21)).open
    assert window_gate(NIGHTS, at(25, 3, 59)).open
    assert not window_gate(NIGHTS, at(25, 4)).open


def test_it_says_until_when_and_when_again() -> None:
    assert window_gate(NIGHTS, at(23, 23)).reason == (
        "open until Tue 24 Nov 2026, 05:00 (Europe/Berlin)"
    )
    found = window_gate(NIGHTS, at(25, 12))
    assert found.reason == "it opens Mon 30 Nov 2026, 22:00 (Europe/Berlin)"
    assert found.hint


def test_whole_days_follow_each_other_without_a_gap() -> None:
    weekdays = Window("UTC", days=(0, 1, 2, 3, 4))

    assert "until Sat 28 Nov 2026, 00:00" in window_gate(weekdays, at(24, 7)).reason
    assert not window_gate(weekdays, at(28, 0)).open


def test_hours_that_no_clock_shows_never_open() -> None:
    """Every day an hour that is over before it begins is none."""
    never = Window("UTC", Hours(60, 60 + 0), ())

    assert "never opens" in window_gate(never, at(23, 1)).reason


@given(
    st.builds(Hours, st.integers(0, 1439), st.integers(1, 1440)),
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)
def test_it_is_open_inside_its_spans_alone(
    hours: Hours, days: tuple[int, ...], zone: str, moment: datetime
) -> None:
    window, now = Window(zone, hours, days), moment.replace(tzinfo=UTC)
    found = window_gate(window, now)

    assert found.open == bool(covering(window.spans(now), now))
    assert found.open or "opens" in found.reason
