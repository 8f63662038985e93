"""What a rehearsal is asked to run, made from a change and its review."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import Migration
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal_order import DataOrder
from bot.core.settings import RehearsalSettings, Settings
from bot.flows.reviewing.rehearsal_order import Wanted, order_for
from bot.judge.judge import judge
from tests.judging import FOLDER, change, migration


def wanted(change: Change, settings: Settings | None = None) -> Wanted:
    review = judge(change, ())
    return order_for(change, review, settings or Settings(), DataOrder())


def parts(wanted: Wanted) -> list[tuple[bool, list[str]]]:
    (new,) = wanted.order.new
    return [(part.transactional, [step.sql for step in part.steps]) for part in new.parts]


def test_a_file_is_cut_as_apply_cuts_it() -> None:
    found = wanted(
        change(
            "CREATE TABLE t (id int);\nCREATE INDEX CONCURRENTLY i ON t (id);\nSELECT 1; SELECT 2"
        )
    )
    assert parts(found) == [
        (True, ["CREATE TABLE t (id int)"]),
        (False, ["CREATE INDEX CONCURRENTLY i ON t (id)"]),
        (True, ["SELECT 1", "SELECT 2"]),
    ]
    assert [step.line for part in found.order.new[0].parts for step in part.steps] == [1, 2, 3, 3]


def test_what_is_merged_is_the_base_and_a_plain_text_of_it_is_not_cut() -> None:
    found = wanted(change("SELECT 3", before=["CREATE TABLE t (id int)", "SELECT 2"]))
    assert [each.sql for each in found.order.base] == ["CREATE TABLE t (id int)", "SELECT 2"]
    assert all(each.parts == () for each in found.order.base)


def test_a_base_file_that_is_not_one_transaction_is_cut() -> None:
    found = wanted(change("SELECT 3", before=["CREATE INDEX CONCURRENTLY i ON t (id); SELECT 2"]))
    (base,) = found.order.base
    assert [part.transactional for part in base.parts] == [False, True]


def test_what_the_branch_has_not_caught_up_with_is_there_all_the_same() -> None:
    old, newer, own = (migration(f"2024010{n}000000_m", f"SELECT {n}") for n in (1, 2, 3))
    behind = Change(
        head=History(FOLDER, (old, own)),
        base=History(FOLDER, (old, newer)),
        now=datetime(2024, 3, 1, tzinfo=UTC),
        behind=frozenset({newer.name}),
    )
    found = wanted(behind)
    assert [each.name for each in found.order.base] == [old.name, newer.name]
    assert [each.name for each in found.order.new] == [own.name]


def test_without_a_base_everything_is_new() -> None:
    found = wanted(change("SELECT 2", before=["SELECT 1"], compared=False))
    assert found.order.base == ()
    assert len(found.order.new) == 2


def test_down_sql_is_cut_too() -> None:
    given = change("CREATE TABLE t (id int)")
    head = given.head
    (only,) = head.migrations
    both = Migration(only.name, only.path, only.sql, down="DROP TABLE t;")
    found = wanted(replace(given, head=replace(head, migrations=(both,))))
    (new,) = found.order.new
    assert new.down is not None
    assert [step.sql for part in new.down for step in part.steps] == ["DROP TABLE t"]


def test_a_down_sql_that_cannot_be_read_leaves_its_migration_in_the_order() -> None:
    given = change("CREATE TABLE t (id int)")
    head = given.head
    (only,) = head.migrations
    both = replace(only, down="DROP TABEL t;")
    found = wanted(replace(given, head=replace(head, migrations=(both,))))
    (new,) = found.order.new
    assert new.down is None
    assert found.impossible == ()
    refused = found.unread_downs[only.name]
    assert (refused.stop, refused.hint != "") == (Stop.REFUSED, True)
    assert refused.message.startswith(f"down.sql of {only.name}, line 1: ")


def test_what_cannot_be_read_or_run_is_reported_with_all_that_comes_after_it() -> None:
    found = wanted(change("SELECT 1", "ROLLBACK", "SELECT 3"))
    assert len(found.order.new) == 1
    first, second = (each.refused for each in found.impossible)
    assert first is not None
    assert second is not None
    assert first.stop is second.stop is Stop.NOT_POSSIBLE
    assert "ROLLBACK" in first.message
    assert found.impossible[0].name in second.message


def test_roles_that_nobody_makes_are_made_up() -> None:
    given = change(
        "GRANT SELECT ON t TO reporting, pg_monitor, PUBLIC",
        before=["CREATE ROLE app; GRANT SELECT ON t TO app, ops"],
    )
    configured = Settings(rehearsal=RehearsalSettings(roles=("extra",)))
    assert wanted(given, configured).order.roles == ("extra", "ops", "reporting")
