import pytest

from bot.core.findings.rule import Hit
from bot.rules.history import prisma_order_by_version as rule
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


def test_a_new_name_that_versions_of_prisma_sort_differently_is_told() -> None:
    head = history(FIRST, SECOND, "20260102_x")
    assert hits(rule, change(head)) == [
        Hit(
            f"20260102_x comes before {SECOND} from Prisma 6.6 on, and after it up to 6.5.",
            path=f"{FOLDER}/20260102_x/migration.sql",
        )
    ]


def test_it_is_told_when_others_stand_between() -> None:
    base = history("B", "C")
    (hit,) = hits(rule, change(history("B", "C", "a"), base))
    assert hit.message.startswith("a comes before B")


def test_each_pair_is_told_once() -> None:
    assert len(hits(rule, everything(history("0_init", "00000000000000_x")))) == 1


@pytest.mark.parametrize(
    "names",
    [
        (NEW,),
        ("0_init", NEW),
        ("20260301100000_a", "20260301100000_b"),
        ("20260301100000_a", "20260301100000_a_b"),
        ("zeta",),
    ],
)
def test_names_that_all_versions_sort_alike_are_quiet(names: tuple[str, ...]) -> None:
    assert hits(rule, change(history(FIRST, SECOND, *names))) == []


def test_good_names_of_one_second_may_still_be_sorted_differently() -> None:
    head = history(FIRST, SECOND, "20260301100000_a1", "20260301100000_a_b")
    assert len(hits(rule, change(head))) == 1


def test_merged_names_are_not_judged_again() -> None:
    base = history("0_init", "00000000000000_x", "a", "B")
    assert hits(rule, change(history(*base.names, "zz"), base)) == []


def test_nothing_is_nothing() -> None:
    assert hits(rule, change(MERGED)) == []
    assert hits(rule, everything(history())) == []
