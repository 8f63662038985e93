"""A report as Markdown: job summary, `check --format markdown`, and the comment's body."""

from dataclasses import replace
from typing import Any

from bot.core.approvals.approval import StaleApproval
from bot.core.findings.finding import Verdict
from bot.core.gates.gate import closed
from bot.core.rollouts.progress import State
from bot.report import links, words
from bot.report.comment.detail import SUMMARY_BUDGET, Detail, fitted
from bot.report.comment.headline import Headline, headline, rolling_out
from bot.report.comment.rollback_view import rollback_view
from bot.report.comment.schema_view import schema_view
from bot.report.comment.sections import (
    allowed_of,
    columns_of,
    groups_of,
    split_rows,
    targets_summary,
)
from bot.report.comment.sql_view import planned_sql, statement_count
from bot.report.rehearsals.view import rehearsal_view
from bot.report.report import Report
from bot.report.size_words import sizes_sentence
from bot.report.template import render

_MOST_TARGETS = 20
_MOST_STALE = 5
_FIRST_SCREEN = 600
_CHANGE = 200
_LOGIN = 100


def render_markdown(report: Report, *, budget: int = SUMMARY_BUDGET) -> str:
    """The report within a budget of UTF-8 bytes; what does not fit is left out in whole pieces."""
    return fitted(
        lambda detail: _draw(report, detail),
        statements=statement_count(report),
        findings=len(report.review.all_findings),
        rows=len(report.review.migrations),
        budget=budget,
    )


def _draw(report: Report, detail: Detail) -> str:
    body = render("report.md.j2", **_values(report, detail))
    footer = render("footer.md.j2", **_footer(report))
    return f"{body}{footer}"


def _values(report: Report, detail: Detail) -> dict[str, Any]:
    calm = rolling_out(report)
    targets = report.targets[:_MOST_TARGETS] if detail.rollout else ()
    seen, folded_rows = split_rows(report, detail.rows)
    return {
        "report": report,
        "calm": calm,
        "rollout_open": _rollout_open(report, calm=calm),
        "headline": _clipped(headline(report)),
        "seen": seen,
        "folded_rows": folded_rows,
        "missing_rows": len(report.review.migrations) - len(seen) - len(folded_rows),
        "columns": columns_of(report),
        "groups": groups_of(report, detail, calm=calm),
        "allowed": allowed_of(report, detail),
        "rehearsal": rehearsal_view(report, detail, calm=calm),
        "rehearsed_url": _rehearsed_url(report),
        "rollback": rollback_view(report, detail),
        "schema": schema_view(report, detail),
        "unjudged": words.unjudged(report.review),
        "sql_title": "SQL" if calm else "Planned SQL",
        "planned": planned_sql(report, detail),
        "targets": targets,
        "missing_targets": len(report.targets) - len(targets),
        "targets_summary": targets_summary(report.targets),
        "approvals": report.approvals[:_MOST_TARGETS],
        "stale": [_short(each, detail) for each in report.stale[:_MOST_STALE]],
        "signs": words.STATE_SIGNS,
        "state_words": words.STATE_WORDS,
    }


def _rollout_open(report: Report, *, calm: bool) -> bool:
    """Where the rollout is under way, or somebody has to agree and nothing else is in the way."""
    if calm:
        return any(each.state is not State.APPLIED for each in report.targets)
    gates = (gate for each in report.targets for gate in closed(each.gates))
    return report.verdict is not Verdict.BLOCK and any(gate.waits_for for gate in gates)


def _rehearsed_url(report: Report) -> str:
    """Where a rehearsal is to be found that this report does not have; "" if it has it."""
    if report.review.rehearsal is not None or report.run is None or not report.rehearsed:
        return ""
    return links.run_url(report.run, report.rehearsed)


def _clipped(said: Headline) -> Headline:
    """An error message of a server has no greatest length; the first screen has."""
    return replace(
        said,
        title=words.clipped(said.title, _FIRST_SCREEN),
        sentence=words.clipped(said.sentence, _FIRST_SCREEN),
        next_step=words.clipped(said.next_step, _FIRST_SCREEN),
    )


def _short(stale: StaleApproval, detail: Detail) -> StaleApproval:
    changed = stale.changed if detail.rollout else ()
    return replace(
        stale,
        login=words.clipped(stale.login, _LOGIN),
        changed=tuple(words.clipped(each, _CHANGE) for each in changed if each.strip()),
    )


def _footer(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "sizes": sizes_sentence(report.review.sizes).removesuffix("."),
        "short_digest": words.short_digest(report.review.digest),
        "commit": report.run.commit[:7] if report.run else "",
        "commit_url": links.commit_url(report.run) if report.run else "",
    }
