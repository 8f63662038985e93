"""Pictures inside a page, one for a wide screen and one for a phone, and the same in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.findings.review import JudgedStatement
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.core.schemas.entities import Entities
from bot.report.diagrams.durations import Took, duration_chart, duration_chart_as_text
from bot.report.diagrams.entity_diagram import entity_diagram
from bot.report.diagrams.entity_text import entity_diagram_as_text
from bot.report.diagrams.lock_timeline import lock_timeline, lock_timeline_as_text
from bot.report.pages.marked import Marked
from bot.report.pages.rollouts import RolloutRow
from bot.report.pages.template import Pages

BROAD, NARROW = 960, 326
_BROAD_SCHEMA = 1120
# A picture that is larger would make a page that nobody wants to wait for.
_MOST_BYTES = 260_000
_MOST_TEXT = 60_000
_MOST_RUNS = 25
_NONE = Marked("")


@dataclass(frozen=True)
class Picture:
    """Both are "" where there is none, and `missing` is why."""

    broad: Marked = _NONE
    narrow: Marked = _NONE
    text: str = ""
    missing: str = ""

    @property
    def all(self) -> str:
        return self.broad + self.narrow


def lock_picture(
    rehearsed: RehearsedMigration, statements: Sequence[JudgedStatement], pages: Pages
) -> Picture:
    return _drawn(
        lambda width: lock_timeline(rehearsed, statements, width=width),
        lock_timeline_as_text(rehearsed, statements),
        pages,
    )


def schema_picture(schema: Entities, pages: Pages, *, whole: bool) -> Picture:
    return _drawn(
        lambda width: entity_diagram(
            schema, whole=whole, width=width if width == NARROW else _BROAD_SCHEMA
        ),
        entity_diagram_as_text(schema if whole else schema.beside()),
        pages,
    )


def durations_picture(rows: Sequence[RolloutRow], pages: Pages) -> Picture | None:
    """The newest of what was predicted and has run; None where there is nothing of both."""
    runs = [
        Took(step.name, step.actual_ms, step.predicted_range, row.target)
        for row in rows
        for step in row.steps
        if step.applied and step.actual_ms and step.predicted_range
    ][:_MOST_RUNS]
    if not runs:
        return None
    return _drawn(
        lambda width: duration_chart(runs, width=width), duration_chart_as_text(runs), pages
    )


def _drawn(draw: Callable[[int], str], text: str, pages: Pages) -> Picture:
    """A name may be a secret, and nothing can be struck out of a picture: then there is none."""
    broad, narrow = draw(BROAD), draw(NARROW)
    said = text[:_MOST_TEXT]
    if not pages.unknown(broad + narrow + text):
        reason = "a name in it is a secret of the machine that made this page"
        return Picture(text=said, missing=reason)
    if len(broad) + len(narrow) > _MOST_BYTES:
        if len(broad) > _MOST_BYTES:
            return Picture(text=said, missing="it would be too large for a page")
        return Picture(Marked(broad), text=said)
    return Picture(Marked(broad), Marked(narrow), said)
