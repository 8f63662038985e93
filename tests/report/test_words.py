"""Numbers, times and effects in words."""

from datetime import datetime, timedelta, timezone

import pytest

from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.report import words
from tests.report.samples import COUPONS, INDEX, NOTE, TYPE, UNNAMED, judged, migration, statement


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0004, "0 ms"),
        (0.84, "840 ms"),
        (2.31, "2.3 s"),
        (61, "1 min 1 s"),
        (3599.9, "1 h 0 min"),
        (7260, "2 h 1 min"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_240_000_000, "1.2 GB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_sizes(size: int, said: str) -> None:
    assert words.size(size) == said


def test_counts_have_the_right_noun() -> None:
    assert words.count(1, "migration") == "1 migration"
    assert words.count(0, "migration") == "0 migrations"
    assert words.count(12000, "row") == "12,000 rows"
    assert words.count(2, "has", "have") == "2 have"


def test_lists_end_with_and() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_times_are_shown_in_utc() -> None:
    local = datetime(2026, 11, 22, 16, 0, tzinfo=timezone(timedelta(hours=2)))
    assert words.time(local) == "2026-11-22 14:00 UTC"


def test_a_new_table_keeps_nobody_waiting() -> None:
    assert words.effect(COUPONS) == "none"


def test_a_lock_that_is_soon_gone_blocks_briefly() -> None:
    assert words.effect(NOTE) == "briefly blocks reads and writes of `orders`"


def test_an_index_build_blocks_writes() -> None:
    assert words.effect(INDEX) == "blocks writes to `orders`"


def test_a_rewrite_is_named() -> None:
    assert words.effect(TYPE) == ("blocks reads and writes of `orders`; rewrites `orders`")


def test_the_strongest_lock_on_a_relation_counts() -> None:
    locks = (Lock("public.a", LockMode.SHARE), Lock("public.a", LockMode.ACCESS_EXCLUSIVE))
    made = migration("x", statement("LOCK a", effects=Effects(locks=locks)))
    assert words.effect(made) == "briefly blocks reads and writes of `a`"


def test_relations_are_told_together_by_what_is_blocked() -> None:
    locks = (
        *(Lock(f"public.{name}", LockMode.ACCESS_EXCLUSIVE) for name in ("b", "a")),
        *(Lock(f"app.{name}", LockMode.SHARE) for name in "wxyz"),
    )
    made = migration("x", statement("ALTER TABLE a", effects=Effects(locks=locks)))
    assert words.effect(made) == (
        "briefly blocks reads and writes of `a` and `b`, and writes to `app.w`, `app.x` and 2 more"
    )


def test_a_weak_lock_is_not_worth_a_word() -> None:
    effects = Effects(locks=(Lock("public.a", LockMode.SHARE_UPDATE_EXCLUSIVE),))
    assert words.effect(migration("x", statement("ANALYZE a", effects=effects))) == "none"


def test_a_lock_held_while_rows_are_changed_is_not_brief() -> None:
    lock = Effects(locks=(Lock("public.a", LockMode.ACCESS_EXCLUSIVE),))
    made = migration("x", statement("ALTER TABLE a", effects=lock), statement("UPDATE a SET b = 1"))
    assert words.effect(made) == "blocks reads and writes of `a`"


def test_what_cannot_be_foreseen_is_said() -> None:
    effects = Effects(understood=False, loses=("public.a.b",))
    assert words.effect(migration("x", statement("DO $$", effects=effects))) == (
        "deletes `a.b`; not all of it can be foreseen"
    )
    assert words.effect(migration("unread")) == "not all of it can be foreseen"


def test_the_gravest_finding_that_counts_is_the_worst() -> None:
    assert words.worst([UNNAMED.allow("fine")]) is None
    assert words.gravity(judged(NOTE, UNNAMED)) == 2
    assert words.gravity(NOTE) == 3


def test_a_clipped_text_ends_with_an_ellipsis() -> None:
    assert words.clipped("abcdef", 6) == "abcdef"
    assert words.clipped("abcdefg", 6) == "abcde…"


def test_a_timestamp_is_told_from_the_name_it_stands_before() -> None:
    assert words.stamp_and_name("20261120090000_add_coupons") == ("20261120090000", "add_coupons")
    assert words.stamp_and_name("2026_add_coupons") == ("", "2026_add_coupons")
    assert words.stamp_and_name("20261120090000_Add-Coupons") == ("", "20261120090000_Add-Coupons")
