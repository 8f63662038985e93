"""A lock timeline as one self-contained SVG: no script, no font, no address but its own."""

import hashlib
import html
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.findings.review import JudgedStatement, Review
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.report.lock_words import named, who_waits
from bot.report.rehearsals.timeline import Bar, Timeline
from bot.report.rehearsals.words import ms_words
from bot.report.terminal.source import cells
from bot.report.words import count

# As wide as a phone, so that nobody has to enlarge it; a wide screen shows it a little larger.
_WIDTH, _MARGIN = 400, 14
_INNER = _WIDTH - 2 * _MARGIN
_HEAD, _ROW, _FOOT = 74, 36, 54
_MOST_BARS = 60
_MOST_CELLS = 42

_STYLE = """
.lt{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;max-width:640px;width:100%;height:auto}
.lt .page{fill:#fff}.lt text{fill:#1f2328;stroke:#fff;stroke-width:3px;paint-order:stroke}
.lt .faint{fill:#59636e}.lt .name{font-weight:600}
.lt .track{fill:#eff2f5}.lt .grid{stroke:#d1d9e0}.lt .all{fill:#cf222e}.lt .write{fill:#bf8700}
.lt .step{fill:#afb8c1}.lt .even{fill:#d1d9e0}
@media (prefers-color-scheme:dark){
.lt .page{fill:#0d1117}.lt text{fill:#f0f6fc;stroke:#0d1117}
.lt .faint{fill:#9198a1}.lt .track{fill:#21262d}
.lt .grid{stroke:#3d444d}.lt .all{fill:#f85149}.lt .write{fill:#d29922}
.lt .step{fill:#656c76}.lt .even{fill:#3d444d}}
"""


def lock_timeline_svg(
    rehearsed: RehearsedMigration, statements: Sequence[JudgedStatement] = ()
) -> str:
    """Every lock of a migration that others wait for, from its statement to its commit."""
    return _document([_Panel(Timeline(rehearsed), statements)])


def review_timeline_svg(review: Review) -> str:
    """The same for each migration of a review that was rehearsed, one below the other."""
    rehearsal = review.rehearsal
    found = {each.name: each for each in rehearsal.migrations} if rehearsal else {}
    return _document(
        [
            _Panel(Timeline(found[each.migration.name]), each.statements)
            for each in review.migrations
            if each.migration.name in found
        ]
    )


@dataclass(frozen=True)
class _Panel:
    """The part of the picture that one migration has."""

    timeline: Timeline
    statements: Sequence[JudgedStatement]

    @property
    def bars(self) -> tuple[Bar, ...]:
        return self.timeline.bars[:_MOST_BARS]

    @property
    def height(self) -> int:
        return _HEAD + _ROW * max(len(self.bars), 1) + _FOOT

    def drawn(self) -> Iterator[str]:
        total = self.timeline.total
        yield from _header(self.timeline)
        yield from _grid(total, self.height)
        for place, bar in enumerate(self.bars):
            yield from _row(bar, _HEAD + _ROW * place, total, self.statements)
        if not self.bars:
            yield _say(_MARGIN, _HEAD + 20, "No lock that others wait for.")
        yield from _legend(self.height, len(self.timeline.bars) - len(self.bars))

    def described(self) -> str:
        """The same in words, for who cannot see it."""
        if not self.bars:
            took = ms_words(self.timeline.total)
            return f"In {took} no lock was taken that others wait for."
        return " ".join(
            f"{_text(named(each.lock.relation), 100)}{_line(each, self.statements)}: "
            f"{who_waits(each.lock)} from {ms_words(each.start)} to {ms_words(each.end)}."
            for each in self.bars
        )


def _document(panels: Sequence[_Panel]) -> str:
    return "\n".join(_picture(panels)) + "\n"


def _picture(panels: Sequence[_Panel]) -> Iterator[str]:
    height = sum(each.height for each in panels) or _FOOT
    names = [each.timeline.rehearsed.name for each in panels]
    key = hashlib.sha256("\n".join(names).encode("utf-8", "replace")).hexdigest()[:12]
    title = _text(names[0], 200) if len(names) == 1 else count(len(names), "migration")
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lt" role="img" '
        f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'aria-labelledby="lt-{key}-title lt-{key}-desc">'
    )
    yield f'<title id="lt-{key}-title">Locks of {title}</title>'
    described = " ".join(each.described() for each in panels)
    yield f'<desc id="lt-{key}-desc">{described}</desc>'
    yield f"<style>{_STYLE}</style>"
    yield f'<rect class="page" width="{_WIDTH}" height="{height}"/>'
    top = 0
    for each in panels:
        yield f'<g transform="translate(0 {top})">'
        yield from each.drawn()
        yield "</g>"
        top += each.height
    yield "</svg>"


def _header(timeline: Timeline) -> Iterator[str]:
    """The name, and a strip of the statements one after the other."""
    spans, total = timeline.spans.values(), timeline.total
    yield _say(_MARGIN, 22, _text(timeline.rehearsed.name, _MOST_CELLS + 6), "name")
    said = f"{count(len(spans), 'statement')}, {ms_words(total)}"
    yield _say(_MARGIN, 40, said, "faint")
    for place, each in enumerate(spans):
        x, width = _place(each.start, each.end, total)
        shade = "even" if place % 2 else "step"
        yield f'<rect class="{shade}" x="{x:.1f}" y="48" width="{width:.1f}" height="8" rx="2"/>'


def _grid(total: float, height: int) -> Iterator[str]:
    bottom = height - _FOOT + 6
    for quarter in range(5):
        x = _MARGIN + _INNER * quarter / 4
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="60" y2="{bottom}"/>'
        if total:
            anchor = "start" if quarter == 0 else "end" if quarter == 4 else "middle"
            said = ms_words(total * quarter / 4) if quarter else "0"
            yield _say(x, bottom + 14, said, "faint", anchor)


def _row(bar: Bar, y: int, total: float, statements: Sequence[JudgedStatement]) -> Iterator[str]:
    """What is locked and by which line above; below, from when to when."""
    x, width = _place(bar.start, bar.end, total)
    held = ms_words(bar.end - bar.start)
    room = _MOST_CELLS - cells(_line(bar, statements)) - cells(held)
    yield _say(_MARGIN, y + 13, f"{_text(named(bar.lock.relation), room)}{_line(bar, statements)}")
    yield _say(_WIDTH - _MARGIN, y + 13, held, "faint", "end")
    yield f'<rect class="track" x="{_MARGIN}" y="{y + 18}" width="{_INNER}" height="10" rx="3"/>'
    shade = "all" if bar.lock.mode is LockMode.ACCESS_EXCLUSIVE else "write"
    yield (
        f'<rect class="{shade}" x="{x:.1f}" y="{y + 18}" width="{width:.1f}" height="10" rx="3">'
        f"<title>{bar.lock.mode.label}: {who_waits(bar.lock)} for {held}</title></rect>"
    )


def _legend(height: int, missing: int) -> Iterator[str]:
    y = height - 12
    for x, shade, said in (
        (_MARGIN, "all", "reads and writes wait"),
        (_MARGIN + 150, "write", "writes wait"),
    ):
        yield f'<rect class="{shade}" x="{x}" y="{y - 9}" width="10" height="10" rx="2"/>'
        yield _say(x + 15, y, said, "faint")
    if missing:
        yield _say(_WIDTH - _MARGIN, y, f"{missing:,} more not shown", "faint", "end")


def _line(bar: Bar, statements: Sequence[JudgedStatement]) -> str:
    found = next((e.statement for e in statements if e.statement.index == bar.statement), None)
    return f", line {found.start.line}" if found else ""


def _place(start: float, end: float, total: float) -> tuple[float, float]:
    """Left edge and width; what is too short to be seen is drawn all the same, inside."""
    share = _INNER / total if total else 0.0
    width = max((end - start) * share, 2.0)
    return min(_MARGIN + start * share, _WIDTH - _MARGIN - width), width


def _say(x: float, y: float, text: str, style: str = "", anchor: str = "start") -> str:
    marked = f' class="{style}"' if style else ""
    return f'<text{marked} x="{x:.1f}" y="{y}" text-anchor="{anchor}">{text}</text>'


def _text(text: str, room: int) -> str:
    """A name as XML may hold it, in as many columns as there are."""
    known = "".join("�" if unicodedata.category(each) == "Cn" else each for each in named(text))
    if cells(known) > room:
        while known and cells(known) > room - 1:
            known = known[:-1]
        known += "…"
    return html.escape(known)
