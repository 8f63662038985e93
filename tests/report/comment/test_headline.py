"""The first screen: what is said, and the one next step."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.gates.gate import Gate
from bot.core.rollouts.progress import Progress, State
from bot.core.targets.target import Kind
from bot.report.comment.headline import headline
from tests.report.samples import (
    APPROVED,
    AT,
    BLOCKING_INDEX,
    COUPONS,
    INDEX,
    MISPLACED,
    PRODUCTION_CLOSED,
    PRODUCTION_FAILED,
    REWRITE,
    STAGING_DONE,
    TYPE,
    judged,
    report,
    samples,
    waiting,
)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("all_well", "🟢 2 new migrations, risk LOW, nothing risky found"),
        ("warnings", "🟡 2 new migrations, risk HIGH, 2 warnings"),
        ("blocked", "🔴 2 new migrations, risk HIGH, 2 findings to fix before merging"),
        ("risky_statement", "🔴 1 new migration, risk HIGH, 1 finding to fix before merging"),
        ("no_migrations", "🟢 No new migrations"),
        ("staging_applied", "🟡 2 migrations on the way to production"),
        ("production_applied", "🟢 2 migrations applied to production"),
        ("production_failed", "🔴 Failed in production"),
        ("gate_closed", "🟡 2 migrations wait for production"),
        ("waiting_for_approval", "🟡 1 new migration, risk HIGH, 2 warnings, needs approval"),
        ("rolled_back", "🟡 1 migration rolled back from production"),
    ],
)
def test_the_title_says_where_things_stand(name: str, title: str) -> None:
    said = headline(samples()[name])
    assert f"{said.sign} {said.title}" == title


def test_missing_approvals_are_counted() -> None:
    assert headline(report(judged(COUPONS), needed=2, approvals=APPROVED)).next_step == (
        "Get 1 more approval of exactly this text from somebody who did not write it, then merge."
    )


def test_with_all_approvals_the_next_step_is_to_merge() -> None:
    assert headline(samples()["approved"]).next_step == (
        "Merge. It is then applied to `staging`, then `production`."
    )


def test_a_short_command_that_mends_everything_is_the_next_step() -> None:
    short = replace(MISPLACED, fix="git mv a b")
    assert headline(report(judged(COUPONS, short))).next_step == (
        "Run `git mv a b`, commit, and push. This comment updates itself."
    )


def test_a_long_command_is_pointed_to() -> None:
    assert "the command below" in headline(samples()["out_of_order"]).next_step


def test_different_commands_are_not_mixed_up() -> None:
    other = replace(MISPLACED, fix="git mv c d")
    made = report(judged(COUPONS, replace(MISPLACED, fix="git mv a b"), other))
    assert "Must change" in headline(made).next_step


def test_an_allowed_error_does_not_block() -> None:
    made = report(judged(INDEX, BLOCKING_INDEX.allow("the table is empty")))
    assert headline(made).sign == "🟢"


def test_a_closed_gate_gives_its_reason_and_its_hint() -> None:
    gate = Gate("freeze", open=False, reason="until Monday", hint="Wait until Monday.")
    closed = Progress("production", Kind.PRODUCTION, State.CLOSED, gates=(gate,))
    said = headline(report(judged(COUPONS), targets=(STAGING_DONE, closed), merged=True))
    assert said.sentence == "Applied to `staging`. The gate “freeze” is closed: until Monday."
    assert said.next_step == "Wait until Monday."


def test_a_failure_outranks_everything_else() -> None:
    made = report(judged(COUPONS, MISPLACED), targets=(PRODUCTION_FAILED,), merged=True)
    assert headline(made).next_step == PRODUCTION_FAILED.hint


def test_a_failure_without_a_hint_still_has_a_next_step() -> None:
    bare = Progress("staging", Kind.STAGING, State.FAILED)
    said = headline(report(judged(COUPONS), targets=(bare,), merged=True))
    assert said.sentence == "The rollout stopped."
    assert "run" in said.next_step


def test_a_rollout_under_way_asks_for_nothing() -> None:
    moving = replace(waiting()[0], state=State.APPLYING)
    said = headline(report(judged(COUPONS), targets=(moving, waiting()[1]), merged=True))
    assert said.sentence == "`staging` is being migrated."
    assert said.next_step.startswith("Nothing to do.")


def test_a_merge_without_targets_is_done() -> None:
    assert headline(report(judged(COUPONS), targets=(), merged=True)).sign == "🟢"


def test_who_has_to_agree_is_named_where_a_gate_says_so() -> None:
    assert headline(samples()["waiting_for_approval"]).next_step == (
        "Get 1 more approval of exactly this text from @acme/dba and a code owner of "
        "prisma/migrations, then merge."
    )


def test_a_gate_alone_is_enough_to_ask_for_an_approval() -> None:
    gate = Gate("approval", open=False, reason="nobody yet", waits_for=("@acme/dba",))
    waits = replace(waiting()[1], gates=(gate,))
    assert headline(report(judged(COUPONS), targets=(waits,), needed=0)).next_step == (
        "Get 1 more approval of exactly this text from @acme/dba, then merge."
    )


def test_what_waits_says_its_risk_unless_it_is_low() -> None:
    made = report(judged(TYPE, REWRITE), targets=(STAGING_DONE, PRODUCTION_CLOSED), merged=True)
    assert headline(made).title == "1 migration waits for production, risk HIGH"


def test_what_an_author_allowed_is_as_risky_as_before() -> None:
    made = report(judged(INDEX, BLOCKING_INDEX.allow("the table is empty")))
    assert headline(made).title == "1 new migration, risk HIGH, nothing to fix"


def test_a_rollout_that_was_not_heard_of_again_is_not_waited_for() -> None:
    began = replace(waiting()[0], state=State.APPLYING, at=AT - timedelta(hours=7))
    said = headline(report(judged(COUPONS), targets=(began, waiting()[1]), merged=True))
    assert "was not heard of again" in said.sentence
    assert said.next_step.startswith("Run the deploy job again")
    fresh = replace(began, at=AT - timedelta(hours=5))
    moving = report(judged(COUPONS), targets=(fresh, waiting()[1]), merged=True)
    assert headline(moving).sentence == "`staging` is being migrated."


def test_a_rollback_that_says_nothing_of_itself_is_explained() -> None:
    bare = Progress("production", Kind.PRODUCTION, State.ROLLED_BACK)
    said = headline(report(judged(COUPONS), targets=(STAGING_DONE, bare), merged=True))
    assert said.sentence.endswith("what `production` had before is what it has now.")


@pytest.mark.parametrize("name", samples())
def test_a_next_step_never_has_more_than_three_commands(name: str) -> None:
    assert headline(samples()[name]).next_step.count("`") <= 6
