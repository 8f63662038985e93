import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.core.drift.drift import Drift
from bot.core.gates.gate import Gate
from bot.core.rollouts.audit import (
    Leave,
    Rollout,
    Sealed,
    Signature,
    Trigger,
    canonical,
    cleaned,
    leaves_of,
    record_of,
    sealed_in,
)
from bot.core.rollouts.progress import (
    AppliedResult,
    BackupSummary,
    Check,
    Progress,
    State,
    StatementTiming,
)
from bot.core.targets.identity import Identity
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import DriftMode, Kind
from bot.errors import UsageError
from tests.fakes import NOON, migration

SCHEMA = Path(__file__).parents[3] / "docs/reference/audit.schema.json"
MORE = migration("20260201000000_more", "CREATE INDEX i ON a (b);")
LAST = migration("20260202000000_last")
APPROVAL = Gate("approval", open=True, reason="approved by Grace", given_by=("Grace", "linus"))
FORCED = Gate("freeze", open=True, reason="frozen", overridden="by grace: a hotfix")
DONE = AppliedResult(MORE.name, 1.2344, 2, (StatementTiming(0, 1, "CREATE INDEX", 1.2, 0),))
PROGRESS = Progress(
    "production",
    Kind.PRODUCTION,
    State.FAILED,
    at=NOON,
    seconds=3.5,
    digest="sha256:d",
    migrations=(MORE.name,),
    timings=(DONE,),
    gates=(APPROVAL, FORCED),
    backup=BackupSummary("b-1", 1024, 2.0, NOON, "proved by a restore"),
    checks=(Check("rows", True), Check("queries", None, "not looked at")),
    drift=Drift(DriftMode.REFUSE, ("a table",)),
    message="It failed.",
    failed=LAST.name,
    notes=("a note",),
)
ROLLOUT = Rollout(
    id="7b0c8a52-8b3c-4a7e-9a2d-0d6b6f0f6c11",
    progress=PROGRESS,
    at=NOON,
    version="1",
    commit="c" * 40,
    repository="https://github.com/acme/shop",
    trigger=Trigger("linus", "push", "https://github.com/acme/shop/actions/runs/1", 2),
    pending=(MORE, LAST),
    approvals=(Leave("Grace", 7, "h" * 40, NOON), Leave("linus")),
    server=ServerFacts("18.1", 18, "app", False, False, Identity("7"), role="migrator"),
    code=4,
)


def valid(record: dict[str, Any]) -> dict[str, Any]:
    document = json.loads(Sealed(record, Signature("k", "v")).to_json())
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    return record


def test_a_record_says_who_what_by_whose_leave_and_how_it_went() -> None:
    record = valid(record_of(ROLLOUT))
    assert record["at"] == "2026-11-22T12:00:00.000Z"
    assert record["trigger"]["login"] == "linus"
    assert record["target"] == {"name": "production", "kind": "production"}
    first, second = record["migrations"]
    assert (first["name"], first["checksum"], first["applied"]) == (MORE.name, MORE.checksum, True)
    assert (first["milliseconds"], first["attempts"]) == (1234, 2)
    (statement,) = first["statements"]
    assert (statement["kind"], statement["milliseconds"]) == ("CREATE INDEX", 1200)
    assert (second["name"], second["applied"]) == (LAST.name, False)
    assert record["direction"] == "up"
    assert record["approvals"][0]["commit"] == "h" * 40
    assert record["approvals"][1] == {"login": "linus", "pull": None, "commit": None, "at": None}
    assert record["overrides"] == [
        {"gate": "freeze", "reason": "frozen", "override": "by grace: a hotfix"}
    ]
    assert record["backup"]["proof"] == "proved by a restore"
    assert record["server"]["system_identifier"] == "7"
    assert record["outcome"] == {
        "state": "failed",
        "code": 4,
        "milliseconds": 3500,
        "message": "It failed.",
        "failed": LAST.name,
    }


def test_a_record_of_little_is_valid_too() -> None:
    progress = Progress("staging", Kind.STAGING, State.CLOSED)
    record = valid(record_of(Rollout("i", progress, NOON, "1")))
    assert record["server"] is None
    assert record["backup"] is None


def test_the_canonical_form_is_the_same_whatever_order_it_came_in() -> None:
    assert canonical({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'.encode()
    record = record_of(ROLLOUT)
    read = json.loads(json.dumps(record, indent=2))
    assert canonical(read) == canonical(dict(reversed(record.items())))


def test_no_number_is_one_that_languages_write_in_different_ways() -> None:
    def numbers(value: Any) -> list[Any]:
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            return [number for each in inner for number in numbers(each)]
        return [value] if isinstance(value, float) else []

    assert numbers(record_of(ROLLOUT)) == []


def test_every_text_is_cleaned_and_can_be_stored() -> None:
    value = {"a": ["x\0y", {"b": "\ud800 secret"}], "n": 1}
    found = cleaned(value, lambda text: text.replace("secret", "***"))
    assert found == {"a": ["x�y", {"b": "? ***"}], "n": 1}


def test_approvals_are_those_that_counted_with_all_that_is_known_of_them() -> None:
    later = NOON + timedelta(hours=1)
    known = [
        Leave("grace", 7, "h", NOON),
        Leave("grace", 8, "k", later),
        Leave("eve", 7, "h", NOON),
    ]
    found = leaves_of([APPROVAL, FORCED], known)
    assert [(each.login, each.pull) for each in found] == [
        ("grace", 7),
        ("grace", 8),
        ("linus", None),
    ]


def test_a_migration_that_another_plan_applied_is_told_of() -> None:
    record = record_of(replace(ROLLOUT, pending=()))
    assert [(each["name"], each["checksum"]) for each in record["migrations"]] == [
        (MORE.name, None)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"record": 1, "signature": null}',
        '{"record": {}, "signature": {}}',
        "[" * 9999,
    ],
)
def test_what_is_no_record_is_refused(text: str) -> None:
    if text.endswith('"signature": {}}'):
        # An empty one is none.
        assert sealed_in(text, path="f").signature is None
        return
    with pytest.raises(UsageError, match="f is no audit record"):
        sealed_in(text, path="f")
