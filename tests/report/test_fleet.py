"""A fleet in a terminal, in a job's summary and as JSON."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from bot.core.rollouts.plan import Plan
from bot.core.rollouts.survey import Look, Survey
from bot.core.targets.fleet_outcome import FleetOutcome, TenantResult, TenantState
from bot.fleet.classes import classes_of
from bot.report.comment.fleet_markdown import render_fleet
from bot.report.formats.fleet_as_json import fleet_outcome_json, survey_json
from bot.report.terminal.fleet import fleet_outcome_text, survey_text
from tests.fakes import NOON, migration

MORE = migration("20260201000000_more")
PARKED = TenantResult(
    "acme|@x", "rest", TenantState.PARKED, 0.1, 0, "m0", 1, "duplicate `key` <b>", "Mend it."
)
OUTCOME = FleetOutcome(
    target="tenants",
    at=NOON,
    waves=("canary", "rest"),
    tenants=(
        TenantResult("ours", "canary", TenantState.APPLIED, 2.5, 1, "m1", 1),
        PARKED,
        TenantResult("zoo", "rest"),
    ),
    seconds=3.0,
    stopped="1 of 2 tenants failed, and 0 may.",
    hint="Mend acme.",
)


def test_the_terminal_tells_waves_failures_the_slowest_and_the_heads() -> None:
    assert fleet_outcome_text(OUTCOME).splitlines() == [
        "tenants was stopped: 1 done, 1 parked, 1 not started in 3.0 s.",
        "  1 of 2 tenants failed, and 0 may.",
        "  hint: Mend acme.",
        "wave     tenants   done   parked   failed   not done",
        "────────────────────────────────────────────────────",
        "canary   1         1      0        0        0",
        "rest     2         0      1        0        1",
        "acme|@x parked: duplicate `key` <b>",
        "  hint: Mend it.",
        "The slowest:",
        "tenant   time    migrations",
        "───────────────────────────",
        "ours     2.5 s   1",
        "Where the tenants are:",
        "  1 tenant at a place not looked at",
        "  1 tenant at m0",
        "  1 tenant at m1",
    ]


def test_a_thousand_failures_are_no_thousand_lines() -> None:
    many = tuple(replace(PARKED, tenant=f"t{n}") for n in range(1000))
    said = fleet_outcome_text(replace(OUTCOME, tenants=many))
    assert "and 980 more: `--format json` has them all" in said
    assert len(said.splitlines()) < 70


def test_the_summary_escapes_what_tenants_are_called() -> None:
    said = render_fleet(OUTCOME)
    assert "| canary | 1 | 1 | 0 | 0 | 0 |" in said
    assert "acme\\|@" in said
    assert "<b>" not in said
    assert "@x" not in said
    assert "**Stopped.** 1 of 2 tenants failed, and 0 may. **What to do:** Mend acme." in said


def documented(name: str, value: dict[str, Any]) -> dict[str, Any]:
    """The value, having found every field of it in the document's published schema."""
    path = Path(__file__).parents[2] / f"docs/reference/{name}.schema.json"
    schema = json.loads(path.read_text("utf-8"))["properties"]["fleet"]
    assert list(Draft202012Validator(schema).iter_errors(value)) == []
    assert set(value) == set(schema["properties"]) == set(schema["required"])
    return value


def test_json_has_every_tenant() -> None:
    said = documented("apply", fleet_outcome_json(OUTCOME))
    assert [each["state"] for each in said["tenants"]] == ["applied", "parked", "not started"]
    assert said["exit_code"] == 42
    assert said["heads"][0] == {"migration": "", "tenants": 1}


def test_a_survey_shows_classes_and_who_is_in_none() -> None:
    behind = Plan("tenants", pending=(MORE,), applied=("m0",))
    looks = (
        Look("a", behind, "f" * 32),
        Look("b", behind, "f" * 32),
        Look("c", behind, "0" * 32),
        Look("d", Plan("tenants", modified=("m0",))),
        Look("e", problem="It is away.", hint="Start it."),
    )
    survey = Survey("tenants", looks, classes_of(looks), (("canary", 1), ("rest", 4)))
    said = survey_text(survey)
    assert "tenants: 5 tenants, 5 not up to date." in said
    assert "waves: canary 1, rest 4" in said
    assert "00000000 (odd)" in said
    assert "1 tenant with a schema other than most" in said
    assert "d: edited: m0" in said
    assert "e: It is away." in said
    found = documented("plan", survey_json(survey))
    assert [each["odd"] for each in found["classes"]] == [False, True]
    assert found["unreachable"][0]["problem"] == "It is away."
