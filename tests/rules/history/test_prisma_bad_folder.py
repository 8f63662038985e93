import pytest

from bot.core.findings.rule import Hit
from bot.core.migrations.history import History
from bot.rules.history import prisma_bad_folder as rule
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


def messages(head: History, base: History | None = MERGED) -> list[str]:
    return [hit.message for hit in hits(rule, change(head, base))]


def test_a_name_without_a_time_is_told_with_a_better_one() -> None:
    assert hits(rule, change(history(FIRST, SECOND, "AddOrders"))) == [
        Hit(
            "AddOrders is not named with fourteen digits, an underscore and lower-case words.",
            path=f"{FOLDER}/AddOrders/migration.sql",
            fix=f"git mv -- {FOLDER}/AddOrders {FOLDER}/20260301120000_add_orders",
        )
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("20261301000000_x", "are no date"),
        ("20260230000000_x", "are no date"),
        ("20260303120000_x", "still to come"),
        ("20260301100000", "is not named"),
        ("20260301_x", "is not named"),
        (".hidden", "is not named"),
        ("1_init", "is not named"),
    ],
)
def test_names_that_are_told(name: str, words: str) -> None:
    (message,) = messages(history(FIRST, SECOND, name))
    assert words in message


@pytest.mark.parametrize("name", [NEW, "20260301100000_2", "20260302110000_local_time"])
def test_names_that_are_quiet(name: str) -> None:
    assert messages(history(FIRST, SECOND, name)) == []


@pytest.mark.parametrize("name", ["0_init", "000000000000_squashed_migrations", "00000000000000_x"])
def test_a_baseline_as_the_first_of_all_is_quiet(name: str) -> None:
    assert messages(history(name, NEW), history()) == []
    assert hits(rule, everything(history(name, NEW))) == []


def test_odd_names_that_are_merged_are_not_judged_again() -> None:
    base = history("Init", "2019_x", "20269999000000_x", texts={"20250101000000_empty": ""})
    assert messages(base, base) == []


def test_a_base_that_is_ahead_of_the_clock_takes_its_followers_along() -> None:
    base = history("20270101000000_ahead")
    assert messages(history("20270101000000_ahead", "20270101000001_x"), base) == []


def test_without_a_base_odd_names_are_told_without_a_command() -> None:
    (hit,) = hits(rule, everything(history("Init", FIRST)))
    assert hit.fix is None


def test_a_folder_without_script_is_told_merged_or_not() -> None:
    told = [f"{NEW} has no migration.sql."]
    assert messages(history(FIRST, SECOND, incomplete=[NEW])) == told
    base = history(FIRST, SECOND, incomplete=[NEW])
    assert messages(base, base) == told


def test_a_script_under_another_name_is_told_with_the_right_one() -> None:
    head = history(FIRST, SECOND, incomplete=[NEW], strays=[f"{NEW}/Migration.SQL"])
    (hit,) = hits(rule, change(head))
    assert hit.fix == f"git mv -- {FOLDER}/{NEW}/Migration.SQL {FOLDER}/{NEW}/migration.sql"


def test_of_two_scripts_under_other_names_none_is_chosen() -> None:
    strays = [f"{NEW}/Migration.sql", f"{NEW}/up.sql"]
    (hit,) = hits(rule, change(history(FIRST, SECOND, incomplete=[NEW], strays=strays)))
    assert hit.fix == "Add the file, or delete the folder."


def test_a_deleted_script_is_another_rules() -> None:
    assert messages(history(FIRST, incomplete=[SECOND])) == []


@pytest.mark.parametrize("text", ["", " \n\t\r\n", ";", "\ufeff", "-- This is an empty migration."])
def test_an_empty_script_is_told(text: str) -> None:
    head = history(FIRST, SECOND, texts={NEW: text})
    assert messages(head) == [f"The migration.sql of {NEW} is empty."]


@pytest.mark.parametrize("text", ["SELECT 1", "-- Emptied on purpose: see #12\n", "/* */"])
def test_a_script_with_something_in_it_is_quiet(text: str) -> None:
    assert messages(history(FIRST, SECOND, texts={NEW: text})) == []


def test_what_cannot_be_read_is_told_with_the_reason() -> None:
    head = history(FIRST, SECOND, unreadable={f"{NEW}/migration.sql": "larger than 10 MB"})
    assert messages(head) == [f"{FOLDER}/{NEW}/migration.sql cannot be read: larger than 10 MB."]


def test_of_what_was_unreadable_before_only_scripts_are_told_again() -> None:
    unreadable = {"linked": "a link", f"{NEW}/down.sql": "a link", f"{NEW}/migration.sql": "a link"}
    base = history(FIRST, unreadable=unreadable)
    assert messages(base, base) == [f"{FOLDER}/{NEW}/migration.sql cannot be read: a link."]


def test_a_link_that_git_calls_a_stray_is_not_new() -> None:
    head = history(FIRST, unreadable={"linked": "a link"})
    assert messages(head, history(FIRST, strays=["linked"])) == []


def test_strays_are_another_rules() -> None:
    assert messages(history(FIRST, SECOND, strays=["x.sql", f"{FIRST}/more.sql"])) == []
