"""The label of risk: it follows the migrations, and never stands in the way."""

from dataclasses import replace

import pytest

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import Review
from bot.core.github.faces import Faces
from bot.flows.telling.labels import keep_labels
from bot.world import World
from tests.fakes import FakeConsole
from tests.flows.world import NUMBER, Stage, pull
from tests.report.samples import BLOCKING_INDEX, INDEX, judged, report

PULL = pull(merged=False)
NOTHING = Review("18")


def review(*findings: Finding) -> Review:
    return report(judged(INDEX, *findings)).review


def with_faces(world: World, faces: Faces) -> World:
    return replace(world, settings=replace(world.settings, faces=faces))


def test_the_label_follows_the_risk_and_goes_with_the_migrations() -> None:
    stage = Stage()
    stage.github.stuck[NUMBER] = ["bug"]
    warned = replace(BLOCKING_INDEX, severity=Severity.WARNING)
    seen = []
    for each in (review(BLOCKING_INDEX), review(warned), review(warned), NOTHING):
        keep_labels(PULL, [each], stage.world())
        seen.append(list(stage.github.stuck[NUMBER]))
    high, medium = "migrations: high risk", "migrations: medium risk"
    assert seen == [["bug", high], ["bug", medium], ["bug", medium], ["bug"]]
    assert stage.github.repository_labels[high].description


def test_of_several_databases_the_one_with_the_highest_risk_is_told() -> None:
    stage = Stage()
    keep_labels(PULL, [NOTHING, review(BLOCKING_INDEX), review()], stage.world())
    assert stage.github.stuck[NUMBER] == ["migrations: high risk"]


def test_the_prefix_is_the_repository_s_own() -> None:
    stage = Stage()
    keep_labels(PULL, [review(BLOCKING_INDEX)], with_faces(stage.world(), Faces(labels="db")))
    assert stage.github.stuck[NUMBER] == ["db: high risk"]


def test_where_no_label_is_wanted_nothing_is_asked_of_github() -> None:
    stage = Stage()
    stage.github.down = True
    world = with_faces(stage.world(), Faces(labels=None))
    keep_labels(PULL, [review(BLOCKING_INDEX)], world)
    assert isinstance(world.console, FakeConsole)
    assert world.console.said == []


@pytest.mark.parametrize("trouble", ["down", "refused"])
def test_what_cannot_be_done_is_said_and_changes_nothing(trouble: str) -> None:
    stage = Stage()
    stage.github.down = trouble == "down"
    stage.github.refused = {"labels"}
    world = stage.world()
    keep_labels(PULL, [review(BLOCKING_INDEX)], world)
    assert isinstance(world.console, FakeConsole)
    (said,) = world.console.said
    assert said.startswith(f"no label on #{NUMBER}: GitHub ")
