"""Review requests: each person once, and only when there is something to look at."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.core.approvals.approval_policy import ApprovalPolicy, Approvers
from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import Review
from bot.core.github.faces import Faces
from bot.core.github.reviewers import Reviewers
from bot.core.settings import Settings, default_targets
from bot.flows.telling.reviewers import ask_for_reviews
from bot.world import World
from tests.fakes import FakeConsole
from tests.flows.world import NUMBER, Stage, pull
from tests.report.samples import BLOCKING_INDEX, INDEX, judged, report

PULL = pull(merged=False)
WARNED = replace(BLOCKING_INDEX, severity=Severity.WARNING)


def review(*findings: Finding) -> Review:
    return report(judged(INDEX, *findings)).review


def world_of(stage: Stage, *approvers: str, **changes: Any) -> World:
    policy = ApprovalPolicy.of(1, Approvers(users=approvers))
    production = replace(default_targets()["production"], approval=policy)
    targets: Mapping[str, Any] = {**default_targets(), "production": production}
    return replace(stage.world(), settings=Settings(targets=targets, **changes))


def said(world: World) -> list[str]:
    assert isinstance(world.console, FakeConsole)
    return world.console.said


def test_those_are_asked_once_whose_approval_counts_and_never_the_author() -> None:
    stage = Stage()
    world = world_of(stage, "Ada", "grace", "alan")
    for _ in range(2):
        ask_for_reviews(PULL, review(WARNED), world)
    assert stage.github.asked == [Reviewers(("grace", "alan"))]


def test_whom_somebody_took_off_is_not_asked_again() -> None:
    stage = Stage()
    stage.github.known[NUMBER] = Reviewers(("Grace",))
    ask_for_reviews(PULL, review(), world_of(stage, "grace"))
    assert stage.github.asked == []


@pytest.mark.parametrize("found", [review(BLOCKING_INDEX), Review("18")], ids=["block", "empty"])
def test_nobody_is_asked_while_there_is_nothing_to_approve(found: Review) -> None:
    stage = Stage()
    stage.github.down = True
    world = world_of(stage, "grace")
    ask_for_reviews(PULL, found, world)
    assert said(world) == []


@pytest.mark.parametrize(
    ("approvers", "faces"), [((), Faces()), (("grace",), Faces(reviewers=False))], ids=str
)
def test_nobody_is_asked_where_nobody_is_named_or_it_is_off(
    approvers: tuple[str, ...], faces: Faces
) -> None:
    stage = Stage()
    stage.github.down = True
    world = world_of(stage, *approvers, faces=faces)
    ask_for_reviews(PULL, review(), world)
    assert said(world) == []


def test_whom_github_does_not_know_is_named_and_the_others_are_asked() -> None:
    stage = Stage()
    stage.github.unknown = {"nobody"}
    world = world_of(stage, "nobody", "grace")
    ask_for_reviews(PULL, review(), world)
    assert stage.github.asked == [Reviewers(("grace",))]
    (told,) = said(world)
    assert told.startswith(f"not asked to review #{NUMBER}: nobody. ")


def test_a_refusal_is_said_and_changes_nothing() -> None:
    stage = Stage()
    stage.github.refused = {"reviewers"}
    world = world_of(stage, "grace")
    ask_for_reviews(PULL, review(), world)
    (told,) = said(world)
    assert told.startswith(f"nobody asked to review #{NUMBER}: GitHub ")
