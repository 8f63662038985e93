"""How each migration can be taken back, cut into what the Markdown faces show."""

from dataclasses import dataclass

from bot.report import words
from bot.report.comment.detail import Detail, Rehearsed
from bot.report.report import Report
from bot.report.rollback_words import SIGNS, classes_of, rollback_sentence, rollback_summary

_MOST = 20
_LONGEST = 600


@dataclass(frozen=True)
class RollbackRow:
    sign: str
    name: str
    way: str
    sentence: str


@dataclass(frozen=True)
class RollbackView:
    """`missing` is how many rows are left out."""

    summary: str
    rows: tuple[RollbackRow, ...]
    missing: int = 0


def rollback_view(report: Report, detail: Detail) -> RollbackView | None:
    """None where nothing was run: then nobody knows."""
    rehearsal = report.review.rehearsal
    if rehearsal is None or not rehearsal.migrations:
        return None
    found = classes_of(report.review)
    shown = found[:_MOST] if detail.rehearsal > Rehearsed.OUTLINE else []
    rows = tuple(
        RollbackRow(
            SIGNS[each.way],
            words.stamp_and_name(each.name)[1],
            each.way.value,
            words.clipped(rollback_sentence(each), _LONGEST),
        )
        for each in shown
    )
    return RollbackView(rollback_summary(found), rows, len(found) - len(rows))
