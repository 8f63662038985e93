"""Calendars as Google, Outlook and people write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.calendar import entries
from bot.core.gates.spans import Span, covering
from bot.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def calendar(*events: str) -> str:
    lines = [f"BEGIN:VEVENT\nUID:1\n{each}\nEND:VEVENT" for each in events]
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""])


def found(*events: str, moment: datetime = NOON) -> tuple[Span, ...]:
    return entries(calendar(*events), path="freeze.ics", zone=BERLIN, moment=moment)


def starts(*events: str, moment: datetime = NOON) -> list[str]:
    return [f"{each.start:%m-%d %H:%M}" for each in found(*events, moment=moment)]


def test_a_whole_day_is_one_of_the_zone_of_the_freeze() -> None:
    (span,) = found("SUMMARY:Sale\nDTSTART;VALUE=DATE:20261127\nTRANSP:TRANSPARENT")

    assert span.name == "Sale"
    assert span.start == datetime(2026, 11, 26, 23, tzinfo=UTC)
    assert span.end - span.start == timedelta(days=1)


@pytest.mark.parametrize(
    "when",
    [
        "DTSTART;TZID=Europe/Berlin:20261127T100000\nDTEND;TZID=Europe/Berlin:20261127T120000",
        "DTSTART:20261127T090000Z\nDURATION:PT2H",
        "DTSTART:20261127T100000\nDTEND:20261127T120000",
        "DTSTART;TZID=Europe/Berlin:20261127T100000\nDTEND:20261127T110000Z",
    ],
    ids=["a zone", "UTC", "no zone", "two zones"],
)
def test_an_entry_is_where_its_zone_has_it(when: str) -> None:
    (span,) = found(when)

    assert (span.start, span.end) == tuple(
        datetime(2026, 11, 27, hour, tzinfo=UTC) for hour in (9, 11)
    )


def test_what_is_over_or_far_away_is_left_out() -> None:
    assert starts("DTSTART;VALUE=DATE:20251127", "DTSTART;VALUE=DATE:20270327") == []


def test_a_series_keeps_to_the_clock_of_its_zone() -> None:
    """Ten in Berlin is eight in UTC before 25 October 2026, and nine after it."""
    weekly = "DTSTART;TZID=Europe/Berlin:20261016T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3"

    assert starts(weekly, moment=datetime(2026, 10, 1, tzinfo=UTC)) == [
        "10-16 08:00",
        "10-23 08:00",
        "10-30 09:00",
    ]


def test_an_end_of_a_series_in_utc_is_the_last_that_counts() -> None:
    base = "DTSTART;TZID=Europe/Berlin:20261126T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL="

    assert starts(f"{base}20261127T090000Z") == ["11-26 09:00", "11-27 09:00"]
    assert starts(f"{base}20261127T085959Z") == ["11-26 09:00"]


def test_a_long_one_of_a_series_that_began_before_still_covers_now() -> None:
    yearly = "DTSTART;VALUE=DATE:20201120\nDTEND;VALUE=DATE:20201210\nRRULE:FREQ=YEARLY"

    assert covering(found(yearly), NOON)


def test_what_is_left_out_of_a_series_added_to_it_moved_or_cancelled() -> None:
    daily = (
        "DTSTART:20261126T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n"
        "EXDATE:20261127T090000Z\nRDATE:20261205T090000Z"
    )
    moved = "RECURRENCE-ID:20261128T090000Z\nDTSTART:20261128T150000Z\nDURATION:PT1H"
    gone = "RECURRENCE-ID:20261129T090000Z\nDTSTART:20261129T090000Z\nSTATUS:CANCELLED"

    assert sorted(starts(daily, moved, gone)) == ["11-26 09:00", "11-28 15:00", "12-05 09:00"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no components"),
        ("hello", "could not be parsed"),
        ("BEGIN:VEVENT\nEND:VEVENT", "no calendar"),
        (calendar("DTSTART:tomorrow"), "DTSTART"),
        (calendar("SUMMARY:when?"), "DTSTART"),
        (calendar("DTSTART:20261126T090000Z\nRRULE:FREQ=SECONDLY"), "SECONDLY"),
        (calendar("DTSTART:20261126T090000Z\nRRULE:FREQ=DAILY;INTERVAL=0"), "INTERVAL"),
        ("x" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_what_cannot_be_read_to_the_end_is_refused_with_advice(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=r"freeze\.ics cannot be read as a calendar") as refused:
        entries(text, path="freeze.ics", zone=BERLIN, moment=NOON)

    assert says in refused.value.message
    assert refused.value.hint


@given(st.text(max_size=200), st.text(max_size=60))
def test_whatever_stands_in_it_is_read_or_refused(text: str, when: str) -> None:
    for each in (
        text,
        calendar(text),
        calendar(f"DTSTART:{when}"),
        calendar(f"DTSTART:20261126T090000Z\nRRULE:{when}"),
    ):
        try:
            spans = entries(each, path="freeze.ics", zone=BERLIN, moment=NOON)
        except UsageError:
            continue
        assert all(span.end > NOON for span in spans)
