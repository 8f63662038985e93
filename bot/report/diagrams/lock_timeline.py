"""Who waits how long: a migration's statements and the locks they take, on one axis of time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.findings.review import JudgedStatement, Review
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.report.diagrams.axis import Axis, tick_words
from bot.report.diagrams.frame import BAR, MARGIN, Frame, samples
from bot.report.diagrams.lock_panels import LockRow, Panel, StatementRow, Wait, everything_waits
from bot.report.diagrams.svg import (
    SANS,
    document,
    fitted,
    number,
    path,
    rect,
    say,
    width_of,
    wrapped,
)
from bot.report.lock_words import named, who_waits
from bot.report.rehearsals.timeline import Bar
from bot.report.rehearsals.words import ms_words
from bot.report.words import count, listed

_MOST_STATEMENTS, _MOST_LOCKS = 60, 60


def lock_timeline(
    rehearsed: RehearsedMigration,
    statements: Sequence[JudgedStatement] = (),
    *,
    waits: Mapping[int, Wait] | None = None,
    width: float = 960.0,
) -> str:
    """Every statement of a migration, and every lock that others wait for, from its statement to
    its commit. `waits` is what a rollout had to wait, by the index of the statement."""
    panel = Panel(rehearsed, statements, waits)
    return _picture([panel], f"Locks of {rehearsed.name}", width)


def review_timeline(review: Review, *, width: float = 960.0) -> str:
    """The same for each migration of a review that was rehearsed, one below the other."""
    panels = _panels(review)
    names = [each.rehearsed.name for each in panels]
    what = names[0] if len(names) == 1 else count(len(names), "migration")
    return _picture(panels, f"Locks of {what}", width)


def lock_timeline_as_text(
    rehearsed: RehearsedMigration,
    statements: Sequence[JudgedStatement] = (),
    *,
    waits: Mapping[int, Wait] | None = None,
) -> str:
    """A line for each statement and for each lock."""
    return "\n".join(Panel(rehearsed, statements, waits).lines())


def _panels(review: Review) -> list[Panel]:
    rehearsal = review.rehearsal
    found = {each.name: each for each in rehearsal.migrations} if rehearsal else {}
    return [
        Panel(found[each.migration.name], each.statements)
        for each in review.migrations
        if each.migration.name in found
    ]


def _picture(panels: Sequence[Panel], title: str, width: float) -> str:
    sheet = _Sheet(Frame(width))
    for panel in panels:
        sheet.add(panel)
    marks, tall = samples(_legend(panels), sheet.frame, sheet.y)
    said = [f"{each.rehearsed.name}: {each.summary}. {_described(each)}" for each in panels]
    return document(
        kind="locks",
        title=title,
        described=" ".join(said) or "Nothing was rehearsed.",
        width=width,
        height=sheet.y + tall + MARGIN,
        least=sheet.frame.least,
        parts=[*sheet.parts, *marks],
    )


def _described(panel: Panel) -> str:
    if not panel.locks:
        return "No lock that others wait for."
    said = [f"{named(each.relation)}: {each.said}" for each in panel.locks]
    return f"{'; '.join(said[:12])}{'; and more' if len(said) > 12 else ''}."


@dataclass
class _Sheet:
    """What is drawn so far, and how far down it reaches."""

    frame: Frame
    parts: list[str] = field(default_factory=list)
    y: float = MARGIN

    def add(self, panel: Panel) -> None:
        name = panel.rehearsed.name
        room = self.frame.inside
        self.parts.append(
            say(MARGIN, self.y + 14, fitted(name, room, 15, share=0.62), "head", whole=name)
        )
        summary = fitted(panel.summary, room, 12, share=SANS)
        self.parts.append(say(MARGIN, self.y + 34, summary, "quiet", whole=panel.summary))
        self.y += 46
        axis = Axis(self.frame.left, self.frame.track, panel.total)
        self._part("Statements", axis, panel, list(self._statements(panel, axis)))
        self._part("Locks that others wait for", axis, panel, list(self._locks(panel, axis)))
        self._remarks(panel, axis)
        self.y += 14

    def _part(self, title: str, axis: Axis, panel: Panel, rows: list[list[str]]) -> None:
        """A heading, the axis, and rows below it; lines are drawn behind what stands on them."""
        self.parts.append(say(MARGIN, self.y + 12, title, "name"))
        self.y += 20 if self.frame.stacked else 0
        top = self.y + 18
        bottom = top + self.frame.row * max(len(rows), 1)
        if rows:
            self.parts.extend(axis.drawn(top, bottom))
            for moment in panel.commits[:24]:
                x = number(axis.x(moment))
                self.parts.append(path(f"M{x} {number(top)}V{number(bottom)}", "commit"))
        else:
            self.parts.append(say(MARGIN, top + 12, "None.", "quiet"))
        for each in rows:
            self.parts.extend(each)
        self.y = bottom + 16

    def _statements(self, panel: Panel, axis: Axis) -> Iterator[list[str]]:
        for place, row in enumerate(panel.rows[:_MOST_STATEMENTS]):
            yield list(self._statement(row, axis, self._top(place)))

    def _locks(self, panel: Panel, axis: Axis) -> Iterator[list[str]]:
        for place, row in enumerate(panel.locks[:_MOST_LOCKS]):
            yield list(self._lock(row, axis, self._top(place)))

    def _top(self, place: int) -> float:
        """Of a row of the part that begins where the sheet ends now."""
        return self.y + (38.0 if self.frame.stacked else 18.0) + self.frame.row * place

    def _statement(self, row: StatementRow, axis: Axis, top: float) -> Iterator[str]:
        yield from self.frame.words(row.label, row.said, top, size=11)
        yield self.frame.trough(top)
        bar = self.frame.bar_top(top)
        if row.end is None:
            at = number(min(axis.x(row.start) + 3, axis.right - 3))
            yield path(f"M{at} {number(bar - 2)}v{number(BAR + 4)}", "stop removed")
            return
        x, width = axis.span(row.start, row.end)
        yield rect(x, bar, width, BAR, "solid", round_=2, title=f"{row.label}: {row.said}")

    def _lock(self, row: LockRow, axis: Axis, top: float) -> Iterator[str]:
        name = named(row.relation)
        yield from self.frame.words(name, row.said, top)
        mode = row.mode.removesuffix("Lock")
        used = width_of(name, 12) + width_of(mode, 10, share=SANS) + 28
        if used <= self.frame.label:
            yield say(axis.left - 12, top + 16, mode, "tiny quiet", anchor="end")
        yield self.frame.trough(top)
        for each in row.drawn:
            yield from _bar(each, axis, self.frame.bar_top(top))

    def _remarks(self, panel: Panel, axis: Axis) -> None:
        for remark in _remarks(panel, axis):
            for line in wrapped(remark, self.frame.inside, 11, share=SANS):
                self.parts.append(say(MARGIN, self.y + 4, line, "small quiet"))
                self.y += 17


def _legend(panels: Sequence[Panel]) -> Iterator[tuple[str, list[str]]]:
    """What the patterns mean, as far as they are there."""
    modes = {bar.lock.mode for each in panels for bar in each.timeline.bars}
    if any(everything_waits(each) for each in modes):
        yield (
            "Reads and writes wait",
            [rect(0, 0, 24, BAR, "wait-all", round_=2), _stripes(0, 0, 24)],
        )
    if any(not everything_waits(each) for each in modes):
        yield "Writes wait, reads go on", [rect(0, 0, 24, BAR, "wait-write", round_=2)]
    if any(each.commits for each in panels):
        yield "Commit: locks are let go of", [path(f"M12 -2v{number(BAR + 4)}", "commit")]


def _bar(bar: Bar, axis: Axis, top: float) -> Iterator[str]:
    x, width = axis.span(bar.start, bar.end)
    took = ms_words(bar.end - bar.start)
    title = f"{bar.lock.mode.label}: {who_waits(bar.lock)} for {took}"
    if everything_waits(bar.lock.mode):
        yield rect(x, top, width, BAR, "wait-all", round_=2, title=title)
        yield _stripes(x, top, width)
    else:
        yield rect(x, top, width, BAR, "wait-write", round_=2, title=title)


def _stripes(x: float, top: float, width: float) -> str:
    return path(f"M{number(x)} {number(top + BAR / 2)}h{number(width)}", "stripes")


def _remarks(panel: Panel, axis: Axis) -> Iterator[str]:
    if panel.new:
        yield f"New, so that nobody waits: {listed(panel.new, limit=6)}."
    left = len(panel.rows) - _MOST_STATEMENTS
    if left > 0:
        yield f"{count(left, 'more statement')} not shown."
    left = len(panel.locks) - _MOST_LOCKS
    if left > 0:
        yield f"{count(left, 'more locked relation')} not shown."
    spans = [(each.start, each.end) for each in panel.timeline.spans.values()]
    if any(axis.shortened(*each) for each in spans):
        least = tick_words(float(f"{panel.total * 3 / axis.width:.1g}")) if panel.total else "0"
        yield f"To scale; what took less than {least} is drawn wider, so that it can be seen."
