"""What a rehearsal measured, as JSON."""

from dataclasses import fields, replace
from math import log2
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.proofs import DownProof, SecondRun
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import (
    LEAST_TIMES,
    MOST_TIMES,
    BaseReplay,
    DataKind,
    Estimate,
    HistoryRefusal,
    Isolation,
    Measured,
    MeasuredLock,
    Rehearsal,
    RehearsalData,
    RehearsalServer,
    RehearsedMigration,
    SchemaAgreement,
    TouchedRows,
)
from bot.report.formats.as_json import rehearsal_json, review_json
from bot.report.formats.rehearsal_as_json import rehearsed_json
from tests.report.formats.test_as_json import schema, validated
from tests.report.rehearsal_samples import RAN_TYPE, rehearsal_samples
from tests.report.samples import HOSTILE, TYPE, judged, samples


def read(name: str) -> dict[str, Any]:
    return validated("check", review_json(rehearsal_samples()[name].review))


def test_nothing_is_null_where_it_was_measured_and_all_is_where_nobody_asked() -> None:
    plain = validated("check", review_json(samples()["all_well"].review))
    assert plain["rehearsal"] is None
    assert {each["rehearsed"] for each in plain["migrations"]} == {None}
    assert {each["measured"] for m in plain["migrations"] for each in m["statements"]} == {None}
    rehearsed = read("rehearsed")
    assert rehearsed["rehearsal"]["server"]["version"] == "18.6"
    assert all(each["measured"] for each in rehearsed["migrations"][0]["statements"])


def test_a_statement_says_what_it_did_and_who_waits() -> None:
    measured = read("rehearsed_estimates")["migrations"][0]["statements"][0]["measured"]
    assert measured["duration_ms"] == 1.24
    assert measured["indexes"] == ["public.orders_user_id_idx"]
    (lock,) = measured["locks"]
    assert lock == {
        "relation": "public.orders",
        "mode": "ShareLock",
        "new": False,
        "index": False,
        "partitioned": False,
        "held_ms": 1.24,
        "blocks": [
            "INSERT, UPDATE and DELETE",
            "VACUUM and ANALYZE",
            "CREATE INDEX CONCURRENTLY",
            "CREATE TRIGGER and new foreign keys",
            "ALTER TABLE and other DDL",
        ],
    }


def test_a_lock_on_what_is_new_blocks_nobody() -> None:
    measured = read("rehearsed")["migrations"][0]["statements"][0]["measured"]
    assert [each["blocks"] for each in measured["locks"]] == [[]]


def test_a_refusal_says_where_it_was_and_what_stays() -> None:
    (migration,) = read("rehearsed_failed")["migrations"]
    refused = migration["rehearsed"]["refused"]
    assert (refused["statement"], refused["line"], refused["sqlstate"]) == (2, 5, "23505")
    assert len(migration["rehearsed"]["stays"]) == 3
    assert [bool(each["measured"]) for each in migration["statements"]] == [
        True,
        True,
        False,
        False,
    ]


def test_estimates_and_proofs_are_there() -> None:
    rehearsed = read("rehearsed_estimates")["migrations"][1]["rehearsed"]
    assert rehearsed["estimates"][0]["lock"] == "AccessExclusiveLock"
    assert rehearsed["down"]["proved"] is False
    assert rehearsed["changes"]["changed"][0]["attributes"] == [
        {"name": "type", "before": "integer", "after": "bigint"}
    ]


def test_a_rehearsal_that_was_not_says_why() -> None:
    found = read("not_rehearsed")["rehearsal"]
    assert (found["server"], found["problem"]) == (None, "No PostgreSQL 18 is installed here.")
    assert found["hint"]


def test_the_arithmetic_of_an_estimate_can_be_done_again() -> None:
    bare = Estimate(0, "public.a", "rows", 30.0, 5_000, "production", 9_000_000, 0.0, 0.0)
    bare = replace(bare, sorts=True, read_bytes=3_000_000_000, locked="public.b")
    likely = bare.measured_ms * bare.growth
    made = replace(bare, least_ms=LEAST_TIMES * likely, most_ms=MOST_TIMES * likely + bare.read_ms)
    estimated = replace(RAN_TYPE, estimates=(replace(made, lock=LockMode.SHARE),))
    (each,) = (rehearsed_json(estimated, judged(TYPE)) or {})["estimates"]
    here, there = each["measured_units"], each["target_units"]
    growth = there / here * (log2(there) / log2(here) if each["sorts"] else 1)
    read = each["read_bytes"] / 300_000_000 * 1000
    assert each["least_ms"] == pytest.approx(0.7 * each["measured_ms"] * growth)
    assert each["most_ms"] == pytest.approx(2 * each["measured_ms"] * growth + read)
    assert each["locked"] == "public.b"


def test_the_history_itself_may_have_stopped() -> None:
    refused = read("rehearsed_history_failed")["rehearsal"]["base"]["refused"]
    assert (refused["migration"], refused["line"]) == ("20240301120000_places", 4)
    assert refused["refusal"]["stop"] == "not possible"


def test_the_verb_rehearse_prints_the_same_document() -> None:
    review = rehearsal_samples()["rehearsed"].review
    assert rehearsal_json(review) == review_json(review)


def test_hostile_text_is_kept_as_it_is() -> None:
    found = read("rehearsed_hostile")["migrations"][0]["rehearsed"]
    assert found["refused"]["message"] == HOSTILE


# Said elsewhere: `measured` by each statement, a migration by its own object, sizes by `sizes`, and
# what all of them touch by the changes of each.
ELSEWHERE = {"name", "migrations", "sizes", "touched"}
DESCRIBED = {
    "measured": Measured,
    "measured_lock": MeasuredLock,
    "touched_rows": TouchedRows,
    "rehearsed": RehearsedMigration,
    "refusal": Refusal,
    "down": DownProof,
    "second": SecondRun,
    "estimate": Estimate,
    "rehearsal": Rehearsal,
    "server": RehearsalServer,
    "isolation": Isolation,
    "base": BaseReplay,
    "history_refusal": HistoryRefusal,
    "data": RehearsalData,
    "schema_agreement": SchemaAgreement,
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_schema_describes_every_field_of_the_values(name: str) -> None:
    described = schema("check")["$defs"][name]
    own = {each.name for each in fields(DESCRIBED[name])}
    if name == "base":
        own -= ELSEWHERE - {"migrations"}
    elif name == "measured":
        # What agreement is judged by, and nobody reads.
        own -= {"had"}
    elif name in ("rehearsed", "rehearsal"):
        own -= ELSEWHERE
    assert own <= set(described["properties"])
    assert set(described["required"]) == set(described["properties"])


def test_the_schema_names_every_stop_every_kind_of_data_and_every_lock() -> None:
    definitions = schema("check")["$defs"]
    assert definitions["refusal"]["properties"]["stop"]["enum"] == [each.value for each in Stop]
    assert definitions["data"]["properties"]["kind"]["enum"] == [each.value for each in DataKind]
    modes = [each.label for each in LockMode]
    assert definitions["measured_lock"]["properties"]["mode"]["enum"] == modes
    assert definitions["estimate"]["properties"]["lock"]["enum"] == [*modes, None]


def test_a_measurement_without_a_field_is_refused_by_the_schema() -> None:
    value = review_json(rehearsal_samples()["rehearsed"].review)
    del value["migrations"][0]["statements"][0]["measured"]["wal_bytes"]
    assert not Draft202012Validator(schema("check")).is_valid(value)


def test_an_estimate_without_a_lock_is_one_too() -> None:
    made = rehearsal_samples()["rehearsed_estimates"]
    assert made.review.rehearsal is not None
    light = replace(RAN_TYPE, estimates=(replace(RAN_TYPE.estimates[0], lock=None),))
    found = replace(made.review.rehearsal, migrations=(light,))
    value = validated("check", review_json(replace(made.review, rehearsal=found)))
    assert value["migrations"][1]["rehearsed"]["estimates"][0]["lock"] is None
