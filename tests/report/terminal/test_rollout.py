"""`plan`, `apply` and `backup` in a terminal."""

from bot.core.gates.gate import Gate
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import Progress, State
from bot.core.targets.target import Kind
from bot.report.terminal.rollout import outcome_text, plan_text
from tests.report.samples import COUPONS, HOSTILE, NOTE, PRODUCTION_CLOSED, PRODUCTION_FAILED

PLAN = Plan("production", (COUPONS.migration, NOTE.migration), applied=("a", "b"))


def test_a_plan_lists_migrations_gates_digest_and_sql() -> None:
    text = plan_text(PLAN, PRODUCTION_CLOSED.gates, width=200)
    assert text.startswith(
        "production: 2 migrations to apply.\n"
        "  20261120090000_add_coupons\n"
        "  20261120093000_add_order_note\n"
        "gate staging first: open, `staging` has applied exactly this text\n"
        "gate approval: closed, 1 of 2; the approval by `tom` was given for an earlier text\n"
        "  hint: Ask one of @acme/dba"
    )
    assert f"\nPlan digest {PLAN.digest}\n" in text
    assert '\nALTER TABLE "orders" ADD COLUMN "note" TEXT;\n' in text


def test_the_digest_stays_whole_in_a_narrow_terminal() -> None:
    assert PLAN.digest in plan_text(PLAN, width=40)


def test_a_plan_without_sql_is_short() -> None:
    assert "CREATE TABLE" not in plan_text(PLAN, with_sql=False)


def test_an_empty_plan_says_so() -> None:
    assert plan_text(Plan("staging", applied=("a",))) == "staging: nothing is pending.\n"


def test_the_outcome_of_a_failure_names_the_migration_and_the_backup() -> None:
    text = outcome_text(PRODUCTION_FAILED, width=200)
    assert text.startswith("production failed: 1 migration applied in 1 min 1 s.\n")
    assert "  Stopped at 20261120093000_add_order_note.\n" in text
    assert "  backup production-20261122T142512Z: 1.2 GB, proved by" in text
    assert "everything up to 2026-11-22 14:25 UTC; later writes are not in it.\n" in text


def test_the_outcome_of_a_closed_gate_gives_the_hint() -> None:
    text = outcome_text(PRODUCTION_CLOSED, width=200)
    assert text.startswith("production is on hold; nothing was touched: 0 migrations applied.\n")
    assert "gate approval: closed" in text


def test_hostile_names_cannot_drive_the_terminal() -> None:
    gate = Gate(HOSTILE, open=False, reason=HOSTILE, hint=HOSTILE)
    hostile = Progress(HOSTILE, Kind.STAGING, State.FAILED, gates=(gate,), message=HOSTILE)
    for text in (outcome_text(hostile), plan_text(Plan(HOSTILE), (gate,))):
        assert not set(text) & set("\x1b\x00\u202e")
