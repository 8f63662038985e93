from dataclasses import replace
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.migration import AppliedMigration, Migration, sort_key
from bot.core.rollouts.checkpoint import Checkpoint
from bot.core.rollouts.plan import digest_of, make_plan
from tests.fakes import NOON, applied, migration

ONE = migration("20260101000000_one", "CREATE TABLE one()")
TWO = migration("20260102000000_two", "CREATE TABLE two()")
THREE = migration("20260103000000_three", "CREATE TABLE three()")


def test_what_has_no_row_is_pending_in_order() -> None:
    plan = make_plan("staging", [ONE, TWO, THREE], [applied(ONE)])

    assert plan.pending == (TWO, THREE)
    assert plan.applied == (ONE.name,)
    assert plan.agrees


def test_a_row_that_was_rolled_back_counts_as_never_applied() -> None:
    row = replace(applied(TWO), rolled_back_at=NOON)

    assert make_plan("staging", [ONE, TWO], [applied(ONE), row]).pending == (TWO,)


def test_a_failed_row_that_was_rolled_back_is_no_failure() -> None:
    row = replace(applied(TWO, finished=False), rolled_back_at=NOON)
    plan = make_plan("staging", [ONE, TWO], [applied(ONE), row])

    assert plan.failed == ()
    assert plan.pending == (TWO,)


def test_a_second_attempt_that_finished_is_applied() -> None:
    rows = [replace(applied(TWO, finished=False), rolled_back_at=NOON), applied(TWO)]

    assert make_plan("staging", [TWO], rows).applied == (TWO.name,)


def test_an_unfinished_row_is_failed_and_not_pending() -> None:
    plan = make_plan("staging", [ONE, TWO], [applied(ONE, finished=False)])

    assert plan.failed == (ONE.name,)
    assert plan.pending == (TWO,)
    assert not plan.agrees


def test_a_row_that_the_bot_began_is_pending_and_interrupted_not_failed() -> None:
    begun = replace(applied(TWO, finished=False), logs=Checkpoint("c", ("d",)).text())
    plan = make_plan("staging", [ONE, TWO], [applied(ONE), begun])

    assert (plan.pending, plan.interrupted, plan.failed) == ((TWO,), (TWO.name,), ())
    assert plan.agrees


def test_a_row_that_the_bot_began_without_a_folder_is_missing() -> None:
    begun = replace(applied(TWO, finished=False), logs=Checkpoint("c").text())
    plan = make_plan("staging", [ONE], [applied(ONE), begun])

    assert (plan.missing, plan.interrupted) == ((TWO.name,), ())
    assert not plan.agrees


def test_a_changed_text_is_modified_and_changed_line_ends_are_not() -> None:
    edited = replace(ONE, sql="CREATE TABLE other()")
    crlf = replace(TWO, sql="a\r\nb")
    row = replace(applied(TWO), checksum=replace(TWO, sql="a\nb").checksum)

    assert make_plan("staging", [edited], [applied(ONE)]).modified == (ONE.name,)
    assert make_plan("staging", [crlf], [row]).agrees


def test_a_row_without_a_folder_is_missing() -> None:
    assert make_plan("staging", [TWO], [applied(ONE), applied(TWO)]).missing == (ONE.name,)


def test_a_pending_migration_below_the_newest_applied_one_is_out_of_order() -> None:
    plan = make_plan("staging", [ONE, TWO, THREE], [applied(TWO)])

    assert plan.out_of_order == (ONE.name,)
    assert not plan.agrees


def test_a_newer_row_without_a_folder_puts_nothing_out_of_order() -> None:
    assert make_plan("staging", [ONE], [applied(THREE)]).out_of_order == ()


def test_the_digest_is_of_texts_and_order_alone() -> None:
    moved = replace(ONE, path="elsewhere/migration.sql", down="DROP TABLE one")

    assert digest_of([ONE, TWO]) == digest_of([moved, TWO])
    assert digest_of([ONE, TWO]) != digest_of([TWO, ONE])
    assert digest_of([ONE]) != digest_of([replace(ONE, sql="CREATE TABLE two()")])
    assert digest_of([ONE]) != digest_of([replace(ONE, name="20260101000000_other")])


def test_the_digest_of_a_text_never_changes_between_versions() -> None:
    """Somebody may hold yesterday's digest in their hand; see docs/reference for its making."""
    canonical = f'{{"migrations":[["{ONE.name}","{ONE.checksum}"]]}}'

    assert digest_of([ONE]) == "sha256:" + sha256(canonical.encode()).hexdigest()


names = st.integers(0, 30).map(lambda day: f"202601{day % 28 + 1:02}00000{day % 10}_m{day}")
histories = st.lists(names, unique=True, max_size=8).map(
    lambda found: [migration(name, f"-- {name}") for name in sorted(found, key=sort_key)]
)


@given(histories, st.data())
def test_every_migration_is_pending_applied_or_failed_and_never_two_of_them(
    history: list[Migration], data: st.DataObject
) -> None:
    rows: list[AppliedMigration] = [
        applied(each, finished=data.draw(st.booleans()))
        for each in history
        if data.draw(st.booleans())
    ]
    plan = make_plan("staging", history, rows)
    groups = [{each.name for each in plan.pending}, set(plan.applied), set(plan.failed)]

    assert set.union(*groups) == {each.name for each in history}
    assert sum(map(len, groups)) == len(history)
