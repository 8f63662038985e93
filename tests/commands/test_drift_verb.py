"""`drift` as it is called: a real target, and somebody who has been at it by hand."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from bot.errors import ExitCode
from tests.asking import ask
from tests.commands.place import CONFIGURATION, Place, refused
from tests.shell import Done

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session"),
]

SCHEMA = Path(__file__).parents[2] / "docs/reference/drift.schema.json"
TARGET = """
targets:
  production: {kind: staging, url_env: DATABASE_URL%s}
"""
# Prisma's half of the migration lock.
HOLD = "SELECT pg_advisory_lock(72707369)"


@pytest.fixture
def live(place: Place, database: str) -> Place:
    """Production has what is in the repository, and nothing else."""
    place.write(CONFIGURATION, TARGET % "")
    done = place.bot("apply", "production", environ={"DATABASE_URL": database})
    assert done.code == ExitCode.FINE, done.said
    return place


def drift(place: Place, database: str, *more: str) -> Done:
    return place.bot("drift", "production", *more, environ={"DATABASE_URL": database})


def found(done: Done) -> Mapping[str, Any]:
    report = json.loads(done.out)
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(report)
    [target] = report["targets"]
    assert isinstance(target, dict)
    return target


def test_what_was_done_by_hand_is_found_and_what_is_ignored_is_not(
    live: Place, database: str
) -> None:
    clean = drift(live, database)
    assert (clean.code, "is what its applied migrations make" in clean.out) == (0, True), clean.said

    ask(database, "CREATE INDEX by_hand ON a (id); COMMENT ON TABLE a IS 'x'")
    done = drift(live, database, "--format", "json")

    assert done.code == ExitCode.HISTORY
    target = found(done)
    assert target["state"] == "drifted"
    assert [(each["kind"], each["matter"], each["stops"]) for each in target["differences"]] == [
        ("comment", "comments", False),
        ("index", "structure", True),
    ]

    ignored = ", drift: {ignore: ['index public.a.by_*'], comments: off}"
    live.write(CONFIGURATION, TARGET % ignored)
    assert drift(live, database).code == ExitCode.FINE


def test_a_running_rollout_is_no_drift(live: Place, database: str) -> None:
    ask(database, "CREATE INDEX by_hand ON a (id)")
    with psycopg.connect(database, autocommit=True) as holder:
        holder.execute(HOLD)
        done = drift(live, database, "--format", "json")

    assert done.code == ExitCode.BUSY
    assert found(done)["state"] == "running"


def test_one_that_cannot_be_reached_is_an_error_if_it_was_named_and_a_row_if_not(
    live: Place, database: str
) -> None:
    nowhere = "postgresql://postgres@127.0.0.1:1/none"
    refused(drift(live, nowhere), ExitCode.POSTGRES)

    done = live.bot("drift", environ={"DATABASE_URL": nowhere})
    assert done.code == ExitCode.POSTGRES
    assert "production could not be looked at" in done.out


def test_what_the_role_may_not_read_is_said_and_is_no_drift(live: Place, database: str) -> None:
    ask(
        database,
        "CREATE ROLE drift_reader LOGIN; GRANT SELECT ON _prisma_migrations TO drift_reader;"
        "REVOKE SELECT ON pg_event_trigger FROM PUBLIC",
    )
    try:
        done = drift(live, database.replace("postgres@", "drift_reader@"), "--format", "json")
    finally:
        ask(
            database,
            "GRANT SELECT ON pg_event_trigger TO PUBLIC;"
            "DROP OWNED BY drift_reader; DROP ROLE drift_reader",
        )
    assert done.code == ExitCode.FINE, done.said
    target = found(done)
    assert (target["state"], target["unseen"]) == ("clean", ["event trigger"])


def test_an_issue_wants_github(live: Place, database: str) -> None:
    refused(drift(live, database, "--issue"), ExitCode.USAGE, "no GitHub here")
