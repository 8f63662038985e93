"""No rollouts for a time: between dates, every week, or as a calendar has it; unless overridden."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.gates.closing import Freeze
from bot.core.gates.gate import Gate
from bot.core.gates.override import Override
from bot.core.gates.spans import HORIZON, Span, at_the_wall, covering, end_of

NAME = "freeze"


def freeze_gate(
    freeze: Freeze,
    now: datetime,
    *,
    calendar: Sequence[Span] = (),
    problem: str = "",
    overriding: Sequence[Override] = (),
) -> Gate:
    """Closed while a span of the freeze, or of its calendar, covers now.

    `problem` is why the calendar could not be read: then nobody knows, and it is closed.
    `overriding` are the overrides that hold for all that is pending.
    """
    spans = (*freeze.spans(now), *calendar)
    reason = _reason(freeze, spans, now) or (problem and f"nobody knows whether: {problem}")
    if not reason:
        return Gate(NAME, True, _ahead(freeze, spans, now))
    if overriding:
        given = "; ".join(map(str, overriding))
        by = tuple(dict.fromkeys(each.login for each in overriding))
        return Gate(NAME, True, f"overridden, though {reason}", given_by=by, overridden=given)
    return Gate(NAME, False, reason, _hint(freeze), waits_for=tuple(freeze.override.named()))


def _reason(freeze: Freeze, spans: Sequence[Span], now: datetime) -> str:
    found = covering(spans, now)
    if not found:
        return ""
    names = ", ".join(dict.fromkeys(each.name for each in found if each.name))
    called = f"“{names}”" if names else "a freeze"
    until = end_of(spans, now)
    if until > now + 10 * HORIZON:
        return f"{called} is on, for long"
    return f"{called} is on until {at_the_wall(until, freeze.zone_info)}"


def _ahead(freeze: Freeze, spans: Sequence[Span], now: datetime) -> str:
    starts = [each.start for each in spans if now < each.start <= now + HORIZON]
    if not starts:
        return "none is on"
    return f"none is on; the next begins {at_the_wall(min(starts), freeze.zone_info)}"


def _hint(freeze: Freeze) -> str:
    who = " or ".join(freeze.override.named()) or "anybody who may write to the repository"
    return (
        f"Run the deploy again after that. If it cannot wait, {who} may write "
        '`/migrate override freeze reason:"…"` on the pull request.'
    )
