"""The JSON faces against their published schemas, field by field."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.cli import cli
from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.migrations.effects import LockMode
from bot.core.rollouts.checkpoint import Checkpoint
from bot.core.rollouts.last import LastBackup, LastDrift, LastRollout
from bot.core.rollouts.plan import Plan, make_plan
from bot.core.rollouts.progress import Progress
from bot.core.rollouts.resolution import Baseline, Mark, Resolved, SchemaCheck
from bot.core.rollouts.standing import MigrationState
from bot.core.rollouts.status import Details, Fragment, Halt, TargetStatus
from bot.core.targets.target import Kind
from bot.report.formats.as_json import apply_json, plan_json, review_json, status_json
from bot.report.formats.standings_as_json import baseline_json, resolved_json
from docs.making.commands import commands_page
from tests.fakes import applied, migration
from tests.fakes.values import NOON
from tests.report.regenerate import every
from tests.report.samples import (
    APPROVED,
    BLOCKING_INDEX,
    COUPONS,
    INDEX,
    NOTE,
    PRODUCTION_CLOSED,
    PRODUCTION_DONE,
    PRODUCTION_FAILED,
    judged,
    report,
    samples,
)

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference"
PLAN = Plan("production", (COUPONS.migration,), applied=("a",), modified=("b",), missing=("c",))


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return loaded


def validated(name: str, value: dict[str, Any]) -> dict[str, Any]:
    """The value as read back from JSON, having checked it against schema and documentation."""
    read: dict[str, Any] = json.loads(json.dumps(value))
    validator = Draft202012Validator(schema(name))
    assert list(validator.iter_errors(read)) == []
    assert undocumented(read, schema(name), schema(name)) == []
    return read


def undocumented(value: Any, node: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """Fields of the value that its schema does not describe."""
    if "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    if "oneOf" in node:
        node = next(each for each in node["oneOf"] if each.get("type") != "null")
        return undocumented(value, node, root) if value is not None else []
    if isinstance(value, list):
        return [each for item in value for each in undocumented(item, node["items"], root)]
    if not isinstance(value, dict):
        return []
    if isinstance(node.get("additionalProperties"), dict):
        # Its fields are names, and not the contract's.
        return []
    known = node["properties"]
    found = [name for name in value if name not in known]
    for name in value.keys() & known.keys():
        found += undocumented(value[name], known[name], root)
    return found


@pytest.mark.parametrize("file", sorted(SCHEMAS.glob("*.schema.json")), ids=lambda file: file.name)
def test_a_schema_is_itself_valid_and_linked(file: Path) -> None:
    content = json.loads(file.read_text("utf-8"))
    Draft202012Validator.check_schema(content)
    if content["title"].endswith(" --format json"):
        assert f"]({file.name})" in commands_page(cli)


@pytest.mark.parametrize("report", every().values(), ids=every())
def test_every_review_keeps_the_contract(report: Any) -> None:
    validated("check", review_json(report.review))


def test_a_review_says_all_the_contract_promises() -> None:
    read = validated("check", review_json(samples()["risky_statement"].review))
    assert {key: read[key] for key in ("schema", "verdict", "postgres", "findings")} == {
        "schema": 1,
        "verdict": "block",
        "postgres": "18",
        "findings": [],
    }
    (migration,) = read["migrations"]
    assert migration["name"] == "20261120100000_index_orders_by_user"
    assert migration["path"] == f"prisma/migrations/{migration['name']}/migration.sql"
    assert migration["atomic"] is True
    (statement,) = migration["statements"]
    assert statement == {
        "index": 0,
        "line": 2,
        "end_line": 2,
        "kind": "CREATE INDEX",
        "sql": 'CREATE INDEX "orders_user_id_idx" ON "orders"("user_id")',
        "transactional": True,
        "locks": [{"relation": "public.orders", "mode": "ShareLock", "new": False}],
        "locks_if_rows": [],
        "rewrites": [],
        "scans": ["public.orders"],
        "rebuilds": [],
        "loses": [],
        "misses": [],
        "understood": True,
        "conditional": False,
        "measured": None,
    }
    (finding,) = migration["findings"]
    assert list(finding) == [
        "rule", "severity", "path", "line", "column", "end_line", "end_column", "statement",
        "message", "why", "fix", "allowed", "allowed_until", "fingerprint", "size",
        "usual_severity", "rewrite",
    ]  # fmt: skip
    assert (finding["line"], finding["statement"], finding["allowed"]) == (2, 0, None)
    assert finding["rewrite"] is None


def test_a_rewrite_is_its_pieces_in_order() -> None:
    rewrite = Rewrite((Piece("SELECT 1"), Piece("SELECT 2", Place.APART)))
    about = judged(INDEX, replace(BLOCKING_INDEX, rewrite=rewrite))
    read = validated("check", review_json(report(about).review))
    assert read["migrations"][0]["findings"][0]["rewrite"] == [
        {"sql": "SELECT 1", "place": "here"},
        {"sql": "SELECT 2", "place": "apart"},
    ]


def test_a_statement_that_should_go_has_a_rewrite_without_pieces() -> None:
    about = judged(INDEX, replace(BLOCKING_INDEX, rewrite=Rewrite()))
    read = validated("check", review_json(report(about).review))
    assert read["migrations"][0]["findings"][0]["rewrite"] == []


def test_the_schema_names_every_place_of_a_piece() -> None:
    places = schema("check")["$defs"]["piece"]["properties"]["place"]["enum"]
    assert {place.value for place in Place} <= set(places)


def test_a_review_without_a_field_is_refused_by_the_schema() -> None:
    value = review_json(samples()["warnings"].review)
    del value["migrations"][0]["statements"][0]["loses"]
    assert not Draft202012Validator(schema("check")).is_valid(value)


def test_the_schema_names_every_lock_mode() -> None:
    modes = schema("check")["$defs"]["lock"]["properties"]["mode"]["enum"]
    assert modes == [mode.label for mode in LockMode]


def test_a_plan_keeps_the_contract() -> None:
    read = validated("plan", plan_json(PLAN, PRODUCTION_CLOSED.gates))
    assert read["pending"] == [
        {
            "name": COUPONS.migration.name,
            "path": COUPONS.migration.path,
            "checksum": COUPONS.migration.checksum,
            "rollback": None,
        }
    ]
    assert read["agrees"] is False
    assert [gate["open"] for gate in read["gates"]] == [True, False, True]


def test_a_status_keeps_the_contract_for_a_target_that_cannot_be_read() -> None:
    lost = TargetStatus("old", Kind.STAGING, problem="It could not be reached.", hint="Start it.")
    found = TargetStatus("production", Kind.PRODUCTION, PLAN, PRODUCTION_CLOSED.gates)
    read = validated("status", status_json([found, lost]))
    assert [each["plan"] is None for each in read["targets"]] == [False, True]
    assert read["targets"][0]["plan"]["digest"] == PLAN.digest


def test_what_happened_last_keeps_the_contract() -> None:
    known = TargetStatus(
        "production",
        Kind.PRODUCTION,
        PLAN,
        rollout=LastRollout(NOON, "applied", 12.0, "ada"),
        backup=LastBackup(NOON, "restore", fine=True),
        drift=LastDrift(NOON, ("lacks table a",)),
    )
    seen = replace(known, rollout=LastRollout(NOON, "applied"), drift=None)
    read = validated("status", status_json([known, seen]))
    first, second = read["targets"]
    assert first["last_rollout"]["by"] == "ada"
    assert first["last_backup"]["level"] == "restore"
    assert first["last_drift"]["differences"] == ["lacks table a"]
    assert (second["last_rollout"]["by"], second["last_drift"]) == (None, None)


MIXED = migration("20260101000000_mixed", "SELECT 1;")
HALT = Halt(MIXED.name, 1, 2, 2, (Fragment(1, "SELECT 1"),), (Fragment(2, "SELECT 2"),), "no")


def test_every_state_and_detail_of_a_migration_keeps_the_contract() -> None:
    logs = Checkpoint(MIXED.checksum, ("d",)).text()
    begun = replace(applied(MIXED, finished=False), logs=logs)
    failing = replace(begun, id="2", name="20260102000000_failed", logs="ERROR: no 'secret'")
    edited = replace(applied(MIXED), id="3", name="20260103000000_edited")
    history = [MIXED, replace(MIXED, name=edited.name, sql="SELECT 3;")]
    plan = make_plan("staging", history, [begun, failing, edited])
    details = Details({MIXED.name: HALT}, {edited.name: "c" * 40})

    read = validated("plan", plan_json(plan, (), details))
    assert [each["state"] for each in read["migrations"]] == ["interrupted", "failed", "edited"]
    assert read["migrations"][0]["halt"]["left"] == [{"line": 2, "sql": "SELECT 2"}]
    assert read["migrations"][1]["reason"] == "no '…'"
    assert read["migrations"][2]["commit"] == "c" * 40
    assert len(read["disagreements"]) == 2


def test_the_schemas_name_every_state() -> None:
    for name in ("plan", "status", "resolve", "baseline"):
        states = schema(name)["$defs"]["standing"]["properties"]["state"]["enum"]
        assert states == [state.value for state in MigrationState]


def test_what_is_marked_by_hand_keeps_the_contract() -> None:
    resolved = Resolved(MIXED.name, Mark.ROLLED_BACK, PLAN, halt=HALT)
    assert validated("resolve", resolved_json(resolved))["mark"] == "rolled_back"

    check = SchemaCheck(("lacks table public.a",))
    found = Baseline("staging", MIXED.name, (MIXED,), PLAN, replaced=("a",), check=check)
    read = validated("baseline", baseline_json(found))
    assert (read["done"], read["marked"]) == (False, [MIXED.name])
    assert read["differences"] == ["lacks table public.a"]


@pytest.mark.parametrize(
    "progress",
    [PRODUCTION_DONE, PRODUCTION_FAILED, PRODUCTION_CLOSED, Progress("x", Kind.DEVELOPMENT)],
)
def test_the_outcome_of_a_rollout_keeps_the_contract(progress: Progress) -> None:
    read = validated("apply", apply_json(progress))
    assert read["state"] == progress.state.value


def test_times_are_utc() -> None:
    backup = validated("apply", apply_json(PRODUCTION_FAILED))["backup"]
    assert backup["snapshot_at"] == "2026-11-22T14:25:12Z"
    assert APPROVED[0].at.utcoffset() is not None
    assert PRODUCTION_FAILED.failed == NOTE.migration.name
