from bot.core.findings.rule import Hit
from bot.rules.history import prisma_lock_file_missing as rule
from tests.rules.history.changes import FIRST, FOLDER, NEW, change, everything, history, hits

PATH = f"{FOLDER}/migration_lock.toml"
NONE = history(FIRST, provider=None)


def test_a_history_without_lock_file_is_told() -> None:
    assert hits(rule, everything(NONE)) == [Hit(f"{PATH} is missing.", path=PATH)]


def test_a_new_history_without_lock_file_is_told() -> None:
    assert len(hits(rule, change(NONE, history(provider=None)))) == 1


def test_a_lock_file_is_quiet_right_or_wrong() -> None:
    assert hits(rule, everything(history(FIRST))) == []
    assert hits(rule, everything(history(FIRST, provider="sqlite"))) == []
    assert hits(rule, everything(history(FIRST, provider=""))) == []


def test_a_base_without_lock_file_is_not_judged_again() -> None:
    assert hits(rule, change(history(FIRST, NEW, provider=None), NONE)) == []


def test_a_deleted_lock_file_is_another_rules() -> None:
    assert hits(rule, change(NONE, history(FIRST))) == []


def test_a_lock_file_that_cannot_be_read_is_another_rules() -> None:
    head = history(FIRST, provider=None, unreadable={"migration_lock.toml": "not a file"})
    assert hits(rule, everything(head)) == []


def test_an_empty_folder_needs_no_lock_file() -> None:
    assert hits(rule, everything(history(provider=None))) == []
