"""`status` as it is called: a real target, one that never answers, and one that is not there."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.errors import ExitCode
from tests.asking import ask
from tests.commands.place import CONFIGURATION, Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session"),
]

SCHEMA = Path(__file__).parents[2] / "docs/reference/status.schema.json"
TARGETS = """
targets:
  live: {kind: staging, url_env: LIVE_URL, audit: {rows: true}}
  hanging: {kind: staging, url_env: HANGING_URL}
  unset: {kind: staging, url_env: UNSET_URL}
"""
CANARY = "tiger77-canary"


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of something that takes a connection, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        yield f"postgresql://ada:{CANARY}@127.0.0.1:{port}/app?connect_timeout=2"


@pytest.fixture
def live(place: Place, database: str) -> Place:
    """It has what is in the repository, and a row on how that went."""
    place.write(CONFIGURATION, TARGETS)
    done = place.bot("apply", "live", environ={"LIVE_URL": database})
    assert done.code == ExitCode.FINE, done.said
    return place


def targets(text: str) -> dict[str, Any]:
    found = json.loads(text)
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(found)
    return {each["target"]: each for each in found["targets"]}


def test_one_that_never_answers_is_told_in_time_beside_the_others(
    live: Place, database: str, silent: str
) -> None:
    began = time.monotonic()
    environ = {"LIVE_URL": database, "HANGING_URL": silent}
    done = live.bot("status", environ=environ | {"COLUMNS": "200"})

    assert time.monotonic() - began < 30
    assert done.code == ExitCode.POSTGRES, done.said
    assert CANARY not in done.said
    assert "hanging needs somebody." in done.out
    assert "unset was not looked at: UNSET_URL is not set." in done.out
    row = next(each for each in done.out.splitlines() if each.startswith("live "))
    assert "up to date" in row
    assert " ago, applied in " in row
    assert "\x1b" not in done.out


def test_what_was_written_down_is_told_and_json_keeps_its_contract(
    live: Place, database: str
) -> None:
    done = live.bot("status", "live", "--format", "json", environ={"LIVE_URL": database})
    assert done.code == ExitCode.FINE, done.said
    last = targets(done.out)["live"]["last_rollout"]
    assert last["state"] == "applied"
    assert last["seconds"] is not None

    ask(database, "DROP SCHEMA migration_bot CASCADE")
    done = live.bot("status", "live", "--format", "json", environ={"LIVE_URL": database})
    last = targets(done.out)["live"]["last_rollout"]
    assert (last["state"], last["seconds"], last["by"]) == ("applied", None, None)
