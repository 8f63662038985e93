"""iCalendar files: what is on at a moment, and soon after; repeated entries where they fall."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.gates.spans import HORIZON, Span
from bot.errors import UsageError

_MOST_CHARACTERS = 2_000_000
_MOST_ENTRIES = 5_000
# What repeats more often would be counted for ever, and freezes nothing that days do not.
_RARE = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAY = timedelta(days=1)
_LAST = time(23, 59, 59)

# Whole days, and moments with or without a zone: iCalendar has all three.
Moment = date | datetime
# The UID of a series, and when one of it would have begun.
Moved = Collection[tuple[str, datetime]]


def entries(text: str, *, path: str, zone: ZoneInfo, moment: datetime) -> tuple[Span, ...]:
    """What covers the moment or begins before the horizon, each called by its summary.

    `zone` is that of entries that name none, and of whole days. Whether an entry is marked as free
    or busy makes no difference: most calendars mark whole days as free. Raises UsageError for a
    file that cannot be read to the end.
    """
    # Imported late: who has no calendar does without it.
    from icalendar import Calendar

    if len(text) > _MOST_CHARACTERS:
        raise _unreadable(path, "it is larger than 2 MB")
    try:
        calendar = Calendar.from_ical(text)
        events: list[Any] = calendar.walk("VEVENT")
        if calendar.name != "VCALENDAR":
            raise ValueError("it is no calendar")
        if len(events) > _MOST_ENTRIES:
            raise ValueError(f"it has more than {_MOST_ENTRIES:,} entries")
        moved = [_key(each, each["RECURRENCE-ID"].dt, zone) for each in events if _is_moved(each)]
        return tuple(span for each in events for span in _spans(each, moved, zone, moment))
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise _unreadable(path, str(error) or type(error).__name__) from None


def _spans(event: Any, moved: Moved, zone: ZoneInfo, moment: datetime) -> Iterator[Span]:
    """Those of one entry. One that was moved stands for itself, and no longer in its series."""
    for name, fault in event.errors:
        raise ValueError(f"{name}: {fault}")
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    length = _shown(event.end, event.start) - _shown(event.start, event.start)
    name = str(event.get("SUMMARY", "")).strip()
    for start in _starts(event, zone, moment - length - _DAY, moment + HORIZON + _DAY):
        begin = _placed(start, zone)
        end = _placed(_like(event.start, _shown(start, start) + length), zone)
        replaced = not _is_moved(event) and _key(event, start, zone) in moved
        if moment < end and begin <= moment + HORIZON and not replaced:
            yield Span(begin, end, name)


def _starts(event: Any, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Moment]:
    """When it begins, each time; of a series, those about the time that is asked for."""
    found: list[Moment] = [event.start]
    if not _is_moved(event):
        # With a PERIOD an end of its own would be given, which few calendars can write.
        found += [_in_zone_of(event.start, each, zone) for each, _ in event.rdates]
        for rule in event.rrules:
            found += _repeated(rule, event.start, zone, since, until)
    left_out = {_placed(each, zone) for each in event.exdates}
    for at, start in {_placed(each, zone): each for each in found}.items():
        if at not in left_out:
            yield start


def _repeated(
    rule: Any, start: Moment, zone: ZoneInfo, since: datetime, until: datetime
) -> list[Moment]:
    """By the clock of the zone it was written in, so that ten stays ten when that is changed."""
    from dateutil.rrule import rrulestr

    if any(each not in _RARE for each in rule["FREQ"]):
        raise ValueError(f"an entry repeats {rule['FREQ'][0]}, and DAILY is the most often")
    if any(each < 1 for each in rule.get("INTERVAL", [1])):
        raise ValueError("an entry repeats at an INTERVAL below 1")
    local = type(rule)(rule)
    if "UNTIL" in rule:
        local["UNTIL"] = [_last(rule["UNTIL"][0], start)]
    series = rrulestr(local.to_ical().decode(), dtstart=_shown(start, start))
    place = getattr(start, "tzinfo", None) or zone
    first, last = (each.astimezone(place).replace(tzinfo=None) for each in (since, until))
    return [_like(start, each) for each in series.between(first, last, inc=True)]


def _last(until: Moment, start: Moment) -> datetime:
    """The end of a series as the clock of its start shows it."""
    return _shown(until, start) if isinstance(until, datetime) else datetime.combine(until, _LAST)


def _is_moved(event: Any) -> bool:
    """Whether it is one of a series, given by itself."""
    return "RECURRENCE-ID" in event


def _key(event: Any, start: Moment, zone: ZoneInfo) -> tuple[str, datetime]:
    return str(event.get("UID", "")), _placed(start, zone)


def _shown(value: Moment, like: Moment) -> datetime:
    """What the clock shows, without its zone: that of `like`."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    place = getattr(like, "tzinfo", None)
    local = value.astimezone(place) if place is not None and value.tzinfo is not None else value
    return local.replace(tzinfo=None)


def _like(start: Moment, shown: datetime) -> datetime:
    return shown.replace(tzinfo=getattr(start, "tzinfo", None))


def _in_zone_of(start: Moment, value: Moment, zone: ZoneInfo) -> Moment:
    place = getattr(start, "tzinfo", None)
    return _placed(value, zone).astimezone(place) if place is not None else value


def _placed(value: Moment, zone: ZoneInfo) -> datetime:
    """In UTC. What has no zone is in that of the freeze."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def _unreadable(path: str, reason: str) -> UsageError:
    return UsageError(
        f"{path} cannot be read as a calendar: {reason.rstrip('.')}.",
        hint="Export it anew as iCalendar (.ics), or name the spans under `ranges`.",
    )
