"""Standard error as lines of JSON, each of which keeps the contract."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.core.log_line import log_schema
from bot.errors import ExitCode
from tests.adapters.telemetry.lines import Lines
from tests.commands.place import CONFIGURATION, INIT, SCRIPT, Place
from tests.shell import Done

SAFE = "CREATE TABLE b (id int PRIMARY KEY);\n"
JSON = {"MIGRATION_BOT_LOG_FORMAT": "json"}
PASSWORD = "hunter2hunter2"


def lines(done: Done) -> list[Mapping[str, Any]]:
    validator = Draft202012Validator(log_schema())
    found = [json.loads(each) for each in done.err.splitlines()]
    for each in found:
        validator.validate(each)
    return found


def test_the_schema_is_one_and_takes_what_a_rollout_writes() -> None:
    schema = log_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    told = list(Lines().whole())
    assert [error for line in told for error in validator.iter_errors(line)] == []
    assert len(told) > 10
    broken = {**next(Lines().whole()), "pid": "seven"}
    assert not validator.is_valid(broken)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--log-format", "json", "plan", "live"], ExitCode.USAGE, "no target 'live'"),
        (["--log-format", "json", "plan"], ExitCode.USAGE, "Missing argument 'TARGET'"),
        (["--log-format", "json", "identity", "development"], ExitCode.POSTGRES, "127.0.0.1"),
    ],
)
def test_an_error_is_one_line(
    place: Place, arguments: list[str], code: ExitCode, said: str
) -> None:
    url = {"DATABASE_URL": f"postgresql://ada:{PASSWORD}@127.0.0.1:1/{PASSWORD}"}

    done = place.bot(*arguments, environ=url)

    last = lines(done)[-1]
    assert (done.code, last["code"]) == (code, code)
    assert (last["event"], last["verb"]) == ("error", arguments[2])
    assert said in last["message"]
    assert last["hint"]
    assert PASSWORD not in done.said


def test_the_environment_says_it_also_where_no_option_was_understood(place: Place) -> None:
    done = place.bot("--nonsense", environ=JSON)

    (only,) = lines(done)
    assert (only["verb"], only["code"]) == ("", ExitCode.USAGE)


def test_a_fault_of_ours_is_one_line_too(place: Place) -> None:
    place.write(CONFIGURATION, "notify: 7\n")

    (only,) = lines(place.bot("plan", "staging", environ=JSON))

    assert only["event"] == "error"


def test_a_result_is_none_of_its_business(place: Place) -> None:
    done = place.bot("--log-format", "json", "rules")

    assert (done.code, done.err) == (0, "")
    assert not done.out.startswith("{")


@pytest.mark.slow
def test_a_rollout_is_told_to_machines_line_by_line(place: Place, database: str) -> None:
    place.write(SCRIPT, SAFE)

    done = place.bot("apply", "development", environ={**JSON, "DATABASE_URL": database})

    assert done.code == 0, done.err
    told = lines(done)
    events = [each["event"] for each in told]
    assert events[0] == "started"
    assert events[-1] == "done"
    assert events.count("statement") == 2
    assert f"applying {INIT}" in " ".join(each.get("message", "") for each in told)
    quiet = place.bot("-q", "apply", "development", environ={**JSON, "DATABASE_URL": database})
    assert (quiet.code, quiet.err) == (0, "")
