"""What the migrations make of the schema, as the Markdown faces show it: lines, and a picture."""

from dataclasses import dataclass

from bot.core.schemas.schema import Differences
from bot.report.comment.detail import Detail
from bot.report.comment.schema_diagram import schema_diagram
from bot.report.rehearsals.words import schema_lines, schema_summary
from bot.report.report import Report
from bot.report.words import clipped, count

_MOST_LINES = 100
_LONGEST = 300


@dataclass(frozen=True)
class SchemaView:
    """`lines` and `diagram` are "" where they are left out; the summary always stays."""

    summary: str
    lines: str
    diagram: str


def schema_view(report: Report, detail: Detail) -> SchemaView | None:
    """None where nothing was rehearsed, or where nothing has changed."""
    rehearsal = report.review.rehearsal
    if rehearsal is None or not rehearsal.touched.changes:
        return None
    touched = rehearsal.touched
    return SchemaView(
        summary=schema_summary(touched.changes),
        lines=_lines(touched.changes) if detail.schema else "",
        diagram=schema_diagram(touched) if detail.diagram else "",
    )


def _lines(changes: Differences) -> str:
    lines = [clipped(each, _LONGEST) for each in schema_lines(changes)]
    left = len(lines) - _MOST_LINES
    return "\n".join(
        [*lines[:_MOST_LINES], *([f"… {count(left, 'more line')}"] if left > 0 else [])]
    )
