from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.gates.closing import Between, Freeze
from bot.core.gates.freeze import freeze_gate
from bot.core.gates.gate import Gate
from bot.core.gates.override import Override
from bot.core.gates.spans import Span, read_weekly

YEARS_END = Between(date(2026, 12, 20), date(2027, 1, 6), name="Year's end")
WEEKEND = read_weekly("Fri 16:00 - Mon 08:00")
WHO = Approvers(teams=("acme/dba",), permission=Permission.ADMIN)
FREEZE = Freeze("Europe/Berlin", (YEARS_END, WEEKEND), override=WHO)
CHRISTMAS = datetime(2026, 12, 24, 12, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
GIVEN = Override("freeze", "grace", "a fire", CHRISTMAS, "1" * 40)


def gate(moment: datetime, **parts: object) -> Gate:
    return freeze_gate(FREEZE, moment, **parts)  # type: ignore[arg-type]


def test_it_says_which_freeze_is_on_and_until_when_in_its_zone() -> None:
    found = gate(CHRISTMAS)

    assert not found.open
    assert found.reason == "“Year's end” is on until Thu 7 Jan 2027, 00:00 (Europe/Berlin)"
    assert "override freeze" in found.hint
    assert found.waits_for == ("@acme/dba", "somebody with the permission admin")


def test_a_weekend_is_frozen_from_the_minute_that_is_named() -> None:
    friday = datetime(2026, 11, 27, 14, 59, tzinfo=UTC)

    assert gate(friday).open
    assert "Mon 30 Nov 2026, 08:00" in gate(friday + timedelta(minutes=1)).reason


def test_freezes_that_meet_are_one() -> None:
    """The weekend before the year's end leads into it, and that ends in the middle of a week."""
    found = gate(datetime(2026, 12, 18, 20, tzinfo=UTC))

    assert "until Thu 7 Jan 2027" in found.reason


def test_between_freezes_it_says_when_the_next_begins() -> None:
    found = gate(WEDNESDAY)

    assert found.open
    assert found.reason == "none is on; the next begins Fri 27 Nov 2026, 16:00 (Europe/Berlin)"


def test_an_entry_of_the_calendar_freezes_as_well() -> None:
    sale = Span(WEDNESDAY, WEDNESDAY + timedelta(hours=2), "Sale")

    assert "“Sale” is on until Wed 25 Nov 2026, 15:00" in gate(WEDNESDAY, calendar=[sale]).reason


def test_a_calendar_that_cannot_be_read_closes_it() -> None:
    found = gate(WEDNESDAY, problem="freeze.ics is not there")

    assert not found.open
    assert found.reason == "nobody knows whether: freeze.ics is not there"


def test_an_override_opens_it_and_says_who_why_and_in_spite_of_what() -> None:
    found = gate(CHRISTMAS, overriding=[GIVEN])

    assert found.open
    assert found.overridden == "by @grace at 2026-12-24 12:00 UTC: a fire"
    assert found.reason.startswith("overridden, though “Year's end” is on until")


def test_an_override_without_a_freeze_is_not_used() -> None:
    assert gate(WEDNESDAY, overriding=[GIVEN]).overridden == ""


dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(
    st.lists(st.tuples(dates, dates).map(sorted), max_size=4),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)
def test_it_is_closed_exactly_from_the_first_day_to_the_last(
    ranges: list[list[date]], moment: datetime
) -> None:
    freeze = Freeze("UTC", tuple(Between(start, end) for start, end in ranges))
    found = freeze_gate(freeze, moment.replace(tzinfo=UTC))

    assert found.open != any(start <= moment.date() <= end for start, end in ranges)
    assert found.reason
    assert bool(found.hint) is not found.open
