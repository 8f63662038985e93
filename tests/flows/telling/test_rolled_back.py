"""What others hear of a rollback, and what is written down of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot.errors import PostgresError
from bot.flows.targets.rolling_back import rollback_for
from bot.flows.telling.audit import AUDIT_VARIABLE
from bot.flows.telling.rolled_back import roll_back_told
from bot.report.terminal.audit import records_text
from bot.world import World
from tests.commands.test_rollback import INIT, LAST, MORE
from tests.commands.test_rollback import world as made_of
from tests.fakes import database_of
from tests.flows.telling.test_audit import FakeSealer
from tests.flows.telling.test_notify import HOOK, FakeNotifier

SCHEMA = Path(__file__).parents[3] / "docs/reference/audit.schema.json"
REFUSED = PostgresError("It may not be.", hint="Look.")


def placed() -> tuple[World, FakeNotifier, FakeSealer]:
    given, _ = made_of()
    notifier, sealer = FakeNotifier(), FakeSealer()
    settings = replace(given.settings, notify=(HOOK,))
    environ = {**given.environ, AUDIT_VARIABLE: "audit.json"}
    there = replace(given, notifier=notifier, sealer=sealer, settings=settings, environ=environ)
    return there, notifier, sealer


def taken_back(world: World) -> None:
    target = world.settings.target("staging")
    roll_back_told(rollback_for(target, world, to=INIT.name), world)


def test_it_is_told_when_it_is_done_and_once() -> None:
    world, notifier, _ = placed()
    taken_back(world)
    ((_, told),) = notifier.sent
    assert told["event"] == "rolled_back"
    assert told["headline"].startswith("Took 2 migrations back from staging")
    assert told["migrations"] == [LAST.name, MORE.name]


def test_one_that_stops_is_told_as_a_failure_with_what_was_taken_back() -> None:
    world, notifier, sealer = placed()
    database_of(world).refuse["DROP TABLE b"] = [REFUSED]
    with pytest.raises(PostgresError):
        taken_back(world)
    ((_, told),) = notifier.sent
    assert told["event"] == "failed"
    assert told["headline"] == "The rollback of staging failed"
    assert told["migrations"] == [LAST.name]
    assert told["failed"] == MORE.name
    (record,) = sealer.sealed
    assert record["direction"] == "down"
    said = records_text("staging", [sealer.seal(record)], width=200)
    assert "rollback of 2 migrations failed in staging" in said


def test_where_nothing_was_to_be_taken_back_nobody_is_told() -> None:
    world, notifier, sealer = placed()
    roll_back_told(rollback_for(world.settings.target("staging"), world, to=LAST.name), world)
    assert notifier.sent == []
    assert sealer.sealed == []


def test_its_record_says_which_way_it_went_and_is_listed_as_a_rollback() -> None:
    world, _, sealer = placed()
    taken_back(world)
    (record,) = sealer.sealed
    document = {"record": json.loads(json.dumps(record)), "signature": None}
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    assert record["direction"] == "down"
    assert [each["applied"] for each in record["migrations"]] == [True, True]
    said = records_text("staging", [sealer.seal(record)], width=200)
    assert "  2 migrations rolled back in staging" in said
