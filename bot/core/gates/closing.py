"""When a target takes no rollouts: freezes and who may override them, windows of low traffic."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.gates.spans import (
    MINUTES_A_DAY,
    Hours,
    Span,
    Weekly,
    daily_spans,
    span_between,
    weekly_spans,
)

DEFAULT_HOURS = 4.0
OVERRIDERS = Approvers(permission=Permission.ADMIN)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True)
class Between:
    """From a day to another, both included; or from and to a minute of them."""

    start: date
    end: date
    start_minute: int = 0
    end_minute: int = MINUTES_A_DAY
    name: str = ""


@dataclass(frozen=True)
class Freeze:
    """When a target takes none. `calendar` is an iCalendar file below the checkout's top; entries
    without a zone of their own are in `zone`. `override` are those who may override it, each time
    for `hours`."""

    zone: str = "UTC"
    ranges: tuple[Between | Weekly, ...] = ()
    calendar: str | None = None
    override: Approvers = OVERRIDERS
    hours: float = DEFAULT_HOURS

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def spans(self, moment: datetime) -> tuple[Span, ...]:
        """Those of `ranges`: that may cover the moment, or begin soon."""
        found: list[Span] = []
        for each in self.ranges:
            if isinstance(each, Weekly):
                found += weekly_spans(each, self.zone_info, moment)
            else:
                found.append(_span(each, self.zone_info))
        return tuple(found)


@dataclass(frozen=True)
class Window:
    """When a target has low traffic, so that it takes rollouts: hours that begin on these days."""

    zone: str = "UTC"
    hours: Hours = field(default_factory=Hours)
    days: tuple[int, ...] = EVERY_DAY

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def spans(self, moment: datetime) -> tuple[Span, ...]:
        return tuple(daily_spans(self.hours, self.days, self.zone_info, moment))


@dataclass(frozen=True)
class Closing:
    """What the clock has to say of a target. `soak` is how long the target before it must have
    had the same text."""

    freeze: Freeze | None = None
    window: Window | None = None
    soak: timedelta = timedelta(0)


def _span(each: Between, zone: ZoneInfo) -> Span:
    return span_between(each.start, each.start_minute, each.end, each.end_minute, zone, each.name)
