"""A lock timeline as a Mermaid gantt, which GitHub draws in place of the code block."""

import re
from collections.abc import Iterator, Sequence

from bot.core.findings.review import JudgedStatement
from bot.core.migrations.effects import LockMode
from bot.report.lock_words import named, who_waits
from bot.report.rehearsals.timeline import Bar, Timeline

_MOST_BARS = 30
_LONGEST = 28
# Everything that could end a name, or mean something to Mermaid, is no letter and no digit.
_FOREIGN = re.compile(r"[^\w.\- ]|(?<=-)-")
# Up to how many milliseconds, the axis as d3 writes it, and how many of Mermaid's own milliseconds
# stand for one: its axis has no fractions.
_SCALES = (
    (4.0, "%Q µs", 1000.0),
    (10_000.0, "%s ms", 1000.0),
    (float("inf"), "%s s", 1.0),
)


def lock_gantt(timeline: Timeline, statements: Sequence[JudgedStatement]) -> str:
    """ "" where nobody waits, and where there are too many locks for a picture."""
    bars = timeline.bars
    if not 1 <= len(bars) <= _MOST_BARS:
        return ""
    return "\n".join(_lines(bars, statements))


def plain(text: str) -> str:
    """A name of which nothing is left that a diagram could take for its own."""
    shown = " ".join(_FOREIGN.sub("_", named(text)).split())
    return (shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…") or "_"


def _lines(bars: tuple[Bar, ...], statements: Sequence[JudgedStatement]) -> Iterator[str]:
    end = max(each.end for each in bars)
    axis, scale = next((axis, scale) for limit, axis, scale in _SCALES if end < limit)
    relations = list(dict.fromkeys(each.lock.relation for each in bars))
    room = 30 + 7 * max(len(plain(each)) for each in relations)
    yield from (
        f'%%{{init: {{"gantt": {{"leftPadding": {room}}}}}}}%%',
        "gantt",
        "    accTitle: Locks that others wait for",
        "    accDescr: Each lock from the statement that took it to the commit",
        "    dateFormat x",
        f"    axisFormat {axis}",
        f"    tickInterval {_tick(end * scale)}millisecond",
        "    todayMarker off",
    )
    for relation in relations:
        yield f"    section {plain(relation)}"
        for each in bars:
            if each.lock.relation == relation:
                yield _bar(each, statements, scale)


def _bar(bar: Bar, statements: Sequence[JudgedStatement], scale: float) -> str:
    tag = "crit" if bar.lock.mode is LockMode.ACCESS_EXCLUSIVE else "active"
    start = round(bar.start * scale)
    length = max(1, round((bar.end - bar.start) * scale))
    return f"    {_label(bar, statements)} :{tag}, {start}, {length}ms"


def _label(bar: Bar, statements: Sequence[JudgedStatement]) -> str:
    """Short, so that it fits into the bar: what the statement is stands elsewhere."""
    found = next((e.statement for e in statements if e.statement.index == bar.statement), None)
    where = f"Line {found.start.line}, " if found else ""
    return f"{where}{who_waits(bar.lock)}"


def _tick(length: float) -> int:
    """Of 1, 2 and 5 with zeros behind it the least that makes no more than six ticks."""
    steps = (each * 10**zeros for zeros in range(12) for each in (1, 2, 5))
    return next((step for step in steps if step * 6 >= length), 10**12)
