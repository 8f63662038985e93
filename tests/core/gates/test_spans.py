"""Spans as a wall clock has them, held against looking at the clock minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.gates.spans import (
    MINUTES_A_DAY,
    Hours,
    Span,
    Weekly,
    at_the_wall,
    covering,
    daily_spans,
    end_of,
    instants,
    read_day,
    read_hours,
    read_weekly,
    weekly_spans,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda each: each.replace(tzinfo=UTC)
)
minutes = st.integers(0, MINUTES_A_DAY - 1)
days = st.integers(0, 6)


def changes_about(moment: datetime, zone: ZoneInfo, *, days: int = 8) -> bool:
    """Whether the clock is changed near the moment: there a span may be longer or shorter."""
    around = (moment + timedelta(days=each) for each in range(-days, days + 1))
    return len({each.astimezone(zone).utcoffset() for each in around}) > 1


@given(st.builds(Weekly, days, minutes, days, minutes), zones, moments)
def test_a_weekly_span_covers_what_the_clock_on_the_wall_says(
    weekly: Weekly, zone: ZoneInfo, moment: datetime
) -> None:
    start, end = (
        each * MINUTES_A_DAY + minute
        for each, minute in ((weekly.day, weekly.start), (weekly.end_day, weekly.end))
    )
    local = moment.astimezone(zone)
    now = local.weekday() * MINUTES_A_DAY + local.hour * 60 + local.minute
    inside = start <= now < end if start < end else (now >= start or now < end)
    found = bool(covering(weekly_spans(weekly, zone, moment), moment))

    assert found == inside or changes_about(moment, zone)


@given(st.builds(Hours, minutes, minutes), st.sets(days, min_size=1), zones, moments)
def test_a_daily_span_belongs_to_the_day_it_begins_on(
    hours: Hours, on: set[int], zone: ZoneInfo, moment: datetime
) -> None:
    local = moment.astimezone(zone)
    now, today = local.hour * 60 + local.minute, local.weekday()
    if hours.overnight:
        inside = (now >= hours.start and today in on) or (now < hours.end and (today - 1) % 7 in on)
    else:
        inside = hours.start <= now < hours.end and today in on
    found = bool(covering(daily_spans(hours, sorted(on), zone, moment), moment))

    assert found == inside or changes_about(moment, zone, days=2)


def test_where_a_clock_is_put_back_a_freeze_takes_both_hours_and_a_window_neither() -> None:
    """On 25 October 2026 Berlin shows 02:30 twice: at 00:30 and at 01:30 UTC."""
    day = datetime(2026, 10, 25).date()
    first, last = instants(day, 150, BERLIN)
    assert (first.hour, last.hour) == (0, 1)
    noon = datetime(2026, 10, 24, 12, tzinfo=UTC)
    freeze = next(
        each
        for each in weekly_spans(read_weekly("Sun 02:30 - Sun 06:00"), BERLIN, noon)
        if each.end > noon
    )
    window = next(daily_spans(read_hours("02:30-06:00"), [6], BERLIN, noon))
    assert freeze.start == first
    assert window.start == last


def test_hours_that_a_clock_never_shows_open_nothing() -> None:
    """On 29 March 2026 Berlin goes from 02:00 to 03:00."""
    noon = datetime(2026, 3, 28, 12, tzinfo=UTC)
    found = daily_spans(read_hours("02:15-02:45"), [6], BERLIN, noon)

    assert min(each.start for each in found).astimezone(BERLIN).day == 5


@given(st.lists(st.tuples(moments, st.timedeltas(timedelta(0), timedelta(days=30)))), moments)
def test_an_end_is_the_first_moment_that_nothing_covers(
    given_spans: list[tuple[datetime, timedelta]], moment: datetime
) -> None:
    spans = [Span(start, start + length) for start, length in given_spans]
    end = end_of(spans, moment)

    assert end >= moment
    assert not covering(spans, end)
    edges = {each.end for each in spans} | {moment}
    assert all(covering(spans, edge) for edge in edges if moment <= edge < end)


@pytest.mark.parametrize(
    "text", ["", "Fri 16:00", "Fri 16:00 - Xyz 08:00", "Fri 25:00 - Mon 08:00", "f 1:00 - m 2:00"]
)
def test_what_is_no_span_of_a_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no (span|day|time)"):
        read_weekly(text)


def test_a_whole_week_and_no_time_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="whole week"):
        read_weekly("Fri 16:00 - Friday 16:00")
    for text in ("22:00-22:00", "24:00-02:00", "24:30-03:00", "10-12"):
        with pytest.raises(ValueError, match=text[:5]):
            read_hours(text)


def test_spans_are_read_as_people_write_them() -> None:
    assert read_weekly("friday 16:00-Mon 8:00") == Weekly(4, 960, 0, 480, "friday 16:00-Mon 8:00")
    assert read_hours("22:00 - 5:00") == Hours(1320, 300)
    assert read_hours("18:00-24:00") == Hours(1080, 1440)
    assert [read_day(each) for each in ("mon", "Tuesday", "THU")] == [0, 1, 3]


def test_a_time_is_told_as_the_zone_shows_it() -> None:
    moment = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)

    assert at_the_wall(moment, BERLIN) == "Mon 4 Jan 2027, 08:00 (Europe/Berlin)"
