"""What a target and the history disagree about, and what is advised."""

from dataclasses import replace

from bot.core.rollouts.checkpoint import Checkpoint
from bot.core.rollouts.disagreement import disagreements
from bot.core.rollouts.plan import Plan, make_plan
from tests.fakes import applied, migration

ONE = migration("20260101000000_one", "CREATE TABLE one()")
TWO = migration("20260102000000_two", "CREATE TABLE two()")
SQUASH = migration("000000000000_squashed", "CREATE TABLE one(); CREATE TABLE two()")


def test_a_plan_that_agrees_has_none_and_any_other_has_some() -> None:
    assert disagreements(make_plan("staging", [ONE, TWO], [applied(ONE)])) == []
    for plan in (
        Plan("x", modified=("a",)),
        Plan("x", missing=("a",)),
        Plan("x", failed=("a",)),
        Plan("x", out_of_order=("a",)),
        Plan("x", unbaselined=True),
    ):
        assert not plan.agrees
        (found,) = disagreements(plan)
        assert found.hint.endswith(":" if found.commands else ".")
        assert not found.message.endswith(".")


def test_prismas_codes_are_in_the_text() -> None:
    assert "P3005" in disagreements(Plan("x", unbaselined=True))[0].message
    assert "P3009" in disagreements(Plan("x", failed=("a",)))[0].message


def test_a_failed_one_says_since_when_and_why() -> None:
    row = replace(applied(ONE, finished=False), logs="ERROR: no such thing\nDETAIL: (1)=(secret)")
    (found,) = disagreements(make_plan("staging", [ONE], [row]))

    assert "was started on 2026-11-22 12:00 UTC" in found.message
    assert found.message.endswith(": no such thing")
    assert f"migration-bot resolve staging --applied {ONE.name}" in found.commands


def test_one_that_failed_beside_a_row_that_is_applied_can_only_be_rolled_back() -> None:
    rows = [applied(ONE), replace(applied(ONE, finished=False), logs="ERROR: again")]
    (found,) = disagreements(make_plan("staging", [ONE], rows))

    assert found.message.endswith("again, beside a row that says it is applied")
    assert found.commands == (f"migration-bot resolve staging --rolled-back {ONE.name}",)


def test_an_edited_one_points_at_the_text_that_was_applied() -> None:
    plan = make_plan("staging", [replace(ONE, sql="SELECT 2")], [applied(ONE)])
    (found,) = disagreements(plan, {ONE.name: "abcdef0123456789"})

    assert f"git diff abcdef012345 -- {ONE.path}" in found.commands


def test_a_renamed_one_is_to_be_renamed_back() -> None:
    plan = make_plan("staging", [replace(TWO, name="20260109000000_two")], [applied(TWO)])
    (found,) = disagreements(plan)

    assert f"Rename the folder 20260109000000_two back to {TWO.name}." == found.hint


def test_a_missing_one_that_is_applied_in_part_can_be_rolled_back() -> None:
    logs = Checkpoint(ONE.checksum, ("d",)).text()
    plan = make_plan("staging", [TWO], [replace(applied(ONE, finished=False), logs=logs)])
    (found,) = disagreements(plan)

    assert "applied in part there and missing" in found.message
    assert found.commands == (f"migration-bot resolve staging --rolled-back {ONE.name}",)


def test_a_squash_is_told_of_once_and_not_name_by_name() -> None:
    (found,) = disagreements(make_plan("staging", [SQUASH], [applied(ONE), applied(TWO)]))

    assert found.message.startswith("2 migrations that are applied there are missing")
    assert f"`migration-bot baseline staging --to {SQUASH.name}`" in found.advice
