"""New names keep the order, are free, and come after the base's newest."""

import shlex
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.migration import sort_key, timestamp_of, well_named
from bot.core.migrations.renaming import (
    FUTURE_TOLERANCE,
    Flaw,
    move_command,
    newest_merged,
    quoted,
    renamings,
    restore_command,
    slug_of,
)
from tests.rules.history.changes import (
    FIRST,
    FOLDER,
    NEW,
    NOW,
    SECOND,
    change,
    everything,
    history,
    without_ref,
)


def new_names(*names: str, base: tuple[str, ...] = (FIRST, SECOND)) -> dict[str, str | None]:
    made = change(history(*base, *names), history(*base))
    return {each.old: each.new for each in renamings(made)}


def test_good_names_are_left_alone() -> None:
    assert new_names() == {}
    assert new_names(NEW, "20260301100001_more") == {}


def test_a_late_one_gets_the_time_of_the_check() -> None:
    assert new_names("20251231000000_old") == {"20251231000000_old": "20260301120000_old"}


def test_a_late_one_follows_a_newest_that_is_ahead_of_the_clock() -> None:
    base = (FIRST, "20260302080000_ahead")
    assert new_names(NEW, base=base) == {NEW: "20260302080001_new"}


def test_several_late_ones_keep_their_order() -> None:
    assert new_names("20251231000000_b", "20251231000001_a") == {
        "20251231000000_b": "20260301120000_b",
        "20251231000001_a": "20260301120001_a",
    }


def test_one_that_was_in_order_follows_the_late_one_it_stood_after() -> None:
    made = change(history(FIRST, SECOND, "20251231000000_b", NEW), history(FIRST, SECOND))
    late, following = renamings(made)
    assert (late.flaw, following.flaw) == (Flaw.LATE, Flaw.FOLLOWS)
    assert following.new == "20260301120001_new"
    assert move_command(made, late) == (
        f"git mv -- {FOLDER}/20251231000000_b {FOLDER}/20260301120000_b\n"
        f"git mv -- {FOLDER}/{NEW} {FOLDER}/20260301120001_new"
    )


def test_a_later_one_stays_where_it_is() -> None:
    assert list(new_names("20251231000000_b", "20260301130000_c")) == ["20251231000000_b"]


def test_twins_are_a_second_apart() -> None:
    assert new_names("20260301100000_a", "20260301100000_b", "20260301100001_c") == {
        "20260301100000_b": "20260301100001_b",
        "20260301100001_c": "20260301100002_c",
    }


def test_a_name_with_a_good_time_keeps_it() -> None:
    assert new_names("20260301100000_AddUserName") == {
        "20260301100000_AddUserName": "20260301100000_add_user_name"
    }


def test_a_new_name_is_nobodys() -> None:
    assert new_names("20260301120000_x", "X") == {"X": "20260301120001_x"}
    assert new_names("20260301120000_a", "20260301120000_A")["20260301120000_A"] == (
        "20260301120001_a"
    )


def test_without_a_base_nothing_is_renamed_but_its_flaw_is_known() -> None:
    made = everything(history("0_init", "20261301000000_x", "Init"))
    found = renamings(made)
    assert [(each.flaw, each.new) for each in found] == [(Flaw.NO_DATE, None), (Flaw.PATTERN, None)]
    assert [move_command(made, each) for each in found] == [None, None]


def test_a_baseline_is_fine_as_the_first_of_all() -> None:
    assert new_names("0_init", base=()) == {}
    assert new_names("00000000000000_init", NEW, base=()) == {}


def test_a_baseline_in_front_of_merged_migrations_is_late() -> None:
    made = change(history("0_init", FIRST, SECOND), history(FIRST, SECOND))
    assert [(each.flaw, each.new) for each in renamings(made)] == [
        (Flaw.LATE, "20260301120000_init")
    ]


def test_a_baseline_in_the_place_of_merged_migrations_is_fine() -> None:
    assert renamings(change(history("0_init", SECOND), history(FIRST, SECOND))) == ()


def test_a_merged_name_without_time_does_not_make_everything_late() -> None:
    base = history(FIRST, "zeta", "20261399000000_nonsense")
    assert newest_merged(change(base, base)) == FIRST
    assert new_names(NEW, base=(FIRST, "zeta", "20261399000000_nonsense")) == {}


def test_the_last_second_there_is_does_no_harm() -> None:
    assert new_names(NEW, base=(FIRST, "99991231235959_end")) == {}


def test_times_of_early_years_are_written_in_full() -> None:
    assert new_names("00010101000000_a", "00010101000000_b", base=()) == {
        "00010101000000_b": "00010101000001_b"
    }


def test_a_time_ahead_is_borne_for_a_day() -> None:
    for ahead, fine in ((FUTURE_TOLERANCE, True), (FUTURE_TOLERANCE + timedelta(seconds=1), False)):
        name = f"{(NOW + ahead).replace(microsecond=0):%Y%m%d%H%M%S}_x"
        assert (new_names(name) == {}) is fine


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("20260301100000_add_orders", "add_orders"),
        ("20260301100000_AddOrders", "add_orders"),
        ("20260301100000-add orders", "add_orders"),
        ("20260301_add", "add"),
        ("20260301100000", "migration"),
        ("20260301100000_", "migration"),
        ("été", "t"),
        ("日本語", "migration"),
        ("V2__x", "v2_x"),
        ("20260301100000_2fa", "2fa"),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_commands_are_quoted_and_hold_no_hidden_characters() -> None:
    command = quoted("git", "mv", "--", "a b;$(reboot)'", "x")
    assert command is not None
    assert shlex.split(command) == ["git", "mv", "--", "a b;$(reboot)'", "x"]
    for hidden in ("\n", "\x1b[2J", "\u202e", "\u200b"):
        assert quoted("git", f"a{hidden}b") is None


def test_what_cannot_be_written_as_a_command_is_not() -> None:
    made = change(history(FIRST, SECOND, "a\nb"), history(FIRST, SECOND))
    (renaming,) = renamings(made)
    assert renaming.new == "20260301120000_a_b"
    assert move_command(made, renaming) is None


def test_a_path_is_restored_from_what_git_calls_the_base() -> None:
    made = change(history(FIRST))
    assert restore_command(made, "a b") == "git checkout origin/main -- 'a b'"
    assert restore_command(without_ref(made), "a b") is None


stamps = st.datetimes(datetime(2025, 12, 1), datetime(2026, 4, 1)).map(
    lambda at: f"{at:%Y%m%d%H%M%S}"
)
names = st.one_of(
    st.builds(str.__add__, stamps, st.sampled_from(["_a", "_b", "_A", "-c", "", " d"])),
    st.sampled_from(["0_init", "init", "Zeta", "20260399000000_x", "1_a"]),
)


@given(st.lists(names, unique=True, max_size=8), st.sets(stamps.map(lambda at: f"{at}_m")))
def test_all_new_names_are_good_distinct_late_enough_and_in_order(
    added: list[str], merged: set[str]
) -> None:
    made = change(history(*added, *merged), history(*merged))
    new = {each.old: each.new for each in renamings(made)}
    after = [new.get(name, name) for name in made.added_names]
    assert None not in after
    last = [str(name) for name in after]
    baselines = [name for name in last if not well_named(name)]
    assert baselines in ([], ["0_init"])
    assert last == sorted(last, key=sort_key)
    times = [timestamp_of(name) for name in last if name not in baselines]
    assert len(set(times)) == len(times)
    newest = newest_merged(made)
    assert all(newest is None or name > newest for name in new.values() if name)
