"""Judging what a branch adds, and parts of the history by name."""

from dataclasses import replace

import pytest

from bot.commands.check import chosen_rules
from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Severity, Verdict
from bot.core.settings import Settings
from bot.errors import UsageError
from bot.flows.reviewing.review import cut_named, review_change, review_named
from bot.rules.policy import policy_sql_size
from tests.fakes import NOON, FakeCheckout, history, world
from tests.flows.world import INIT, MORE, RISKY

CHECKOUT = FakeCheckout(history(INIT, RISKY), history(INIT))


def test_only_what_the_branch_adds_is_judged() -> None:
    review = review_change(CHECKOUT.change(None, NOON), world(CHECKOUT))

    assert [each.migration for each in review.migrations] == [RISKY]
    assert [each.rule for each in review.migrations[0].findings] == ["index-create-blocking"]
    assert review.verdict is Verdict.BLOCK


def test_without_a_base_everything_is_judged_and_the_table_is_new() -> None:
    review = review_change(CHECKOUT.everything(NOON), world(CHECKOUT))

    assert [each.migration.name for each in review.migrations] == [INIT.name, RISKY.name]


def test_the_configuration_decides_how_bad_it_is() -> None:
    def verdict(severity: Severity | None) -> Verdict:
        settings = Settings(severities={"index-create-blocking": severity})
        told = world(CHECKOUT, settings=settings)
        return review_change(CHECKOUT.change(None, NOON), told).verdict

    assert verdict(Severity.WARNING) is Verdict.WARN
    assert verdict(None) is Verdict.PASS


def test_migrations_are_judged_by_name_as_if_a_branch_had_just_added_them() -> None:
    whole = history(INIT, RISKY)
    review = review_named([RISKY.name], whole, world(CHECKOUT))

    assert review.verdict is Verdict.BLOCK
    (cut,) = cut_named([RISKY.name], whole, world(CHECKOUT))
    assert cut.statements == review.migrations[0].statements
    assert cut.findings == ()
    assert cut_named([], whole, world(CHECKOUT)) == ()


def test_what_came_after_a_migration_does_not_make_it_late() -> None:
    later = replace(MORE, name="20260301000000_later")
    review = review_named([MORE.name], history(INIT, MORE, later), world(CHECKOUT))

    assert "prisma-out-of-order" not in [each.rule for each in review.all_findings]


def test_names_are_judged_in_the_order_of_the_history() -> None:
    later = replace(MORE, name="20260301000000_later")
    judged = cut_named([later.name, INIT.name], history(INIT, MORE, later), world(CHECKOUT))

    assert [each.migration.name for each in judged] == [INIT.name, later.name]


def test_allowing_a_rule_that_is_left_out_this_time_is_no_mistake() -> None:
    allowed = replace(
        RISKY, sql=f"-- migration-bot: allow index-create-blocking because small\n{RISKY.sql}"
    )
    checkout = FakeCheckout(history(INIT, allowed), history(INIT))
    only = chosen_rules("suppression-problem")
    review = review_change(checkout.change(None, NOON), world(checkout), only)

    assert review.all_findings == ()


def test_a_baseline_is_replayed_and_not_judged() -> None:
    sql = "CREATE INDEX b ON users (name);"
    later = replace(RISKY, name="20260401000000_later", sql=sql)
    whole = FakeCheckout(history(INIT, RISKY, later))
    told = world(whole, settings=Settings(baseline=RISKY.name))
    review = review_change(whole.everything(NOON), told)

    assert [each.migration.name for each in review.migrations] == [later.name]
    assert [each.rule for each in review.all_findings] == ["index-create-blocking"]
    assert (review.baseline, review.accepted) == (RISKY.name, 2)


def test_a_baseline_that_is_no_migration_is_refused() -> None:
    told = world(CHECKOUT, settings=Settings(baseline="20260101000000_inti"))
    with pytest.raises(UsageError) as error:
        review_change(CHECKOUT.everything(NOON), told)

    assert error.value.hint == f"Did you mean {INIT.name}?"


def test_what_is_asked_for_by_name_is_judged_baseline_or_not() -> None:
    told = world(CHECKOUT, settings=Settings(baseline=RISKY.name))
    review = review_named([RISKY.name], history(INIT, RISKY), told)

    assert [each.migration for each in review.migrations] == [RISKY]


def test_exclusions_and_options_of_the_configuration_are_kept() -> None:
    settings = Settings(
        exclusions={"index-create-blocking": Exclusion(tables=("*",))},
        severities={"policy-sql-size": Severity.NOTICE},
        options={"policy-sql-size": policy_sql_size.Options(bytes=1)},
    )
    told = world(CHECKOUT, settings=settings)
    review = review_change(CHECKOUT.change(None, NOON), told)

    assert [each.rule for each in review.all_findings] == ["policy-sql-size"]
    assert review.excluded == 1
