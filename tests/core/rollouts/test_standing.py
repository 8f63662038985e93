"""Where each migration stands, for every way in which rows and texts can be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.migration import AppliedMigration, Migration, sort_key
from bot.core.rollouts.checkpoint import Checkpoint
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.standing import MigrationState as State
from bot.core.rollouts.standing import squash_in, standings_of
from tests.fakes import NOON, applied, marked, migration

ONE = migration("20260101000000_one", "CREATE TABLE one()")
TWO = migration("20260102000000_two", "CREATE TABLE two()")
THREE = migration("20260103000000_three", "CREATE TABLE three()")
SQUASH = migration("000000000000_squashed", "CREATE TABLE one(); CREATE TABLE two()")
EARLIER, LATER = NOON - timedelta(days=1), NOON + timedelta(days=1)


def unfinished(each: Migration, logs: str | None = None) -> AppliedMigration:
    return replace(applied(each, finished=False), logs=logs)


def ours(each: Migration) -> AppliedMigration:
    return unfinished(each, Checkpoint(each.checksum, ("d",)).text())


def rolled_back(row: AppliedMigration) -> AppliedMigration:
    return replace(row, rolled_back_at=NOON)


def crlf(each: Migration) -> AppliedMigration:
    text = each.sql.replace("\n", "\r\n")
    return replace(applied(each), checksum=replace(each, sql=text).checksum)


LINES = migration(TWO.name, "CREATE TABLE two(\n);\n")
CASES: dict[str, tuple[list[Migration], list[AppliedMigration], State]] = {
    "no row": ([TWO], [], State.PENDING),
    "finished": ([TWO], [applied(TWO)], State.APPLIED),
    "finished with other line ends": ([LINES], [crlf(LINES)], State.APPLIED),
    "marked by resolve": ([TWO], [marked(TWO)], State.MARKED),
    "another text": ([TWO], [applied(migration(TWO.name, "SELECT 1"))], State.EDITED),
    "marked, and another text now": (
        [TWO],
        [marked(migration(TWO.name, "SELECT 1"))],
        State.EDITED,
    ),
    "unfinished": ([TWO], [unfinished(TWO, "ERROR: no")], State.FAILED),
    "unfinished and begun by us": ([TWO], [ours(TWO)], State.INTERRUPTED),
    "begun by us twice": ([TWO], [ours(TWO), ours(TWO)], State.FAILED),
    "finished and unfinished": ([TWO], [applied(TWO), ours(TWO)], State.FAILED),
    "begun by us after a rollback": (
        [TWO],
        [rolled_back(unfinished(TWO)), ours(TWO)],
        State.INTERRUPTED,
    ),
    "rolled back": ([TWO], [rolled_back(unfinished(TWO))], State.ROLLED_BACK),
    "finished and rolled back": ([TWO], [rolled_back(applied(TWO))], State.ROLLED_BACK),
    "rolled back, then applied with another text": (
        [TWO],
        [rolled_back(unfinished(migration(TWO.name, "SELECT 1"))), applied(TWO)],
        State.APPLIED,
    ),
    "older than what is applied": ([TWO, THREE], [applied(THREE)], State.OUT_OF_ORDER),
    "rolled back and older": (
        [TWO, THREE],
        [rolled_back(applied(TWO)), applied(THREE)],
        State.OUT_OF_ORDER,
    ),
    "no folder": ([THREE], [applied(TWO)], State.MISSING),
    "begun by us, no folder": ([THREE], [ours(TWO)], State.MISSING),
    "failed, no folder": ([THREE], [unfinished(TWO)], State.FAILED),
    "rolled back, no folder": ([THREE], [rolled_back(unfinished(TWO))], State.ABANDONED),
    "applied before a squash was marked": (
        [SQUASH],
        [replace(applied(TWO), started_at=EARLIER), marked(SQUASH)],
        State.REPLACED,
    ),
    "applied after a squash was marked": (
        [SQUASH],
        [replace(applied(TWO), started_at=LATER), marked(SQUASH)],
        State.MISSING,
    ),
    "applied before the first one was run": (
        [SQUASH],
        [replace(applied(TWO), started_at=EARLIER), replace(applied(SQUASH))],
        State.MISSING,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_migration_is_in_the_state_that_its_rows_and_its_text_say(case: str) -> None:
    history, rows, state = CASES[case]
    standings = {each.name: each for each in standings_of(history, rows)}

    assert standings[TWO.name].state is state
    assert standings[TWO.name].rows == sum(row.name == TWO.name for row in rows)


@pytest.mark.parametrize("row", [unfinished(TWO), ours(TWO)])
def test_while_somebody_holds_the_lock_what_is_unfinished_is_running(row: AppliedMigration) -> None:
    plan = make_plan("staging", [ONE, TWO], [applied(ONE), row], running=True)

    assert plan.running == (TWO.name,)
    assert plan.agrees
    assert (plan.failed, plan.interrupted) == ((), ())


def test_a_missing_one_whose_text_is_pending_under_another_name_was_renamed() -> None:
    renamed = replace(TWO, name="20260109000000_two")
    (standing,) = standings_of([renamed], [applied(TWO)])[:1]

    assert (standing.state, standing.twin) == (State.MISSING, renamed.name)
    assert standings_of([THREE], [applied(TWO)])[0].twin is None


def test_a_new_first_migration_in_the_place_of_several_applied_ones_looks_like_a_squash() -> None:
    old, new = [applied(ONE), applied(TWO)], replace(applied(THREE), started_at=LATER)

    for history, rows in (([SQUASH], old), ([SQUASH, THREE], [*old, new])):
        plan = make_plan("staging", history, rows)
        assert plan.squash == SQUASH.name
        assert plan.out_of_order == ()
        assert plan.missing == (ONE.name, TWO.name)
        assert not plan.agrees
        assert {each.name: each.state for each in plan.standings}[SQUASH.name] is State.PENDING


@pytest.mark.parametrize(
    ("history", "rows"),
    [
        ([SQUASH], [applied(ONE)]),
        ([SQUASH], []),
        ([], [applied(ONE), applied(TWO)]),
        ([SQUASH], [applied(ONE), ours(TWO)]),
        ([SQUASH], [applied(ONE), applied(TWO), rolled_back(unfinished(SQUASH))]),
        ([SQUASH, ONE], [applied(ONE), applied(TWO), applied(THREE)]),
    ],
    ids=["one", "none", "no history", "one is begun", "tried before", "mixed with what is kept"],
)
def test_what_only_resembles_a_squash_is_none(
    history: list[Migration], rows: list[AppliedMigration]
) -> None:
    assert squash_in(history, standings_of(history, rows)) is None


names = st.integers(0, 12).map(lambda day: f"202601{day + 1:02}000000_m{day}")
histories = st.lists(names, unique=True, max_size=8).map(
    lambda found: [migration(name, f"-- {name}") for name in sorted(found, key=sort_key)]
)
rows_of = st.builds(
    lambda name, make, shift, other: replace(
        make(migration(name, "-- other" if other else f"-- {name}")),
        started_at=NOON + timedelta(hours=shift),
    ),
    names,
    st.sampled_from(
        [applied, marked, unfinished, ours, lambda each: rolled_back(unfinished(each))]
    ),
    st.integers(-5, 5),
    st.booleans(),
)


@given(histories, st.lists(rows_of, max_size=12), st.booleans())
def test_every_migration_of_history_and_target_is_in_exactly_one_state(
    history: list[Migration], rows: list[AppliedMigration], running: bool
) -> None:
    plan = make_plan("staging", history, rows, running=running)
    folders, recorded = {each.name for each in history}, {row.name for row in rows}

    assert [each.name for each in plan.standings] == sorted(folders | recorded, key=sort_key)
    state = {each.name: each.state for each in plan.standings}
    pending = {each.name for each in plan.pending}
    stopping = {*plan.modified, *plan.missing, *plan.failed, *plan.out_of_order}
    assert plan.agrees == (not stopping)
    assert pending <= folders
    assert not pending & set(plan.applied)
    for name in folders:
        is_settled = state[name] in (State.APPLIED, State.MARKED, State.EDITED)
        is_elsewhere = state[name] in (State.FAILED, State.RUNNING)
        assert is_settled + (name in pending) + (is_elsewhere and name not in pending) == 1
    for name in recorded - folders:
        assert state[name] in (
            State.MISSING,
            State.REPLACED,
            State.ABANDONED,
            State.FAILED,
            State.RUNNING,
        )
    # Prisma's deploy takes the same for applied, failed and pending (apply_migrations.rs).
    live = [row for row in rows if row.rolled_back_at is None]
    failing = {row.name for row in live if row.finished_at is None}
    assert failing == {
        name
        for name, each in state.items()
        if each in (State.FAILED, State.RUNNING, State.INTERRUPTED)
    } | {each.name for each in plan.standings if each.state is State.MISSING and each.checkpoint}
    assert pending - failing == folders - {row.name for row in live}
