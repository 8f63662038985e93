"""What a History and a Change tell about themselves."""

import pytest

from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import Migration
from bot.errors import UsageError
from tests.rules.history.changes import FIRST, FOLDER, NEW, NOW, SECOND, history


def test_names_are_those_of_every_folder_in_prismas_order() -> None:
    made = history(FIRST, "0_init", "b", "A", incomplete=["20260101120000_empty"])
    assert made.names == ("0_init", FIRST, "20260101120000_empty", "A", "b")


def test_a_migration_is_found_by_its_name() -> None:
    made = history(FIRST, SECOND)
    assert made.find(SECOND) is made.migrations[1]
    assert made.find(NEW) is None
    assert made.newest is made.migrations[1]
    assert History(FOLDER).newest is None


def test_paths_begin_with_the_folder_if_there_is_one() -> None:
    assert history().path_of(FIRST) == f"{FOLDER}/{FIRST}/migration.sql"
    assert history().path_of(FIRST, "") == f"{FOLDER}/{FIRST}"
    assert history().lock_path == f"{FOLDER}/migration_lock.toml"
    assert History("").path_of(FIRST) == f"{FIRST}/migration.sql"
    assert History("").lock_path == "migration_lock.toml"


def test_histories_with_the_same_content_are_equal_whatever_was_asked_of_them() -> None:
    asked, fresh = history(FIRST), history(FIRST)
    assert asked.find(FIRST)
    assert asked.names
    assert asked == fresh


def added(change: Change) -> list[str]:
    return [migration.name for migration in change.added]


def test_what_the_base_does_not_have_is_added() -> None:
    change = Change(head=history(FIRST, NEW), now=NOW, base=history(FIRST))
    assert added(change) == [NEW]
    assert isinstance(change.added[0], Migration)


def test_without_a_base_everything_is_added() -> None:
    assert added(Change(head=history(FIRST, NEW), now=NOW)) == [FIRST, NEW]


def test_what_the_base_has_deleted_since_is_not_added() -> None:
    change = Change(
        head=history(FIRST, SECOND, NEW), now=NOW, base=history(SECOND), behind=frozenset({FIRST})
    )
    assert added(change) == [NEW]


def test_a_merged_folder_that_gets_its_script_is_added() -> None:
    change = Change(head=history(FIRST), now=NOW, base=history(incomplete=[FIRST]))
    assert added(change) == [FIRST]
    assert change.added_names == (FIRST,)


def test_a_merged_folder_that_still_has_no_script_is_not_added() -> None:
    head = history(NEW, incomplete=[FIRST])
    change = Change(head=head, now=NOW, base=history(incomplete=[FIRST]))
    assert change.added_names == (NEW,)


def test_an_added_folder_without_script_is_an_added_name_only() -> None:
    change = Change(head=history(FIRST, incomplete=[NEW]), now=NOW, base=history(FIRST))
    assert added(change) == []
    assert change.added_names == (NEW,)


BASELINE = "20240201000000_b"


def test_with_a_baseline_only_what_follows_it_is_added() -> None:
    everything = Change(history("20240101000000_a", BASELINE, "20240301000000_c"), NOW)
    change = everything.after(BASELINE)

    assert change.accepted == ("20240101000000_a", BASELINE)
    assert [each.name for each in change.added] == ["20240301000000_c"]
    assert change.added_names == ("20240301000000_c",)


def test_what_the_base_has_before_its_baseline_is_no_cover_for_an_old_name() -> None:
    """Else a pull request could bring an unjudged migration by giving it an old time."""
    head = history("20240101000000_a", "20240115000000_sneaky", BASELINE)
    change = Change(head, NOW, base=history("20240101000000_a", BASELINE)).after(BASELINE)

    assert change.accepted == ()
    assert [each.name for each in change.added] == ["20240115000000_sneaky"]


def test_the_pull_request_that_brings_the_baseline_is_spared_thehistory() -> None:
    head = history("20240101000000_a", BASELINE, "20240301000000_c")
    change = Change(head, NOW, base=history()).after(BASELINE)

    assert [each.name for each in change.added] == ["20240301000000_c"]


def test_a_baseline_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError) as error:
        Change(history(BASELINE), NOW).after("20240201000000_bb")

    assert "20240201000000_bb is no migration of prisma/migrations" in error.value.message
    assert error.value.hint == f"Did you mean {BASELINE}?"


def test_a_baseline_that_the_branch_deletes_still_counts() -> None:
    head = history("20240101000000_a", "20240301000000_c")
    change = Change(head, NOW, base=history("20240101000000_a", BASELINE)).after(BASELINE)

    assert [each.name for each in change.added] == ["20240301000000_c"]
