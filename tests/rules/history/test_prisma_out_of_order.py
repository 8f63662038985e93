import pytest

from bot.core.findings.rule import Hit
from bot.core.migrations.history import History
from bot.rules.history import prisma_out_of_order as rule
from tests.rules.history.changes import (
    FIRST,
    FOLDER,
    MERGED,
    NEW,
    SECOND,
    change,
    everything,
    history,
    hits,
)

LATE = "20260101120000_late"


def test_a_late_migration_is_told_with_the_command_that_mends_it() -> None:
    assert hits(rule, change(history(FIRST, SECOND, LATE))) == [
        Hit(
            f"{LATE} sorts before {SECOND}, which is already in main.",
            path=f"{FOLDER}/{LATE}/migration.sql",
            fix=f"git mv -- {FOLDER}/{LATE} {FOLDER}/20260301120000_late",
        )
    ]


def test_several_late_ones_keep_their_order() -> None:
    found = hits(rule, change(history(FIRST, SECOND, LATE, "20251201000000_b")))
    assert [hit.fix.rpartition("/")[2] for hit in found if hit.fix] == [
        "20260301120000_b",
        "20260301120001_late",
    ]


def test_a_late_folder_without_script_is_late_too() -> None:
    assert len(hits(rule, change(history(FIRST, SECOND, incomplete=[LATE])))) == 1


def test_of_one_second_the_lesser_name_is_late() -> None:
    assert len(hits(rule, change(history(FIRST, SECOND, "20260102000000_a")))) == 1
    assert hits(rule, change(history(FIRST, SECOND, "20260102000000_z"))) == []


def test_a_late_one_is_compared_with_the_tip_and_not_with_what_the_branch_has() -> None:
    made = change(history(FIRST, LATE), history(FIRST, SECOND), behind=[SECOND])
    assert len(hits(rule, made)) == 1


@pytest.mark.parametrize(
    "head",
    [
        MERGED,
        history(FIRST, SECOND, NEW),
        history(FIRST, SECOND, NEW, "20260301100001_more"),
        history(FIRST),
        history(FIRST, SECOND, "Unstamped"),
    ],
    ids=["nothing", "newer", "several", "deleted", "another fault"],
)
def test_other_changes_are_quiet(head: History) -> None:
    assert hits(rule, change(head)) == []


def test_a_new_history_has_no_order_to_keep() -> None:
    assert hits(rule, change(history(LATE, FIRST), history())) == []


def test_what_is_merged_is_not_judged_again() -> None:
    base = history("zeta", FIRST, "Init", "0_init")
    assert hits(rule, change(history(*base.names, NEW), base)) == []


def test_what_the_base_has_deleted_since_is_not_late() -> None:
    assert hits(rule, change(history(LATE, SECOND), history(SECOND), behind=[LATE])) == []


def test_without_a_base_nothing_is_late() -> None:
    assert hits(rule, everything(history(LATE, SECOND))) == []
