"""Suggestions on a pull request: once each, and never in the way of the verdict."""

from dataclasses import replace

from bot.core.review import Review
from bot.core.rewrite import Piece, Rewrite
from bot.flows.telling.suggest import keep_suggestions
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


def test_without_a_rewrite_nothing_is_asked_of_github() -> None:
    stage = Stage()
    stage.github.down = True
    world = stage.world()
    keep_suggestions(PULL, review(BLOCKING_INDEX), world, commit=HEAD)
    assert said(world) == []


def test_a_refusal_is_said_and_changes_nothing() -> None:
    stage = Stage()
    stage.github.no_reviews = True
    world = stage.world()
    keep_suggestions(PULL, review(GONE), world, commit=HEAD)
    assert said(world) == [
        f"no suggestions on #{NUMBER}: GitHub did not let the bot suggest changes. Let it."
    ]
