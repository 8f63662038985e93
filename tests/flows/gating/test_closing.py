"""Freezes, windows, soaking and overrides, with their facts from a clock, a calendar and GitHub."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.gates.closing import Between, Closing, Freeze, Window
from bot.core.gates.gate import Gate
from bot.core.gates.override import Override
from bot.core.gates.spans import Hours, Span
from bot.core.github.deployment import Deployment
from bot.core.github.pull import Pull
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.progress import State
from bot.core.settings import default_targets
from bot.core.targets.target import Target
from bot.errors import GateClosed, UsageError
from bot.flows.gating.approvals import pulls_of
from bot.flows.gating.gates import gates_ahead, gates_of
from bot.flows.targets.rollout import order_for
from bot.rollout.procedure import roll_out
from bot.world import World
from tests.fakes import NOON, FakeDatabase, applied
from tests.flows.world import APPROVED, HEAD, INIT, MERGE, MORE, NUMBER, Stage, facts, pull

_, STAGING, PRODUCTION = default_targets().values()
FROZEN = replace(
    PRODUCTION, closing=Closing(Freeze(ranges=(Between(date(2026, 11, 20), date(2026, 11, 23)),)))
)
GIVEN = Override("freeze", "grace", "a fire", NOON - timedelta(minutes=5), HEAD)


def staged(state: State = State.APPLIED, note: str = "", minutes: int = 0) -> Deployment:
    at = NOON - timedelta(minutes=minutes)
    return Deployment("staging", MERGE, state, at, {MORE.name: MORE.checksum}, note)


def a_stage(*deployments: Deployment) -> Stage:
    stage = Stage()
    stage.github.announced += deployments or (staged(),)
    return stage


def gates(
    stage: Stage,
    target: Target,
    *overrides: Override,
    world: Callable[[World], World] = lambda world: world,
) -> dict[str, Gate]:
    plan = make_plan("production", [INIT, MORE], stage.production.applied())
    found = gates_of(plan, target, world(stage.world()), overrides=lambda *_: overrides)
    return {gate.name: gate for gate in found}


def test_a_freeze_closes_production_until_it_is_overridden_for_this_very_text() -> None:
    assert not gates(a_stage(), FROZEN)["freeze"].open

    found = gates(a_stage(), FROZEN, GIVEN)["freeze"]
    assert found.open
    assert found.overridden == f"by @grace at {GIVEN.at:%Y-%m-%d %H:%M} UTC: a fire"


@pytest.mark.parametrize(
    "override",
    [replace(GIVEN, commit="2" * 40), replace(GIVEN, at=NOON - timedelta(hours=4))],
    ids=["given on another commit", "given too long ago"],
)
def test_an_override_that_does_not_hold_opens_nothing(override: Override) -> None:
    assert not gates(a_stage(), FROZEN, override)["freeze"].open


def test_an_override_on_a_head_that_had_another_text_opens_nothing() -> None:
    stage = a_stage()
    stage.github.pull_facts[NUMBER] = facts(*APPROVED, each=INIT)

    assert not gates(stage, FROZEN, GIVEN)["freeze"].open


def test_overrides_are_not_looked_for_where_nothing_is_frozen() -> None:
    def never(pulls: Iterable[Pull], target: Target, world: World) -> tuple[Override, ...]:
        raise AssertionError("nobody asked")

    target = replace(PRODUCTION, closing=Closing(Freeze()))
    plan = make_plan("production", [MORE], [])
    found = gates_of(plan, target, a_stage().world(), overrides=never)

    assert {gate.name: gate.open for gate in found}["freeze"]


def calendar(*spans: Span) -> Callable[[World], World]:
    def read(path: str, zone: ZoneInfo, at: datetime) -> tuple[Span, ...]:
        if not spans:
            raise UsageError(f"{path} is not there.", hint="Add it.")
        return spans

    return lambda world: replace(world, calendar=read)


def test_a_calendar_freezes_and_one_that_is_not_there_does_so_too() -> None:
    target = replace(PRODUCTION, closing=Closing(Freeze(calendar="freeze.ics")))
    sale = Span(NOON, NOON + timedelta(hours=1), "Sale")

    assert "“Sale” is on" in gates(a_stage(), target, world=calendar(sale))["freeze"].reason
    missing = gates(a_stage(), target, world=calendar())["freeze"]
    assert missing.reason == "nobody knows whether: freeze.ics is not there"


def test_a_window_that_is_shut_closes_production() -> None:
    night = replace(PRODUCTION, closing=Closing(window=Window(hours=Hours(60, 120))))

    assert "it opens Mon 23 Nov 2026, 01:00 (UTC)" in gates(a_stage(), night)["window"].reason


def test_production_waits_until_staging_has_had_it_long_enough() -> None:
    soaked = replace(PRODUCTION, closing=Closing(soak=timedelta(minutes=30)))

    assert (
        "it opens 2026-11-22 12:10 UTC"
        in gates(a_stage(staged(minutes=20)), soaked)["after staging"].reason
    )
    assert gates(a_stage(staged(minutes=40)), soaked)["after staging"].open


@pytest.mark.parametrize(
    "newer",
    [
        staged(State.FAILED, "It broke."),
        staged(State.APPLYING),
        staged(note="Not verified: an index is invalid."),
    ],
)
@pytest.mark.parametrize("reachable", [True, False])
def test_the_newest_rollout_to_staging_counts_alone(newer: Deployment, reachable: bool) -> None:
    stage = a_stage(staged(), newer)
    if reachable:
        stage.environ = {"STAGING_DATABASE_URL": "postgresql://staging"}
        stage.staging.rows.append(applied(MORE))

    assert not gates(stage, PRODUCTION)["after staging"].open


def test_a_deployment_of_another_text_says_nothing_of_the_one_that_staging_has() -> None:
    other = replace(staged(State.FAILED), texts={MORE.name: "0" * 64})
    stage = a_stage(other)
    stage.environ = {"STAGING_DATABASE_URL": "postgresql://staging"}
    stage.staging.rows.append(applied(MORE))

    assert gates(stage, PRODUCTION)["after staging"].open


def test_an_override_that_was_used_is_in_what_is_kept_of_the_rollout() -> None:
    stage = a_stage()
    given = stage.world()
    order = order_for(FROZEN, given)
    with pytest.raises(GateClosed, match="freeze"):
        roll_out(order, given)
    opened = replace(
        order, gates=lambda plan: gates_of(plan, FROZEN, given, overrides=lambda *_: (GIVEN,))
    )
    progress = roll_out(opened, given).progress(FROZEN)

    assert any("the gate freeze was overridden by @grace" in each for each in progress.notes)
    assert {each.name: each.overridden for each in progress.gates}["freeze"].endswith("a fire")


def test_shown_gates_say_what_cannot_be_told_and_raise_nothing() -> None:
    stage = a_stage()
    stage.github.down = True
    found = {each.name: each for each in gates_ahead(FROZEN, [MORE], stage.world())}

    assert list(found) == ["after staging", "approval", "freeze", "drift", "backup"]
    for name in ("after staging", "approval"):
        assert found[name].reason == "it cannot be told: GitHub could not be reached"
        assert found[name].hint


def test_with_nothing_pending_the_clock_and_the_target_are_shown() -> None:
    plan = make_plan("production", [INIT], [applied(INIT)])
    found = gates_ahead(FROZEN, (), Stage().world(), plan=plan)

    assert [each.name for each in found] == ["freeze", "order", "rows", "drift", "backup"]


def test_a_pull_request_that_is_still_to_be_merged_brings_its_own_facts() -> None:
    stage = a_stage()
    stage.checkout.commits = {}
    given = stage.world()
    known = {MORE.name: pull(merged=False)}
    found = {each.name: each for each in gates_ahead(PRODUCTION, [MORE], given, pulls=known)}

    assert pulls_of([MORE], given) == {}
    assert found["approval"].open


def test_the_age_of_the_last_proof_is_told_where_backups_are_kept() -> None:
    stage = Stage(production=FakeDatabase([applied(INIT)]))
    stage.environ = {"PRODUCTION_DATABASE_URL": "postgresql://production"}
    world = stage.world()
    kept = replace(world, backups=replace(world.backups, kept=True))  # type: ignore[type-var]
    found = {each.name: each for each in gates_ahead(PRODUCTION, (), kept)}

    assert (
        "the last is 0 s old, proved by restoring it on PostgreSQL 18.1" in found["backup"].reason
    )
