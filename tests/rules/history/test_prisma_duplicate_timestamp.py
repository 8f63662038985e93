import pytest

from bot.core.findings.rule import Hit
from bot.core.migrations.history import History
from bot.rules.history import prisma_duplicate_timestamp as rule
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

TWIN = "20260301100000_twin"


def test_the_later_of_two_new_ones_is_told() -> None:
    assert hits(rule, change(history(FIRST, SECOND, NEW, TWIN))) == [
        Hit(
            f"{TWIN} carries the same time as {NEW}.",
            path=f"{FOLDER}/{TWIN}/migration.sql",
            fix=f"git mv -- {FOLDER}/{TWIN} {FOLDER}/20260301100001_twin",
        )
    ]


def test_a_twin_of_the_newest_merged_one_is_told() -> None:
    (hit,) = hits(rule, change(history(FIRST, SECOND, "20260102000000_z")))
    assert hit.message == f"20260102000000_z carries the same time as {SECOND}."


def test_a_twin_of_one_the_branch_does_not_have_yet_is_told() -> None:
    (hit,) = hits(rule, change(history(FIRST, "20260102000000_z"), behind=[SECOND]))
    assert hit.message == f"20260102000000_z carries the same time as {SECOND}."


def test_without_a_base_twins_are_told_without_a_command() -> None:
    (hit,) = hits(rule, everything(history(NEW, TWIN)))
    assert hit.fix is None


@pytest.mark.parametrize(
    "head",
    [
        MERGED,
        history(FIRST, SECOND, NEW),
        history(FIRST, SECOND, NEW, "20260301100001_twin"),
        history(FIRST, SECOND, "20260301_a", "20260301_b"),
        history(FIRST, SECOND, "a", "b"),
    ],
    ids=["nothing", "one", "a second apart", "no time", "no digits"],
)
def test_other_changes_are_quiet(head: History) -> None:
    assert hits(rule, change(head)) == []


def test_merged_twins_are_not_judged_again() -> None:
    base = history(NEW, TWIN)
    assert hits(rule, change(history(NEW, TWIN, "20260301100005_x"), base)) == []
