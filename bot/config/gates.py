"""A target's part of the configuration about time: freezes, its window, how long a text soaks."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config.parts import StrictModel
from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.gates.closing import (
    DEFAULT_HOURS,
    EVERY_DAY,
    OVERRIDERS,
    Between,
    Closing,
    Freeze,
    Window,
)
from bot.core.gates.spans import MINUTES_A_DAY, Hours, Weekly, read_day, read_hours, read_weekly

_MOMENT = r"^\d{4}-\d{2}-\d{2}( \d{1,2}:\d{2})?$"
_DURATION = r"^[1-9]\d{0,4} ?[mhd]$"
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; one is 'Europe/Berlin'") from None
    return name


def _read(reader: Callable[[str], object]) -> AfterValidator:
    """Refuses what the reader refuses."""

    def check(text: str) -> str:
        reader(text)
        return text

    return AfterValidator(check)


def _moment_text(value: Any) -> Any:
    """YAML reads a day as a date."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def read_moment(text: str) -> tuple[date, int | None]:
    """A day, and a minute of it if one is given. Raises ValueError."""
    day, _, clock = text.partition(" ")
    hours, _, minutes = clock.partition(":")
    minute = int(hours) * 60 + int(minutes) if clock else None
    if minute is not None and (minute > MINUTES_A_DAY or int(minutes) > 59):
        raise ValueError(f"{clock} is no time of day")
    return date.fromisoformat(day), minute


Zone = Annotated[str, AfterValidator(_zone)]
Moment = Annotated[
    str,
    BeforeValidator(_moment_text, json_schema_input_type=str),
    Field(pattern=_MOMENT),
    _read(read_moment),
]
WeeklyText = Annotated[str, _read(read_weekly)]
HoursText = Annotated[str, _read(read_hours)]
Day = Annotated[str, _read(read_day)]
Duration = Annotated[str, Field(pattern=_DURATION)]


class RangeFile(StrictModel):
    """A span without rollouts: `from` and `to`, or `weekly`."""

    from_: Moment | None = Field(
        default=None,
        alias="from",
        description="The first day, such as 2026-12-20; with a time, '2026-12-20 18:00'.",
    )
    to: Moment | None = Field(
        default=None, description="The last day, which is part of it; or the minute it ends."
    )
    weekly: WeeklyText | None = Field(
        default=None, description="Every week, such as 'Fri 16:00 - Mon 08:00'."
    )
    name: str = Field(default="", max_length=80, description="What the freeze is called.")

    @model_validator(mode="after")
    def _one_kind(self) -> "RangeFile":
        both = self.from_ is not None and self.to is not None
        any_ = self.from_ is not None or self.to is not None
        if self.weekly is None and not both:
            raise ValueError("give `from` and `to`, or `weekly`")
        if self.weekly is not None and any_:
            raise ValueError("give `weekly` alone, or `from` and `to`")
        if both:
            found = _between(self)
            start, end = (found.start, found.start_minute), (found.end, found.end_minute)
            if start >= end:
                raise ValueError("`to` is before `from`")
        return self


class OverrideFile(StrictModel):
    """Who may override the freeze by a comment: whoever any of these fits, and may write to the
    repository."""

    users: list[str] = Field(default=[], description="GitHub logins.")
    teams: list[Annotated[str, Field(pattern=r"^[^/\s]+/[^/\s]+$")]] = Field(
        default=[], description="Teams, as `organisation/team`."
    )
    permission: Literal["write", "maintain", "admin"] | None = Field(
        default=None,
        description="The least permission that is enough. `admin`, if nobody else is named.",
    )
    hours: float = Field(
        default=DEFAULT_HOURS, gt=0, le=168, description="How many hours an override counts."
    )


class FreezeFile(StrictModel):
    """When a target takes no rollouts."""

    zone: Zone = Field(default="UTC", description="The time zone of all of it.")
    ranges: list[RangeFile] = Field(default=[], description="Spans between dates, or every week.")
    calendar: str | None = Field(
        default=None,
        min_length=1,
        description="An iCalendar file below the checkout's top: nothing is rolled out during its "
        "entries. On a pull request it is read from the base branch.",
    )
    override: OverrideFile = Field(default_factory=OverrideFile)


class WindowFile(StrictModel):
    """When a target has so little traffic that it takes rollouts; never, at other times."""

    zone: Zone = Field(default="UTC", description="The time zone of the hours.")
    hours: HoursText | None = Field(
        default=None, description="Such as '22:00-05:00', over midnight; all day if absent."
    )
    days: list[Day] | None = Field(
        default=None,
        min_length=1,
        description="The days on which it begins, such as [mon, tue]; every day if absent.",
    )


def closing_of(freeze: FreezeFile | None, window: WindowFile | None, soak: str | None) -> Closing:
    return Closing(
        freeze=_freeze(freeze) if freeze else None,
        window=_window(window) if window else None,
        soak=span_of(soak) if soak else timedelta(0),
    )


def _freeze(file: FreezeFile) -> Freeze:
    who = file.override
    return Freeze(
        zone=file.zone,
        ranges=tuple(map(_range, file.ranges)),
        calendar=file.calendar,
        override=_overriders(who),
        hours=who.hours,
    )


def _overriders(who: OverrideFile) -> Approvers:
    if not (who.users or who.teams or who.permission):
        return OVERRIDERS
    permission = Permission[who.permission.upper()] if who.permission else None
    return Approvers(tuple(who.users), tuple(who.teams), permission=permission)


def _range(file: RangeFile) -> Between | Weekly:
    return _between(file) if file.weekly is None else read_weekly(file.weekly, name=file.name)


def _between(file: RangeFile) -> Between:
    assert file.from_ is not None
    assert file.to is not None
    start, start_minute = read_moment(file.from_)
    end, end_minute = read_moment(file.to)
    last = MINUTES_A_DAY if end_minute is None else end_minute
    return Between(start, end, start_minute or 0, last, file.name)


def _window(file: WindowFile) -> Window:
    days = tuple(sorted({read_day(each) for each in file.days})) if file.days else EVERY_DAY
    hours = read_hours(file.hours) if file.hours else Hours()
    return Window(file.zone, hours, days)


def span_of(text: str) -> timedelta:
    """Of a `Duration`."""
    found = re.fullmatch(r"(\d+) ?([mhd])", text)
    assert found is not None, "the pattern of the field"
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
