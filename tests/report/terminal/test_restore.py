"""What somebody reads before a backup is put back, and after."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.core.duration import age
from bot.core.gates.gate import Gate
from bot.core.restores.loss import TableLoss
from bot.core.restores.outcome import Restored
from bot.core.restores.plan import RestorePlan
from bot.core.restores.point_in_time import PointInTime, WayBack
from bot.core.restores.record import RestoreRecord, record_of_restore
from bot.core.rollouts.audit import Sealed, Trigger
from bot.core.rollouts.progress import BackupSummary
from bot.report.formats.restore_as_json import restore_json
from bot.report.terminal.audit import records_text
from bot.report.terminal.restore import restore_plan_text, restored_text, way_back_text
from bot.restoring.planning import plan_restore
from tests.fakes.values import NOON
from tests.restoring.fakes import MORE, PUT, SAVED, SCENE, STAGING, FakeSite, Night, order

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference"
BEFORE = BackupSummary(
    "20261122T140400Z-production-ffffff", 900, 4.0, NOON, "proved by restoring it"
)
FREEZE = Gate("freeze", False, "nights are frozen", "Wait for the morning.")


def plan(scene: Any = SCENE, **more: object) -> RestorePlan:
    given = Night(FakeSite([], scene)).world
    return replace(plan_restore(order(**more), given), gates=())


def restored(**more: Any) -> Restored:
    return replace(Restored(plan(), PUT, 12.5, BEFORE, pending=(MORE.name,)), **more)


def text(found: RestorePlan) -> str:
    return restore_plan_text(found, width=200)


PLANNED = """\
production: the backup 20261122T120000Z-production-1a2b3c would be restored.
  It has 2 tables and 47 rows of shop on PostgreSQL 18.0, up to 20260101000000_init.
In production, writes after 2026-11-22 12:00:00 UTC (2 h 4 min ago) will be lost.
    public.orders: 52 rows now, 40 then (12 fewer)
  Numbers alone were compared: rows that were changed since, or came where others went, are lost \
too, and not counted here.
  1 migration applied since will be pending again:
    20260102000000_more
  13 sessions will be ended:
    12 of web as user app
    1 of an application without a name as user app
  It would:
    1. back up what is in shop now, and prove it
    2. restore into a new database beside it; compare schema and rows with what was saved
    3. end the sessions in shop and let the two change places, in one transaction
    4. keep the old database (7.0 MB) under another name
  For a while the server needs 7.0 MB more disk: see that it has them.
"""
DONE = """\
production is restored from 20261122T120000Z-production-1a2b3c: 2 tables and 47
rows, compared with what was saved; 12.5 s.
  In production, writes from 2026-11-22 12:00:00 UTC to 2026-11-22 14:09:00 UTC
  are lost.
    public.orders: 53 rows before, 40 now (13 fewer)
  Rows that were changed since are lost too, and not counted.
  What was there before: backup 20261122T140400Z-production-ffffff, proved by
  restoring it.
  The old database is kept as shop_before_restore_20261122140900. When nobody
  needs it:
    DROP DATABASE "shop_before_restore_20261122140900";
  1 migration is pending again:
    20260102000000_more
  The next deploy would apply it again. Before it, take it out of the history,
  or mend it: in git, with a pull request.
  Next: `migration-bot status production`
"""


def test_the_plan_says_what_is_lost_and_what_would_be_done() -> None:
    assert text(plan()) == PLANNED


def test_the_end_says_what_is_lost_what_is_kept_and_what_comes_next() -> None:
    assert restored_text(restored(), width=80) == DONE


def test_a_restore_into_another_target_says_so() -> None:
    said = text(plan(replace(SCENE, system_identifier="9"), target=STAGING))

    assert (
        "production: the backup 20261122T120000Z-production-1a2b3c would be restored into" in said
    )
    assert "In staging, everything that it has now will be replaced" in said


def test_a_database_that_is_gone_loses_nothing() -> None:
    said = text(plan(replace(SCENE, there=False, tables=None, applied=None, sessions=())))

    assert "There is no database shop now: nothing is lost by it." in said
    assert "will be lost" not in said
    assert "give it the name shop" in said
    assert "back up" not in said


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (None, "How many rows that is could not be counted."),
        ((), "Every table has as many rows as in the backup"),
        ((TableLoss("a", None, 4),), "a: comes back, with 4 rows"),
        ((TableLoss("a", 1, None),), "a: goes, with 1 row"),
        ((TableLoss("a", 1, 4),), "a: 1 rows now, 4 then (3 more)"),
        (tuple(TableLoss(f"t{n}", 2, 1) for n in range(12)), "and 2 more tables"),
    ],
)
def test_the_loss_in_words(tables: tuple[TableLoss, ...] | None, said: str) -> None:
    found = plan()

    assert said in text(replace(found, loss=replace(found.loss, tables=tables)))


def test_loading_says_that_everybody_waits() -> None:
    said = text(plan(replace(SCENE, may_not_swap="owner may not create databases")))

    assert "13 sessions will wait meanwhile" in said
    assert "1. back up" in said
    assert "2. empty shop, load, compare, in one transaction" in said
    assert "whoever wants a table waits" in said


def test_gates_are_told_and_stop_nothing() -> None:
    said = text(replace(plan(), gates=(FREEZE,)))

    assert "gate freeze: closed, nights are frozen" in said
    assert "A restore is not stopped by gates" in said


def test_without_a_backup_the_reason_stands_there() -> None:
    assert "no backup of what is there now: torn" in text(plan(without_backup="torn"))


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=0.4), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=3), "3 min"),
        (timedelta(hours=2, minutes=4, seconds=9), "2 h 4 min"),
        (timedelta(days=3, minutes=2), "3 d 2 min"),
    ],
)
def test_how_long_ago(span: timedelta, said: str) -> None:
    assert age(span) == said


def test_the_way_back_is_commands_on_lines_of_their_own() -> None:
    way = WayBack("the server", ("one " + "long " * 60, "two"), "Then start it.")

    said = way_back_text(PointInTime(lsn="1/2"), way, width=60)

    assert said.splitlines()[0] == "To go back to LSN 1/2, on the server:"
    assert [line.strip() for line in said.splitlines()[1:]] == [
        ("one " + "long " * 60).strip(),
        "two",
        "Then start it.",
    ]


@pytest.mark.parametrize("done", [None, restored(), restored(put=replace(PUT, kept="", lost=None))])
def test_the_json_keeps_its_contract(done: Restored | None) -> None:
    schema = json.loads((SCHEMAS / "restore.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    found = restore_json(replace(plan(), gates=(FREEZE,)), done)

    Draft202012Validator(schema).validate(json.loads(json.dumps(found)))

    assert found["loss"]["seconds"] == 7440
    assert (found["restored"] is None) == (done is None)


@pytest.mark.parametrize("done", [None, restored()])
def test_what_is_written_down_keeps_its_contract_and_can_be_listed(done: Restored | None) -> None:
    record = record_of_restore(
        RestoreRecord(
            "0c8f9c3e-0000-4000-8000-000000000000",
            NOON,
            "1.0",
            plan(),
            done,
            message="" if done else "The disk is full.",
            code=0 if done else 4,
            trigger=Trigger("ada", "terminal"),
        )
    )
    schema = json.loads((SCHEMAS / "audit.schema.json").read_text())
    validator = Draft202012Validator(schema)
    validator.validate({"record": json.loads(json.dumps(record)), "signature": None})

    said = records_text("production", [Sealed(record)], width=200)

    state = "restored" if done else "failed"
    assert f"backup {SAVED.id} {state} in production" in said
    assert record["direction"] is None
    assert record["restore"]["rows_lost"] == (13 if done else 12)


def test_subscriptions_that_go_on_are_said_with_what_stops_them() -> None:
    done = restored()
    scene = replace(done.plan.scene, subscriptions=("orders", 'a"b'))

    said = restored_text(replace(done, plan=replace(done.plan, scene=scene)), width=80)

    assert f"Subscriptions go on in {done.put.kept}." in " ".join(said.split())
    assert '    ALTER SUBSCRIPTION "orders" DISABLE;\n' in said
    assert '    ALTER SUBSCRIPTION "a""b" DISABLE;\n' in said
