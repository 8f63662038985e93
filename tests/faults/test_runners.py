"""Scenarios 11, 12, 37, 38 and 44: what happens to the runner, and to its network."""

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.tools import Installation
from bot.errors import ExitCode
from tests.faults.campaign import Place, timed
from tests.faults.cluster import Cluster, cluster
from tests.faults.figures import Tally
from tests.faults.invariants import after_convergence, look
from tests.faults.judging import Judge
from tests.faults.proxy import Fault, Link, Message, answering, nth, proxied, sending
from tests.faults.runner import PATIENCE, Command, Ending, Job, Runner, command
from tests.faults.stories import MIXED, STORIES, TRANSACTIONAL, Story

pytestmark = pytest.mark.faults

MakePlace = Callable[[Story], Place]
Record = Callable[[Tally], None]

# When the runner has to know that its server is gone, and the server that its runner is.
GIVING_UP = 90.0


@contextmanager
def far_away(server: Cluster, name: str, story: Story) -> Iterator[Place]:
    """A database of a server that is reached by TCP alone: only there can somebody vanish."""
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    with proxied(server.url(name)) as proxy:
        place = Place(server.url(name), proxy, story)
        place.prepare()
        place.reset()
        yield place


SWALLOWED: dict[str, tuple[Callable[[Message], bool], bool]] = {
    "unsent": (sending("UPDATE counted"), False),
    "unanswered": (answering("ALTER TABLE"), False),
    "building": (sending("CREATE INDEX CONCURRENTLY"), True),
}


def test_11_a_network_that_swallows_everything(
    installation: Installation, record: Record, judge: Judge
) -> None:
    """All at once, each in a database of its own: it takes both ends half a minute to give up, and
    nothing is done meanwhile."""
    tally = Tally("11 a network that swallows everything")
    with timed(tally), cluster(installation) as server, ExitStack() as stack:
        runners: dict[str, tuple[Place, Fault, Runner]] = {}
        for name, (at, after) in SWALLOWED.items():
            made = stack.enter_context(far_away(server, name, MIXED))
            fault = Fault(at, Link.vanish, after)
            made.proxy.arm(fault)
            runners[name] = made, fault, Runner(made.job)
        for name, (made, fault, runner) in runners.items():
            # The network stays away for this connection; the next one gets through.
            ending = runner.ending(GIVING_UP)
            tally.injected += fault.hit is not None
            tally.note(name, _survived(ending))
            tally.note(name, after_convergence(made.url, MIXED, made.expected))
        judge.agrees(made.url, MIXED.history)
    assert tally.injected == len(SWALLOWED)
    record(tally)


def _survived(ending: Ending) -> Iterator[str]:
    if not ending.fine:
        yield f"ended with {ending}"
    if "lost" not in ending.told:
        yield "said nothing of a lost connection"


def test_38_the_machine_of_the_runner_vanishes(installation: Installation, judge: Judge) -> None:
    """Nobody tells the server: it holds the locks until it finds out by itself."""
    with cluster(installation) as server, far_away(server, "app", MIXED) as made:
        fault = Fault(answering("ALTER TABLE"), Link.vanish)
        made.proxy.arm(fault)
        victim = Runner(made.job)
        assert fault.came.wait(30)
        victim.kill()
        assert victim.ending().killed

        ending = Runner(replace(made.job, url=made.url)).ending(GIVING_UP)

        assert ending.fine, ending
        assert "waiting for the migration lock" in ending.told
        assert list(after_convergence(made.url, MIXED, made.expected)) == []
        judge.agrees(made.url, MIXED.history)


@pytest.mark.parametrize("name", STORIES)
def test_12_three_runners_at_once_one_killed(name: str, place: MakePlace, record: Record) -> None:
    tally = Tally(f"12 three runners at once, one killed, {name}")
    made = place(STORIES[name])
    chance = random.Random(12)
    with timed(tally):
        for number in range(6):
            made.reset()
            runners = [Runner(made.job) for _ in range(3)]
            time.sleep(chance.uniform(0, 0.15))
            chance.choice(runners).kill()
            tally.injected += 1
            endings = [each.ending() for each in runners]
            tally.note(f"round {number}", _of_three(endings, made.story))
            tally.note(f"round {number}", made.check_convergence())
    record(tally)


def _of_three(endings: list[Ending], story: Story) -> Iterator[str]:
    if sum(each.applied == (story.file.name,) for each in endings) > 1:
        yield "more than one says that it has applied it"
    for each in endings:
        if not each.fine and not each.killed:
            yield f"a runner that was left alone ended with {each}"


# Progress through the messages of a run, in parts of a whole.
MOMENTS = [0.2, 0.35, 0.5, 0.65, 0.8]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_37_a_signal_from_github_at_every_state(
    place: MakePlace, judge: Judge, tmp_path: Path, number: signal.Signals, moment: float
) -> None:
    made = place(MIXED)
    # At one of the moments it is asked twice: about what is begun, and about what is done.
    made.judged = (number, moment) == (signal.SIGTERM, MOMENTS[2])
    messages = made.messages()
    made.reset()
    told: list[Command] = []

    def interrupt(_: Link) -> None:
        while not told:
            time.sleep(0.01)
        told[0].interrupt(number)
        time.sleep(0.2)

    message = messages[int(len(messages) * moment)]
    fault = Fault(nth(message.side, message.number), interrupt)
    made.proxy.arm(fault)
    told.append(command(tmp_path, made.proxy.url, made.story.history))
    assert fault.came.wait(PATIENCE)
    code, said = told[0].ending(10)

    assert code == ExitCode.INTERRUPTED, said
    assert "Traceback" not in said
    made.proxy.hang_up()
    state = look(made.url, MIXED)
    assert list(made.check_crash(Ending(error="killed"))) == [], state
    if made.judged:
        judge.agrees(made.url, MIXED.history)
    assert list(made.check_convergence()) == []


@pytest.mark.parametrize("days", [-1.0, 1.0])
def test_44_the_runners_clock_is_wrong(place: MakePlace, days: float) -> None:
    made = place(TRANSACTIONAL)
    for story in (TRANSACTIONAL, MIXED):
        made.story = story
        made.reset()
        ending = Runner(Job(made.proxy.url, story.history, skew=days)).ending()

        assert ending.fine, ending
        with psycopg.connect(made.url) as connection:
            times = connection.execute(
                "SELECT now() - started_at BETWEEN '0' AND '1 minute' AND finished_at >= started_at"
                " FROM _prisma_migrations WHERE migration_name = %s",
                (story.file.name,),
            ).fetchall()
        assert times == [(True,)]
