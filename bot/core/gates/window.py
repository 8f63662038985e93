"""Rollouts only while there is little traffic: on some days, between some hours of a zone."""

from datetime import datetime

from bot.core.gates.closing import Window
from bot.core.gates.gate import Gate
from bot.core.gates.spans import at_the_wall, covering, end_of

NAME = "window"


def window_gate(window: Window, now: datetime) -> Gate:
    """Open inside the window; else it says when it opens."""
    spans = window.spans(now)
    if covering(spans, now):
        return Gate(NAME, True, f"open until {at_the_wall(end_of(spans, now), window.zone_info)}")
    starts = [each.start for each in spans if each.start > now]
    if not starts:
        return Gate(
            NAME,
            False,
            "it never opens in the weeks to come",
            hint="Give it hours that the clock of its zone shows.",
        )
    opens = at_the_wall(min(starts), window.zone_info)
    return Gate(NAME, False, f"it opens {opens}", hint="Run the deploy again then.")
