"""For each job of the workflows that ship, an event that has it do what it is there for."""

from collections.abc import Callable, Mapping
from pathlib import Path

from bot.demo.hub import Event
from tests.harness.shipping import ROOT
from tests.story.fleets import become_fleets
from tests.story.stage import (
    CHECK,
    COUNTRY,
    DEPLOY,
    HARMLESS,
    INDEX,
    MENDED,
    REPORT,
    RISKY,
    SHOP,
    TARGETS,
    Stage,
    script,
)

DRIFT = ROOT / ".github/workflows/migration-drift.yml"
RECHECK = ROOT / ".github/workflows/migration-recheck.yml"
Scene = Callable[[Stage], Event]


def proposed(stage: Stage) -> Event:
    return stage.propose({script(INDEX): RISKY})


def proposed_from_a_fork(stage: Stage) -> Event:
    stage.check(stage.fork_propose({script(INDEX): RISKY}))
    return list(stage.ends.values())[-1]


def asked_for_a_check(stage: Stage) -> Event:
    stage.check(proposed(stage))
    return said(stage, "/migrate check")


def asked_how_far_it_is(stage: Stage) -> Event:
    approved_and_merged(stage)
    return said(stage, "/migrate check")


def merged(stage: Stage) -> Event:
    return stage.merged({script(COUNTRY): HARMLESS})


def next_is_production(stage: Stage) -> Event:
    merged(stage)
    assert stage.deploy(stage.dispatch("staging")).conclusion == "success"
    return stage.dispatch("production")


def next_is_a_fleet(stage: Stage) -> Event:
    become_fleets(stage, "production")
    return next_is_production(stage)


def asked_for_staging(stage: Stage) -> Event:
    approved_and_merged(stage)
    return said(stage, "/migrate apply staging")


def asked_for_production(stage: Stage) -> Event:
    approved_and_merged(stage)
    assert stage.deploy(stage.dispatch("staging")).conclusion == "success"
    return said(stage, "/migrate apply production")


def asked_for_a_fleet(stage: Stage) -> Event:
    become_fleets(stage, "production")
    return asked_for_production(stage)


def overtaken(stage: Stage) -> Event:
    stage.check(stage.propose({script(INDEX): MENDED}, branch="early"))
    stage.propose({script(COUNTRY): HARMLESS}, branch="late")
    return stage.merge(2)


def looked_at(stage: Stage) -> Event:
    return stage.hub.dispatch(SHOP, DRIFT.name, author="ada", inputs={})


def settled_since(stage: Stage) -> Event:
    """There is an issue on each target, and nothing any more that it could tell of."""
    for target in TARGETS:
        stage.query(target, 'CREATE INDEX by_hand ON "Order" (total)')
    stage.run(DRIFT, looked_at(stage))
    for target in TARGETS:
        stage.query(target, "DROP INDEX by_hand")
    return looked_at(stage)


def approved_and_merged(stage: Stage) -> Event:
    """Not by the one who gives the commands: who starts a rollout does not count."""
    stage.check(stage.propose({script(COUNTRY): HARMLESS}))
    stage.hub.review(SHOP, 1, author="alan")
    return stage.merge(1)


def said(stage: Stage, body: str) -> Event:
    return stage.hub.comment(SHOP, 1, author="grace", body=body)


# By workflow and job; what a permission alone is for comes after a slash.
SCENES: Mapping[tuple[Path, str], Scene] = {
    (CHECK, "check"): proposed,
    (REPORT, "report"): proposed_from_a_fork,
    (DEPLOY, "command"): asked_for_a_check,
    (DEPLOY, "command/deployments"): asked_how_far_it_is,
    (DEPLOY, "staging"): merged,
    (DEPLOY, "staging/actions"): asked_for_staging,
    (DEPLOY, "production"): next_is_production,
    (DEPLOY, "production/actions"): asked_for_production,
    (DEPLOY, "production_slices"): next_is_a_fleet,
    (DEPLOY, "production_slices/actions"): asked_for_a_fleet,
    (DEPLOY, "production_rest"): next_is_a_fleet,
    (DEPLOY, "production_rest/actions"): asked_for_a_fleet,
    (RECHECK, "recheck"): overtaken,
    (RECHECK, "warm"): merged,
    (DRIFT, "staging"): looked_at,
    (DRIFT, "staging/issues"): settled_since,
    (DRIFT, "production"): looked_at,
    (DRIFT, "production/issues"): settled_since,
}


def scene_of(workflow: Path, job: str, permission: str) -> Scene:
    special = SCENES.get((workflow, f"{job}/{permission}"))
    return special or SCENES[workflow, job]
