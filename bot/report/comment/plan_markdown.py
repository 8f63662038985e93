"""`plan --format markdown`: what a rollout would do to a target, with the SQL it would run."""

from collections.abc import Sequence
from typing import Any

from bot.core.findings.review import JudgedMigration, Review
from bot.core.gates.gate import Gate, closed
from bot.core.github.run import Run
from bot.core.rollouts.plan import Plan
from bot.report import words
from bot.report.comment.detail import SUMMARY_BUDGET, Detail, fitted
from bot.report.comment.sql_view import planned_sql
from bot.report.report import Report
from bot.report.template import render


def render_plan(
    plan: Plan,
    gates: Sequence[Gate] = (),
    *,
    judged: Sequence[JudgedMigration] = (),
    run: Run | None = None,
    budget: int = SUMMARY_BUDGET,
) -> str:
    """The plan within a budget of UTF-8 bytes. `judged` lends its statements where it knows a
    pending migration; `run` is what the links point into.
    """
    known = {each.migration.name: each for each in judged}
    pending = tuple(known.get(each.name, JudgedMigration(each)) for each in plan.pending)
    report = Report(Review(postgres="", migrations=pending), run=run)
    return fitted(
        lambda detail: render("plan.md.j2", **_values(plan, gates, report, detail)),
        statements=0,
        findings=0,
        rows=len(pending),
        budget=budget,
    )


def _values(plan: Plan, gates: Sequence[Gate], report: Report, detail: Detail) -> dict[str, Any]:
    sign, title = _title(plan, gates)
    return {
        "sign": sign,
        "title": title,
        "disagreements": _disagreements(plan),
        "gates": gates,
        "planned": planned_sql(report, detail),
        "sql_title": "Planned SQL",
        "digest": plan.digest,
    }


def _title(plan: Plan, gates: Sequence[Gate]) -> tuple[str, str]:
    if not plan.agrees:
        return "🔴", f"{plan.target} and the history disagree"
    if not plan.pending:
        return "🟢", f"{plan.target} is up to date"
    pending = words.count(len(plan.pending), "migration")
    if closed(gates):
        return "🟡", f"{pending} for {plan.target}, on hold"
    return "🟢", f"{pending} for {plan.target}"


def _disagreements(plan: Plan) -> list[tuple[str, tuple[str, ...]]]:
    missing = plan.missing if plan.squash is None else ()
    said = [
        ("Edited after they were applied:", plan.modified),
        ("Applied there and absent here:", missing),
        ("Started and never finished:", plan.failed),
        ("Begun to be taken back, and taken back in part:", plan.rolling_back),
        ("Older than the newest applied one:", plan.out_of_order),
    ]
    found = [(what, names) for what, names in said if names]
    if plan.squash is not None:
        what = f"Missing from the history, whose {plan.squash} looks like a squash of them:"
        found.append((what, plan.missing))
    if plan.interrupted:
        found.append(("Begun and interrupted; applying goes on with it:", plan.interrupted))
    if plan.running:
        found.append(("Being applied by somebody else right now:", plan.running))
    if plan.unbaselined:
        found.append(("The target has tables and no migrations table; it needs a baseline.", ()))
    return found
