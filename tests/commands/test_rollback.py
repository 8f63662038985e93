"""`rollback`, with a throw-away server that answers as it is told to."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands import rollback
from bot.core.backups.policy import BackupPolicy
from bot.core.drift.drift import Expected
from bot.core.findings.page import Page
from bot.core.kept.kept import Kept
from bot.core.kept.loss import Losing
from bot.core.kept.table import KeptColumn
from bot.core.migrations.migration import AppliedMigration
from bot.core.rehearsals.proofs import DownProof
from bot.core.rollouts.rollback_steps import Tried, untried
from bot.core.schemas.draft import Draft, DraftedStatement
from bot.errors import ExitCode, HistoryError, Interrupted, UsageError
from bot.world import World
from tests.fakes import (
    NOON,
    FakeCheckout,
    FakeConsole,
    FakeDatabase,
    FakeDowns,
    applied,
    database_of,
    history,
    migration,
    shown,
)
from tests.fakes import world as made_of
from tests.report.formats.test_as_json import validated

INIT = migration("20260101000000_init", "CREATE TABLE a (id int);\n")
MORE = replace(migration("20260201000000_more", "CREATE TABLE b (id int);\n"), down="DROP TABLE b;")
LAST = migration("20260301000000_last", "CREATE TABLE c (id int);\n")
LOSES = migration("20260301000000_last", "ALTER TABLE a DROP COLUMN id;\n")
DRAFT = Draft((DraftedStatement('DROP TABLE "c"', loses="rows of c"),))


PROVED = Tried(
    Expected({}, {}, major=18),
    drafts={LAST.name: DRAFT},
    proofs={MORE.name: DownProof(), LAST.name: DownProof(drafted=True)},
)


def world(
    tried: Tried | None = PROVED, *rows: AppliedMigration, last: object = LAST
) -> tuple[World, FakeDowns | None]:
    texts = (INIT, MORE, last)
    there = list(rows) or [applied(each) for each in texts]  # type: ignore[arg-type]
    given = made_of(FakeCheckout(history(*texts)), {"staging": FakeDatabase(there)})  # type: ignore[arg-type]
    downs = FakeDowns(tried) if tried else None
    return replace(given, downs=downs), downs


def test_what_is_above_a_migration_is_tried_on_what_is_below_it_and_taken_back() -> None:
    given, downs = world()

    assert rollback.run(given, "staging", to=INIT.name) is ExitCode.FINE

    assert downs is not None
    (order,) = downs.asked
    assert [each.name for each in order.base] == [INIT.name]
    assert [(each.name, each.down is None) for each in order.new] == [
        (MORE.name, False),
        (LAST.name, True),
    ]
    ran = [each for each in database_of(given).diary if each.startswith("DROP")]
    assert ran == ['DROP TABLE "c"', "DROP TABLE b"]
    said = shown(given)
    assert "staging is rolled back: 2 migrations taken back" in said
    assert f"delete prisma/migrations/{LAST.name}" in " ".join(said.split())


def test_a_dry_run_shows_the_scripts_and_what_they_lose_and_changes_nothing() -> None:
    given, _ = world()

    assert rollback.run(given, "staging", steps=2, dry_run=True) is ExitCode.FINE

    assert database_of(given).diary == []
    said = shown(given)
    assert "by a draft, proved just now" in said
    assert "loses rows of c" in said
    assert f"migration-bot rollback staging --to {INIT.name}" in said
    assert 'DROP TABLE "c";' in said


def kept(row: AppliedMigration, kind: Losing, *columns: KeptColumn) -> Kept:
    """Ten rows of a table, for the second line."""
    until = NOON + timedelta(days=30)
    of = (row.id, row.name, 0, 2, kind, "public", "customers", columns, ())
    return Kept("k_1", *of, rows=10, bytes=8200, at=NOON, until=until)


@pytest.mark.parametrize(
    ("width", "says"),
    [
        (
            80,
            "    gives back 10 rows of public.customers (8.2 kB), which line 2 destroyed;\n"
            "               kept until 2026-12-22\n"
            "    gives back note of public.customers in 10 rows (8.2 kB), which line 2\n"
            "               destroyed; kept until 2026-12-22\n",
        ),
        (
            120,
            "    gives back 10 rows of public.customers (8.2 kB), which line 2 destroyed; "
            "kept until 2026-12-22\n"
            "    gives back note of public.customers in 10 rows (8.2 kB), which line 2 destroyed; "
            "kept until 2026-12-22\n",
        ),
    ],
)
def test_what_is_given_back_is_said_before_until_when_it_is_kept(width: int, says: str) -> None:
    given, _ = world()
    given = replace(given, console=FakeConsole(page=Page(width)))
    row = database_of(given).rows[-1]
    note = KeptColumn("note", "text")
    database_of(given).listed += [kept(row, Losing.TABLE), kept(row, Losing.COLUMNS, note)]

    rollback.run(given, "staging", steps=1, dry_run=True)

    assert says in shown(given)


def test_what_cannot_be_taken_back_says_nothing_of_what_comes_after_it() -> None:
    given, _ = world(None)

    with pytest.raises(HistoryError):
        rollback.run(given, "staging", steps=2, dry_run=True)

    assert "restore only" in shown(given)
    assert "If this is broken off" not in shown(given)
    assert "Git has to follow" not in shown(given)


def test_the_digest_of_a_dry_run_is_what_may_be_expected() -> None:
    given, _ = world()
    rollback.run(given, "staging", steps=1, dry_run=True, form="json")
    read = validated("rollback-plan", json.loads(shown(given)))
    assert read["migrations"][0]["drafted"]
    assert read["migrations"][0]["proved"]

    again, _ = world()
    with pytest.raises(HistoryError, match="not the one that was agreed to") as error:
        rollback.run(again, "staging", steps=2, expect_digest=read["digest"])
    assert "`migration-bot rollback staging … --dry-run`" in error.value.hint
    assert (
        rollback.run(again, "staging", steps=1, expect_digest=read["digest"], form="json")
        is ExitCode.FINE
    )
    done = validated("rollback", json.loads(shown(again)))
    assert done["state"] == "rolled back"
    assert [each["name"] for each in done["scripts"]] == done["migrations"] == [LAST.name]


def test_what_is_not_possible_is_in_the_plan_for_scripts_too() -> None:
    given, _ = world(None)
    with pytest.raises(HistoryError):
        rollback.run(given, "staging", steps=1, dry_run=True, form="json")
    read = validated("rollback-plan", json.loads(shown(given)))
    assert (read["possible"], read["digest"]) == (False, None)
    assert "no PostgreSQL here" in read["migrations"][0]["reason"]


@pytest.mark.parametrize(
    ("tried", "says"),
    [
        (None, "none could be drafted: there is no PostgreSQL here"),
        (untried("no server"), "none could be drafted: no server"),
        (
            replace(PROVED, drafts={LAST.name: Draft(left=("table x: unknown",))}),
            "a draft leaves this as it is: table x: unknown",
        ),
        (
            replace(PROVED, proofs={LAST.name: DownProof(drafted=True, left=("added table c",))}),
            "after it the schema is not as before: added table c",
        ),
    ],
    ids=["no server", "nothing known", "not complete", "not proved"],
)
def test_a_draft_that_is_not_proved_is_not_run_and_names_the_restore(
    tried: Tried | None, says: str
) -> None:
    given, _ = world(tried)

    with pytest.raises(HistoryError, match=says) as error:
        rollback.run(given, "staging", steps=1)

    assert "migration-bot restore staging BACKUP" in error.value.hint
    assert database_of(given).diary == []


def test_what_deleted_data_is_not_taken_back_by_a_draft() -> None:
    given, _ = world(PROVED, last=LOSES)

    with pytest.raises(HistoryError, match=r"has destroyed id of public\.a"):
        rollback.run(given, "staging", steps=1)


def test_one_that_is_broken_off_before_it_began_says_that_nothing_was_taken_back() -> None:
    given, _ = world()
    database_of(given).interrupt = "lock"

    with pytest.raises(Interrupted) as error:
        rollback.run(given, "staging", steps=1)

    assert error.value.message == (
        "The rollback of staging was interrupted before it began a migration. Nothing was taken "
        "back."
    )


def test_the_gates_of_a_rollback_do_not_speak_of_applying() -> None:
    given, _ = world()
    target = replace(given.settings.target("staging"), backup=BackupPolicy(required=True))
    targets = {**given.settings.targets, "staging": target}
    given = replace(given, settings=replace(given.settings, targets=targets))

    rollback.run(given, "staging", steps=1, dry_run=True)

    gates = [each for each in shown(given).splitlines() if each.startswith("gate ")]
    assert any("one is taken and proved" in each for each in gates)
    assert [each for each in gates if "appl" in each] == []


def test_an_authors_script_is_run_without_a_server_and_that_is_said() -> None:
    given, _ = world(None, applied(INIT), applied(MORE))

    rollback.run(given, "staging", steps=1, dry_run=True)
    assert "by its down.sql, not proved: there is no PostgreSQL here" in shown(given)


def test_nothing_to_take_back_is_said_and_fine() -> None:
    given, _ = world()

    assert rollback.run(given, "staging", to=LAST.name) is ExitCode.FINE
    assert "0 migrations taken back" in shown(given)


def test_without_saying_how_far_nothing_is_asked_of_a_server() -> None:
    given, downs = world()

    with pytest.raises(UsageError, match="how far"):
        rollback.run(given, "staging")

    assert downs is not None
    assert downs.asked == []
