"""Spans of time as a wall clock has them: between dates, every week, every day, in a zone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTES_A_DAY = 24 * 60
# What is said of the future looks no further.
HORIZON = timedelta(days=35)

_SHORTEST = 3
_CLOCK = r"([01]?\d|2[0-4]):([0-5]\d)"
_HOURS = re.compile(rf"\s*{_CLOCK}\s*-\s*{_CLOCK}\s*")
_WEEKLY = re.compile(rf"\s*([a-z]+)\s+{_CLOCK}\s*-\s*([a-z]+)\s+{_CLOCK}\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """A stretch of time from `start` up to `end`, which is no part of it."""

    start: datetime
    end: datetime
    name: str = ""

    def covers(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True)
class Hours:
    """Minutes of a day. One that ends no later than it starts ends on the next day."""

    start: int = 0
    end: int = MINUTES_A_DAY

    @property
    def overnight(self) -> bool:
        return self.end <= self.start


@dataclass(frozen=True)
class Weekly:
    """Every week from a day (Monday is 0) and minute to another."""

    day: int
    start: int
    end_day: int
    end: int
    name: str = ""

    @property
    def days(self) -> int:
        """How many days after it starts it ends."""
        days = (self.end_day - self.day) % 7
        return days or (7 if self.end <= self.start else 0)


def read_hours(text: str) -> Hours:
    """`22:00-05:00`. Raises ValueError."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no span of hours such as '22:00-05:00'")
    hours = Hours(_minutes(found[1], found[2]), _minutes(found[3], found[4]))
    if hours.start == MINUTES_A_DAY or hours.start == hours.end:
        raise ValueError(f"{text!r} begins and ends at once; leave the hours out for a whole day")
    return hours


def read_weekly(text: str, *, name: str = "") -> Weekly:
    """`Fri 16:00 - Mon 08:00`, called so if it has no name. Raises ValueError."""
    found = _WEEKLY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no span of a week such as 'Fri 16:00 - Mon 08:00'")
    weekly = Weekly(
        read_day(found[1]),
        _minutes(found[2], found[3]),
        read_day(found[4]),
        _minutes(found[5], found[6]),
        name or " ".join(text.split()),
    )
    if (weekly.day, weekly.start) == (weekly.end_day, weekly.end):
        raise ValueError(f"{text!r} is the whole week")
    return weekly


def read_day(text: str) -> int:
    """`mon`, `Monday`: which day of the week. Raises ValueError."""
    for number, name in enumerate(DAYS):
        if len(text) >= _SHORTEST and name.startswith(text.lower()):
            return number
    raise ValueError(f"{text!r} is no day of the week such as 'mon'")


def _minutes(hours: str, minutes: str) -> int:
    found = int(hours) * 60 + int(minutes)
    if found > MINUTES_A_DAY:
        raise ValueError(f"{hours}:{minutes} is no time of day")
    return found


def instants(day: date, minutes: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a clock on the wall shows this: the first and the last moment, in UTC.

    They differ where it is put back and shows it twice, and where it is put forward and never does:
    then they lie around the gap.
    """
    if minutes >= MINUTES_A_DAY:
        day, minutes = day + timedelta(days=1), minutes - MINUTES_A_DAY
    shown = datetime.combine(day, time(minutes // 60, minutes % 60), zone)
    found = [shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(found), max(found)


def span_between(
    day: date, start: int, end_day: date, end: int, zone: ZoneInfo, name: str = ""
) -> Span:
    """From the first moment to the last that its ends can mean: where a clock is put back or
    forward, the longer."""
    return Span(instants(day, start, zone)[0], instants(end_day, end, zone)[1], name)


def weekly_spans(weekly: Weekly, zone: ZoneInfo, moment: datetime) -> Iterator[Span]:
    """Those that may cover the moment, and those that begin before the horizon."""
    today = moment.astimezone(zone).date()
    first = today - timedelta(days=(today.weekday() - weekly.day) % 7 + 7)
    for week in range(3 + HORIZON.days // 7):
        day = first + timedelta(days=7 * week)
        end_day = day + timedelta(days=weekly.days)
        yield span_between(day, weekly.start, end_day, weekly.end, zone, weekly.name)


def daily_spans(
    hours: Hours, days: Sequence[int], zone: ZoneInfo, moment: datetime
) -> Iterator[Span]:
    """Those that begin on these days of the week, from the day before the moment to the horizon.

    Each is what is surely meant: where a clock is put back or forward, the shorter, or none.
    """
    today = moment.astimezone(zone).date()
    for number in range(-1, HORIZON.days):
        day = today + timedelta(days=number)
        if day.weekday() not in days:
            continue
        end_day = day + timedelta(days=1) if hours.overnight else day
        start, end = instants(day, hours.start, zone)[1], instants(end_day, hours.end, zone)[0]
        if start < end:
            yield Span(start, end)


def covering(spans: Iterable[Span], moment: datetime) -> tuple[Span, ...]:
    return tuple(each for each in spans if each.covers(moment))


def end_of(spans: Sequence[Span], moment: datetime) -> datetime:
    """When the moment comes that none of them covers, going from one into the next."""
    while found := covering(spans, moment):
        moment = max(each.end for each in found)
    return moment


def at_the_wall(moment: datetime, zone: ZoneInfo) -> str:
    """`Mon 4 Jan 2027, 08:00 (Europe/Berlin)`."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} ({zone.key})"
