import pytest

from bot.core.findings.rule import Hit
from bot.core.migrations.history import History
from bot.rules.history import prisma_deleted_migration as rule
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
    migration,
)

THIRD = "20260103000000_third"


def test_a_deleted_migration_is_told_with_the_way_back() -> None:
    assert hits(rule, change(history(FIRST))) == [
        Hit(
            f"This deletes {SECOND}, which is already in main.",
            path=f"{FOLDER}/{SECOND}/migration.sql",
            fix=f"git checkout origin/main -- {FOLDER}/{SECOND}",
        )
    ]


def test_a_deleted_script_is_told_when_the_folder_stays() -> None:
    (hit,) = hits(rule, change(history(FIRST, incomplete=[SECOND])))
    assert hit.message == f"This deletes the migration.sql of {SECOND}, which is already in main."


def test_a_renamed_migration_is_told_with_the_old_name() -> None:
    text = migration(SECOND).sql.replace("\n", "\r\n")
    assert hits(rule, change(history(FIRST, texts={NEW: text}))) == [
        Hit(
            f"{SECOND} is already in main, and was renamed to {NEW}.",
            path=f"{FOLDER}/{NEW}/migration.sql",
            fix=f"git mv -- {FOLDER}/{NEW} {FOLDER}/{SECOND}",
        )
    ]


def test_a_deletion_beside_another_new_migration_is_no_renaming() -> None:
    (hit,) = hits(rule, change(history(FIRST, NEW)))
    assert hit.message.startswith("This deletes")


def test_two_empty_scripts_are_no_renaming() -> None:
    base = history(FIRST, texts={SECOND: "\n"})
    (hit,) = hits(rule, change(history(FIRST, texts={NEW: "\n"}), base))
    assert hit.message.startswith("This deletes")


def test_a_copy_of_a_migration_that_stays_is_no_renaming() -> None:
    text = migration(SECOND).sql
    assert hits(rule, change(history(FIRST, SECOND, texts={NEW: text}))) == []


def test_many_replaced_by_one_baseline_are_one_hit() -> None:
    base = history(FIRST, SECOND, THIRD)
    (hit,) = hits(rule, change(history("0_init", THIRD), base))
    assert hit.message == "0_init takes the place of the first 2 migrations of main."
    assert hit.fix is not None
    assert "`migration-bot baseline TARGET --to 0_init`" in hit.fix


def test_a_baseline_that_leaves_a_gap_is_no_replacement() -> None:
    base = history(FIRST, SECOND, THIRD)
    assert len(hits(rule, change(history("0_init", FIRST), base))) == 2


@pytest.mark.parametrize(
    "head",
    [MERGED, history(FIRST, SECOND, NEW), history(texts={FIRST: "", SECOND: "SELECT 1;"})],
    ids=["nothing", "added", "edited"],
)
def test_other_changes_are_quiet(head: History) -> None:
    assert hits(rule, change(head)) == []


@pytest.mark.parametrize("path", [f"{SECOND}/migration.sql", SECOND])
def test_what_cannot_be_read_is_not_called_deleted(path: str) -> None:
    assert hits(rule, change(history(FIRST, unreadable={path: "Permission denied"}))) == []


def test_what_the_base_has_gained_since_is_not_deleted() -> None:
    assert hits(rule, change(history(FIRST), behind=[SECOND])) == []


def test_a_merged_folder_without_script_may_go() -> None:
    assert hits(rule, change(MERGED, history(FIRST, SECOND, incomplete=[THIRD]))) == []


def test_without_a_base_nothing_is_deleted() -> None:
    assert hits(rule, everything(history(FIRST))) == []
