"""Which migrations are taken back, and the plan that points backwards."""

from dataclasses import replace

import pytest

from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rollouts.checkpoint import Before, Checkpoint
from bot.core.rollouts.plan import Plan, digest_of, make_plan
from bot.core.rollouts.rollback import (
    TAKEN_BACK,
    again,
    backwards,
    chosen,
    chosen_of,
    script_of,
    what_git_needs,
)
from bot.core.rollouts.standing import MigrationState
from bot.errors import HistoryError, UsageError
from tests.fakes import NOON, applied, migration

A, B, C = (migration(f"2026010{number}000000_{name}") for number, name in enumerate("abc", start=1))
DOWN = [script_of(each, f"-- back {each.name}") for each in (C, B)]


def plan(*rows: AppliedMigration, history: tuple[Migration, ...] = (A, B, C)) -> Plan:
    return make_plan("staging", history, rows)


def all_applied() -> Plan:
    return plan(applied(A), applied(B), applied(C))


def begun_back(each: Migration) -> AppliedMigration:
    checkpoint = Checkpoint("x", down=Before("2026-11-22T12:00:00+00:00"))
    return replace(applied(each, finished=False), logs=checkpoint.text())


def test_a_migration_stays_as_the_last_one() -> None:
    assert chosen(all_applied(), to=A.name).names == (C.name, B.name)
    assert chosen(all_applied(), to=C.name).names == ()


def test_so_many_are_counted_from_the_newest() -> None:
    assert chosen(all_applied(), steps=1).names == (C.name,)
    assert chosen(all_applied(), steps=3).to is None


@pytest.mark.parametrize("given", [{}, {"to": A.name, "steps": 1}], ids=["neither", "both"])
def test_how_far_has_to_be_said_once(given: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="how far") as error:
        chosen(all_applied(), **given)  # type: ignore[arg-type]

    assert f"{C.name}, {B.name}, {A.name}" in error.value.hint


@pytest.mark.parametrize("steps", [0, -1, 4])
def test_more_than_there_is_cannot_be_taken_back(steps: int) -> None:
    with pytest.raises(UsageError, match="has 3 migrations"):
        chosen(all_applied(), steps=steps)


def test_a_name_that_is_not_applied_has_a_near_one() -> None:
    with pytest.raises(UsageError, match="is not applied") as error:
        chosen(all_applied(), to="20260101000000_aa")

    assert A.name in error.value.hint


def test_what_is_still_to_be_applied_is_no_step() -> None:
    assert chosen(plan(applied(A), applied(B)), steps=1).names == (B.name,)


def test_what_is_applied_in_part_is_brought_to_its_end_first() -> None:
    half = replace(applied(B, finished=False), logs=Checkpoint(B.checksum).text())

    with pytest.raises(HistoryError, match="applied in part") as error:
        chosen(plan(applied(A), half), steps=1)

    assert "migration-bot apply staging" in error.value.hint


def test_what_a_pull_request_brought_must_be_on_top() -> None:
    assert chosen_of(all_applied(), [C.name]).names == (C.name,)
    with pytest.raises(HistoryError, match="_c on top of"):
        chosen_of(all_applied(), [B.name])


def test_a_plan_that_points_backwards_agrees_with_what_is_pending() -> None:
    turned = backwards(plan(applied(A), applied(B)), [DOWN[1]])

    assert turned.agrees
    assert [each.path for each in turned.pending] == [f"prisma/migrations/{B.name}/down.sql"]


def test_what_was_taken_back_already_is_left_out() -> None:
    gone = replace(applied(C), finished_at=None, rolled_back_at=NOON)

    assert [each.name for each in backwards(plan(applied(A), applied(B), gone), DOWN).pending] == [
        B.name
    ]


def test_what_was_begun_to_be_taken_back_goes_on_and_keeps_a_deploy_out() -> None:
    half = plan(applied(A), applied(B), begun_back(C))

    assert half.standings[2].state is MigrationState.ROLLING_BACK
    assert half.pending == ()
    assert not half.agrees
    turned = backwards(half, DOWN)
    assert turned.agrees
    assert turned.interrupted == (C.name,)


def test_something_newer_than_the_choice_stops_it() -> None:
    with pytest.raises(HistoryError, match="_c on top of"):
        backwards(all_applied(), [DOWN[1]])


def test_the_digest_tells_the_direction_the_texts_and_their_order() -> None:
    digests = {
        digest_of(DOWN),
        digest_of(DOWN, backwards=True),
        digest_of(DOWN[::-1], backwards=True),
        digest_of([DOWN[0], script_of(B, "-- other")], backwards=True),
        backwards(all_applied(), DOWN).digest,
    }

    assert len(digests) == 4


def test_what_was_taken_back_and_is_the_same_is_named_before_it_is_applied_again() -> None:
    note = f"{TAKEN_BACK} It had been applied at noon."
    gone = replace(applied(C), finished_at=None, rolled_back_at=NOON, logs=note)

    assert again(plan(applied(A), applied(B), gone)) == (C.name,)
    assert again(plan(applied(A), applied(B), replace(gone, checksum="0" * 64))) == ()
    assert again(plan(applied(A), applied(B), replace(gone, logs=None))) == ()


def test_git_is_told_which_folders() -> None:
    said = what_git_needs([C.name], "prisma/migrations", "staging")

    assert f"delete prisma/migrations/{C.name}" in said
    assert "staging applies it again" in said
