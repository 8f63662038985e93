from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.core.github.notification import Channel, Moment, Sink
from bot.core.settings import Settings
from bot.errors import GateClosed, NotificationError, PostgresError
from bot.flows.telling.deploy import deploy
from bot.world import World
from tests.fakes import FakeConsole
from tests.flows.world import MERGE, MORE, Stage

ROOM = Sink(Channel.SLACK, "ROOM")
HOOK = Sink(Channel.WEBHOOK, "HOOK")


@dataclass
class FakeNotifier:
    down: bool = False
    sent: list[tuple[Sink, Mapping[str, Any]]] = field(default_factory=list)

    def send(self, sink: Sink, payload: Mapping[str, Any]) -> None:
        self.sent.append((sink, payload))
        if self.down:
            raise NotificationError("Nobody is there.", hint="Look.")

    @property
    def events(self) -> list[str]:
        return [payload["event"] for sink, payload in self.sent if sink is HOOK]


def world_of(stage: Stage, notifier: FakeNotifier, *sinks: Sink) -> World:
    return replace(stage.world(), notifier=notifier, settings=Settings(notify=sinks or (HOOK,)))


def test_a_rollout_is_told_when_it_starts_and_when_it_is_done() -> None:
    stage, notifier = Stage(), FakeNotifier()
    world = world_of(stage, notifier)
    deploy(world.settings.target("staging"), MERGE, world)
    assert notifier.events == ["started", "applied"]
    _, applied = notifier.sent[-1]
    assert applied["migrations"] == [MORE.name]
    assert applied["pulls"] == [7]
    assert applied["run_url"].endswith("/actions/runs/1")


def test_a_closed_gate_is_told_with_its_reason() -> None:
    stage, notifier = Stage(opinions=()), FakeNotifier()
    world = world_of(stage, notifier, replace(HOOK, moments=frozenset({Moment.WAITING})))
    with pytest.raises(GateClosed):
        deploy(world.settings.target("production"), MERGE, world)
    ((_, waiting),) = notifier.sent
    assert waiting["event"] == "waiting"
    assert "approval" in [each["name"] for each in waiting["gates"]]


def test_a_database_that_does_not_answer_is_told() -> None:
    stage, notifier = Stage(), FakeNotifier()
    world = world_of(stage, notifier)
    nowhere = replace(world.settings.target("staging"), name="nowhere")
    targets = {**world.settings.targets, nowhere.name: nowhere}
    world = replace(world, settings=replace(world.settings, targets=targets))
    with pytest.raises(PostgresError):
        deploy(nowhere, MERGE, world)
    assert notifier.events == ["failed"]


def test_a_room_that_cannot_be_told_changes_nothing_and_is_said() -> None:
    stage, notifier = Stage(), FakeNotifier(down=True)
    world = world_of(stage, notifier, ROOM, HOOK)
    deploy(world.settings.target("staging"), MERGE, world)
    assert MORE.name in [row.name for row in stage.staging.rows]
    assert isinstance(world.console, FakeConsole)
    assert "not notified: Nobody is there. Look." in world.console.said
    assert len(notifier.sent) == 4


def test_without_github_people_are_told_all_the_same() -> None:
    stage, notifier = Stage(), FakeNotifier()
    world = replace(world_of(stage, notifier), github=None)
    deploy(world.settings.target("staging"), MERGE, world)
    assert notifier.events == ["started", "applied"]
