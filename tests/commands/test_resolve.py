"""`resolve`, with databases that keep rows and a diary."""

import json
from dataclasses import replace

import pytest

from bot.commands import resolve
from bot.core.migrations.migration import AppliedMigration, Migration
from bot.errors import ExitCode, HistoryError, UsageError
from bot.world import World
from tests.fakes import (
    FakeCheckout,
    FakeDatabase,
    applied,
    database_of,
    history,
    marked,
    shown,
    world,
)
from tests.unfinished import INIT, LAST, MIXED, failed, interrupted


def made(*rows: AppliedMigration, having: tuple[Migration, ...] = (INIT, MIXED, LAST)) -> World:
    return world(FakeCheckout(history(*having)), {"staging": FakeDatabase(list(rows))})


def test_a_failed_migration_is_marked_as_applied_under_the_lock_and_the_rest_is_next() -> None:
    given = made(applied(INIT), failed(MIXED))

    assert resolve.run(given, "staging", applied=MIXED.name) is ExitCode.FINE
    assert database_of(given).diary == ["lock", f"resolved ['{MIXED.name}']", "unlock"]
    assert shown(given) == (
        f"staging: {MIXED.name} is marked as applied.\n"
        "Next: 1 migration is pending. `migration-bot apply staging`\n"
    )


def test_a_failed_migration_is_marked_as_rolled_back_and_pending_again() -> None:
    given = made(applied(INIT), failed(MIXED))

    assert resolve.run(given, "staging", rolled_back=MIXED.name, form="json") is ExitCode.FINE
    read = json.loads(shown(given))
    assert (read["mark"], read["changed"]) == ("rolled_back", True)
    assert [each["name"] for each in read["plan"]["pending"]] == [MIXED.name, LAST.name]
    assert read["plan"]["rolled_back"] == [MIXED.name]


def test_marking_as_rolled_back_twice_is_no_fault_as_for_prisma() -> None:
    given = made(applied(INIT), replace(failed(MIXED), rolled_back_at=applied(INIT).started_at))

    assert resolve.run(given, "staging", rolled_back=MIXED.name) is ExitCode.FINE
    assert "is rolled back already; nothing was changed." in shown(given)
    assert database_of(given).diary == ["lock", "unlock"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"applied": INIT.name}, "P3008"),
        ({"rolled_back": "20260102000000_mixd"}, "P3011"),
        ({"rolled_back": INIT.name}, "P3012"),
    ],
)
def test_what_the_rows_contradict_is_refused_with_prismas_code(
    given: dict[str, str], code: str
) -> None:
    here = made(applied(INIT), failed(MIXED))

    with pytest.raises(HistoryError, match=code) as error:
        resolve.run(here, "staging", **given)
    assert database_of(here).diary == ["lock", "unlock"]
    if code == "P3011":
        assert f"Did you mean {MIXED.name}?" in error.value.hint


def test_a_name_without_a_folder_brings_the_nearest_names() -> None:
    with pytest.raises(UsageError, match="P3017") as error:
        resolve.run(made(), "staging", applied="20260102000000_mixd")
    assert f"Did you mean {MIXED.name}" in error.value.hint

    incomplete = replace(history(INIT), incomplete=("20260105000000_bare",))
    given = world(FakeCheckout(incomplete), {"staging": FakeDatabase()})
    with pytest.raises(UsageError, match="P3015"):
        resolve.run(given, "staging", applied="20260105000000_bare")


def test_a_path_that_a_shell_completed_is_a_name_too() -> None:
    for given in (f"prisma/migrations/{MIXED.name}/", MIXED.path):
        here = made(applied(INIT), failed(MIXED))
        assert resolve.run(here, "staging", applied=given) is ExitCode.FINE


def test_what_was_rolled_back_needs_no_folder() -> None:
    given = made(applied(INIT), failed(MIXED), having=(INIT, LAST))

    assert resolve.run(given, "staging", rolled_back=MIXED.name) is ExitCode.FINE
    assert "1 migration is pending" in shown(given)


def test_one_of_the_two_ways_must_be_given() -> None:
    for ways in ({}, {"applied": "a", "rolled_back": "a"}):
        with pytest.raises(UsageError, match="one of two ways"):
            resolve.run(made(), "staging", **ways)


def test_of_one_that_we_were_interrupted_in_it_is_said_what_stays() -> None:
    given = made(applied(INIT), interrupted(2))
    assert resolve.run(given, "staging", rolled_back=MIXED.name) is ExitCode.FINE
    assert (
        "  This was applied and stays in the database; take it back by hand:\n"
        "    line 1: ALTER TABLE a ADD COLUMN n int\n"
        "    line 2: CREATE INDEX CONCURRENTLY a_n ON a (n)\n"
    ) in shown(given)

    nothing = made(applied(INIT), interrupted(0))
    resolve.run(nothing, "staging", rolled_back=MIXED.name)
    assert "Nothing of it had been applied." in shown(nothing)


def test_of_one_that_we_were_interrupted_in_it_is_said_what_nobody_will_apply() -> None:
    given = made(applied(INIT), interrupted(1))
    assert resolve.run(given, "staging", applied=MIXED.name) is ExitCode.FINE
    assert (
        "  This was not applied, and no rollout will apply it now:\n"
        "    line 2: CREATE INDEX CONCURRENTLY a_n ON a (n)\n"
        "    line 3: SELECT 1\n"
    ) in shown(given)


def test_where_the_text_was_edited_it_is_not_known_what_stays() -> None:
    row = interrupted(1)
    edited = replace(MIXED, sql=MIXED.sql.replace("n int", "m int"))
    given = made(applied(INIT), row, having=(INIT, edited))

    resolve.run(given, "staging", rolled_back=MIXED.name)
    assert "1 part of it had been applied and stay" in shown(given)
    gone = made(applied(INIT), row, having=(INIT,))
    resolve.run(gone, "staging", rolled_back=MIXED.name)
    assert "missing from the history" in shown(gone)


def test_a_migration_that_is_marked_is_told_apart_from_one_that_was_run() -> None:
    row = marked(INIT)
    assert row.marked
    assert not applied(INIT).marked
