"""`plan --format markdown`."""

import re

from bot.core.rollouts.plan import Plan
from bot.report.comment.plan_markdown import render_plan
from tests.report.samples import COUPONS, NOTE, PRODUCTION_CLOSED, RUN, hostile, many

PLAN = Plan("production", (COUPONS.migration, NOTE.migration))


def test_a_plan_has_title_gates_sql_and_digest() -> None:
    text = render_plan(PLAN, PRODUCTION_CLOSED.gates, judged=(COUPONS,), run=RUN)
    assert text.startswith("### 🟡 2 migrations for production, on hold\n\n| Gate | Why |")
    assert "\n| 🔒&nbsp;approval<br>closed |" in text
    assert "<code>20261120090000_add_coupons</code>, 2 statements</summary>" in text
    assert "<code>20261120093000_add_order_note</code></summary>" in text
    assert text.rstrip().endswith(f"**Plan digest:** `{PLAN.digest}`")


def test_an_empty_plan_is_up_to_date() -> None:
    assert render_plan(Plan("staging")).strip() == "### 🟢 staging is up to date"


def test_a_disagreement_is_a_list_of_its_own() -> None:
    text = render_plan(Plan("staging", missing=("a", "b")), PRODUCTION_CLOSED.gates)
    assert text.startswith("### 🔴 staging and the history disagree\n")
    assert "**Applied there and absent here:**\n\n- `a`\n- `b`\n\n| Gate | Why |" in text


def test_a_long_plan_leaves_sql_out_and_says_so() -> None:
    plan = Plan("production", tuple(each.migration for each in many(60).review.migrations))
    whole = render_plan(plan)
    assert "why this is done" in whole
    text = render_plan(plan, budget=len(whole) // 2)
    assert "why this is done" not in text
    assert all(f"<code>{each.name}</code>" in text for each in plan.pending)
    assert "An approval still covers every byte" in text
    assert plan.digest in text


def test_a_plan_of_very_many_migrations_is_counted() -> None:
    pending = tuple(each.migration for each in many(500).review.migrations)
    text = render_plan(Plan("production", pending), budget=20_000)
    assert len(text.encode()) <= 20_000
    assert text.startswith("### 🟢 500 migrations for production\n")
    assert re.search(r"…and \d+ more files\.", text)
    assert Plan("production", pending).digest in text


def test_hostile_names_stay_text() -> None:
    bad = hostile().review.migrations[0].migration
    text = render_plan(Plan("<b>@octocat", (bad,), modified=("`|<b>",)))
    assert "<b>@" not in text
    assert "@octocat" not in text.replace("-- ```", "").split("```")[0]
