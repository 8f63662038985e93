"""A push to the default branch: what rehearsals start from is made at once."""

from dataclasses import dataclass, field, replace

from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import BaseReplay, HistoryRefusal, Rehearsal
from bot.core.rehearsals.rehearsal_order import Order
from bot.errors import ExitCode, PostgresError
from bot.flows.asked.answering import WORK_VARIABLE, answer
from bot.world import World
from tests.fakes import FakeConsole
from tests.flows.asked.test_answering import HERE
from tests.flows.world import INIT, MORE, Stage


@dataclass
class FakeRehearsals:
    """Notes what it was asked to run."""

    found: Rehearsal = field(default_factory=Rehearsal)
    refuses: bool = False
    orders: list[Order] = field(default_factory=list)

    def run(self, order: Order, note: object) -> Rehearsal:
        if self.refuses:
            raise PostgresError("There is no server.", hint="Install one.")
        self.orders.append(order)
        return self.found

    def at(self, url: str) -> "FakeRehearsals":
        return self


def said(world: World) -> str:
    assert answer(world, "push", {"after": HERE}, HERE) is ExitCode.FINE
    assert isinstance(world.console, FakeConsole)
    return world.console.said[-1]


def warming(rehearsals: FakeRehearsals | None) -> World:
    stage = Stage(environ={WORK_VARIABLE: "warm"})
    return replace(stage.world(github=False), rehearsals=rehearsals)


def test_the_whole_history_is_replayed_and_nothing_is_new() -> None:
    rehearsals = FakeRehearsals()
    assert said(warming(rehearsals)) == f"rehearsals start from {MORE.name} now"
    (order,) = rehearsals.orders
    assert [each.name for each in order.base] == [INIT.name, MORE.name]
    assert order.new == ()


def test_a_history_that_stops_is_no_failure_of_the_push() -> None:
    refusal = Refusal(Stop.REFUSED, "relation a exists")
    replay = BaseReplay(refused=HistoryRefusal(INIT.name, refusal))
    rehearsals = FakeRehearsals(Rehearsal(base=replay))
    assert said(warming(rehearsals)) == "nothing was kept: relation a exists"


def test_without_a_server_nothing_is_lost() -> None:
    assert said(warming(FakeRehearsals(refuses=True))) == "nothing was kept: There is no server."
    assert said(warming(None)) == "nothing to keep: rehearsals are off"
