"""What a History and a Change tell about themselves."""

from bot.core.history import Change, History
from bot.core.migration import Migration
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
