"""Suggestions on a pull request: once each, and never in the way of the verdict."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.findings.finding import Finding
from bot.core.findings.review import Review
from bot.core.findings.rewrite import Piece, Rewrite
from bot.core.github.pull import Comment
from bot.core.github.thread import Thread
from bot.flows.telling.suggest import keep_suggestions
from bot.report.faces.suggestions import suggestions_of
from bot.world import World
from tests.fakes import FakeConsole
from tests.flows.world import HEAD, NUMBER, Stage, pull
from tests.report.samples import BLOCKING_INDEX, GONE, INDEX, judged, report

PULL = pull(merged=False)
OTHER = replace(
    BLOCKING_INDEX, message="Another.", rewrite=Rewrite((Piece("DROP INDEX CONCURRENTLY i"),))
)


def review(*findings: object) -> Review:
    return report(judged(INDEX, *findings)).review  # type: ignore[arg-type]


def said(world: World) -> list[str]:
    assert isinstance(world.console, FakeConsole)
    return world.console.said


def test_what_was_suggested_is_not_suggested_again() -> None:
    stage = Stage()
    for _ in range(2):
        keep_suggestions(PULL, review(GONE), stage.world(), commit=HEAD)
    (left,) = stage.github.reviews
    assert left[:2] == (NUMBER, HEAD)
    assert len(stage.github.line_comments[NUMBER]) == 1

    keep_suggestions(PULL, review(OTHER), stage.world(), commit=HEAD)
    assert len(stage.github.line_comments[NUMBER]) == 2


def test_without_a_rewrite_nothing_is_suggested() -> None:
    stage = Stage()
    world = stage.world()
    keep_suggestions(PULL, review(BLOCKING_INDEX), world, commit=HEAD)
    assert stage.github.reviews == []
    assert said(world) == []


def test_a_refusal_is_said_and_changes_nothing() -> None:
    stage = Stage()
    stage.github.no_reviews = True
    world = stage.world()
    keep_suggestions(PULL, review(GONE), world, commit=HEAD)
    assert said(world) == [
        f"no suggestions on #{NUMBER}: GitHub did not let the bot suggest changes. Let it."
    ]


def with_thread(**changes: Any) -> Stage:
    stage = Stage()
    made = about(GONE, **changes)
    stage.github.line_comments[NUMBER] = [Comment(1, made.body)]
    stage.github.threads[NUMBER] = [made]
    return stage


@pytest.mark.parametrize("step", ["threads", "settle"])
def test_what_cannot_be_settled_is_said_and_changes_nothing(step: str) -> None:
    stage = with_thread()
    stage.github.refused = {step}
    world = stage.world()
    keep_suggestions(PULL, review(), world, commit=HEAD)
    (told,) = said(world)
    assert told.startswith(f"old suggestions on #{NUMBER} are not settled: GitHub ")


def test_without_old_suggestions_nobody_asks_for_conversations() -> None:
    stage = Stage()
    stage.github.refused = {"threads"}
    world = stage.world()
    for each in (review(), review(GONE), review(GONE)):
        keep_suggestions(PULL, each, world, commit=HEAD)
    assert said(world) == []


def about(finding: Finding, **changes: Any) -> Thread:
    suggestion = suggestions_of(review(finding))[0]
    return replace(Thread("T1", "C1", suggestion.body, suggestion.path), **changes)


@pytest.mark.parametrize("left", [(), (OTHER,), (GONE.allow("It is small."),)])
def test_a_suggestion_whose_finding_is_gone_is_settled_once(left: tuple[Finding, ...]) -> None:
    stage = with_thread()
    for _ in range(2):
        keep_suggestions(PULL, review(*left), stage.world(), commit=HEAD)
    assert stage.github.settled == ["T1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"answered": True},
        {"resolved": True},
        {"hidden": True},
        {"body": "Nice!"},
        {"path": "apps/billing/prisma/migrations/1_a/migration.sql"},
    ],
    ids=str,
)
def test_what_is_settled_answered_or_not_about_us_is_left_alone(changes: dict[str, Any]) -> None:
    stage = with_thread(**changes)
    stage.github.line_comments[NUMBER] += [Comment(2, about(OTHER).body)]
    keep_suggestions(PULL, review(), stage.world(), commit=HEAD)
    assert stage.github.settled == []


def test_a_suggestion_whose_finding_stands_is_left_open() -> None:
    stage = with_thread()
    keep_suggestions(PULL, review(replace(GONE, line=GONE.line)), stage.world(), commit=HEAD)
    assert stage.github.settled == []
