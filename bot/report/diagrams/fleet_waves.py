"""A fleet wave by wave: which tenants are done, which were left alone, and which are to come."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.core.targets.fleet_outcome import (
    BAD,
    DONE,
    FleetOutcome,
    TenantResult,
    TenantState,
    in_words,
)
from bot.report.diagrams.frame import BAR, MARGIN, Frame, samples
from bot.report.diagrams.svg import document, number, path, rect, say
from bot.report.words import count

# Up to so many tenants of a wave each has a cell of its own.
_CELLS = 80
_MOST_WAVES = 40
_GAP = 2.0
# Each with the sign that it has besides its colour.
_STYLES = {
    TenantState.APPLIED: ("fill-added", ""),
    TenantState.CURRENT: ("fill-added", ""),
    TenantState.PARKED: ("fill-changed", "stripes"),
    TenantState.FAILED: ("fill-removed", "cross"),
    TenantState.BROKEN: ("fill-removed", "cross"),
    TenantState.BEGUN: ("accent", "half"),
    TenantState.WAITING: ("range", ""),
}
_ORDER = tuple(_STYLES)
_WORDS = (
    (TenantState.APPLIED, "done"),
    (TenantState.BEGUN, "begun when it was interrupted"),
    (TenantState.PARKED, "parked: left as it was"),
    (TenantState.FAILED, "failed"),
    (TenantState.WAITING, "to come"),
)


def fleet_waves(outcome: FleetOutcome, *, width: float = 960.0) -> str:
    """A row for each wave, as long for one tenant as for a thousand: what counts is the share."""
    frame = Frame(width)
    waves = [(name, _of(outcome, name)) for name in outcome.waves][:_MOST_WAVES]
    parts: list[str] = []
    for place, (name, tenants) in enumerate(waves):
        parts += _row(name, tenants, frame, MARGIN + frame.row * place)
    bottom = MARGIN + frame.row * max(len(waves), 1)
    if not waves:
        parts.append(say(MARGIN, MARGIN + 14, "No waves.", "quiet"))
    if len(outcome.waves) > len(waves):
        left = count(len(outcome.waves) - len(waves), "more wave")
        parts.append(say(MARGIN, bottom + 12, f"{left} not shown.", "small quiet"))
        bottom += 18
    marks, tall = samples(_legend(outcome.tenants), frame, bottom + 10)
    return document(
        kind="waves",
        title=f"Waves of {outcome.target}",
        described="; ".join(_lines(outcome)),
        width=width,
        height=bottom + 10 + tall + MARGIN,
        least=frame.least,
        parts=[*parts, *marks],
    )


def fleet_waves_as_text(outcome: FleetOutcome) -> str:
    """A line for all, for each wave, and for each tenant that wants somebody to look."""
    odd = outcome.of(TenantState.PARKED, TenantState.FAILED, TenantState.BROKEN, TenantState.BEGUN)
    told = (f"{e.tenant}: {e.state.value}" + (f", {e.message}" if e.message else "") for e in odd)
    return "\n".join([*_lines(outcome), *told])


def _lines(outcome: FleetOutcome) -> Iterator[str]:
    yield f"{count(len(outcome.tenants), 'tenant')}: {outcome.words}"
    for name in outcome.waves:
        yield f"Wave {name}: {in_words(_of(outcome, name))}"
    if outcome.stopped:
        yield outcome.stopped


def _of(outcome: FleetOutcome, wave: str) -> Sequence[TenantResult]:
    """A wave's tenants, those that are done first; of a state in their own order."""
    found = [each for each in outcome.tenants if each.wave == wave]
    return sorted(found, key=lambda each: _ORDER.index(each.state))


def _shortly(tenants: Sequence[TenantResult]) -> str:
    """300 of 900 done, 12 parked."""
    counted = Counter(each.state for each in tenants)
    done = sum(counted[each] for each in DONE)
    said = [f"{done:,} of {len(tenants):,} done"]
    parked, failed = counted[TenantState.PARKED], sum(counted[e] for e in BAD)
    said += [f"{parked:,} parked"] if parked else []
    said += [f"{failed - parked:,} failed"] if failed > parked else []
    return ", ".join(said)


def _row(name: str, tenants: Sequence[TenantResult], frame: Frame, top: float) -> Iterator[str]:
    yield from frame.words(name, _shortly(tenants), top, whole=f"{name}: {in_words(tenants)}")
    yield frame.trough(top)
    if not tenants:
        return
    each, bar = frame.track / len(tenants), frame.bar_top(top)
    if len(tenants) <= _CELLS:
        for place, tenant in enumerate(tenants):
            gap = _GAP if len(tenants) > 1 else 0.0
            x, title = frame.left + place * each, f"{tenant.tenant}: {tenant.state.value}"
            yield from _cell(x, bar, each - gap, tenant.state, title)
        return
    place = 0
    for state, same in groupby(tenants, key=lambda tenant: tenant.state):
        number_ = len(list(same))
        x, width = frame.left + place * each, max(number_ * each, 3.0)
        title = f"{count(number_, 'tenant')}: {state.value}"
        yield from _cell(min(x, frame.left + frame.track - width), bar, width, state, title)
        place += number_


def _cell(x: float, top: float, width: float, state: TenantState, title: str) -> Iterator[str]:
    style, sign = _STYLES[state]
    yield rect(x, top, width, BAR, style, round_=2, title=title)
    middle = top + BAR / 2
    if sign == "stripes":
        yield path(f"M{number(x)} {number(middle)}h{number(width)}", "stripes")
    if sign == "half":
        yield path(f"M{number(x)} {number(middle)}h{number(width)}", "thread")
    if sign == "cross" and width >= 7:
        at = x + width / 2
        first = f"M{number(at - 3)} {number(middle - 3)}l6 6"
        yield path(f"{first}M{number(at - 3)} {number(middle + 3)}l6 -6", "thread")


def _legend(tenants: Sequence[TenantResult]) -> Iterator[tuple[str, list[str]]]:
    styles = {_STYLES[each.state] for each in tenants}
    for state, words in _WORDS:
        if _STYLES[state] in styles:
            yield words.capitalize(), list(_cell(0, 0, 24, state, ""))
