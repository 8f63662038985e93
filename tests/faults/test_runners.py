"""Scenarios 11, 12, 37, 38 and 44: what happens to the runner, and to its network."""

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.tools import Installation
from bot.errors import ExitCode
from tests.faults.campaign import Place, timed
from tests.faults.cluster import cluster
from tests.faults.figures import Tally
from tests.faults.invariants import after_convergence, look
from tests.faults.proxy import Fault, Link, Message, answering, nth, proxied, sending
from tests.faults.runner import PATIENCE, Command, Ending, Job, Runner, command
from tests.faults.stories import MIXED, STORIES, TRANSACTIONAL, Story

pytestmark = pytest.mark.faults

MakePlace = Callable[[Story], Place]
Record = Callable[[Tally], None]

# When the runner has to know that its server is gone, and the server that its runner is.
GIVING_UP = 90.0


@contextmanager
def far_away(installation: Installation, story: Story) -> Iterator[Place]:
    """A server that is reached by TCP alone: only there can somebody vanish."""
    with cluster(installation) as made:
        made.execute("CREATE DATABASE app TEMPLATE template0")
        with proxied(made.url("app")) as proxy:
            place = Place(made.url("app"), proxy, story)
            place.prepare()
            yield place


@pytest.mark.parametrize(
    ("at", "after"),
    [
        (sending("UPDATE counted"), False),
        (answering("ALTER TABLE"), False),
        (sending("CREATE INDEX CONCURRENTLY"), True),
    ],
    ids=["unsent", "unanswered", "building"],
)
def test_11_a_network_that_swallows_everything(
    installation: Installation, at: Callable[[Message], bool], after: bool
) -> None:
    with far_away(installation, MIXED) as made:
        made.reset()
        fault = Fault(at, Link.vanish, after)
        made.proxy.arm(fault)
        runner = Runner(made.job)

        # The network stays away for this connection; the next one gets through.
        ending = runner.ending(GIVING_UP)

        assert fault.hit
        assert ending.fine, ending
        assert "lost" in ending.told
        assert list(after_convergence(made.url, MIXED, made.expected)) == []


def test_38_the_machine_of_the_runner_vanishes(installation: Installation) -> None:
    """Nobody tells the server: it holds the locks until it finds out by itself."""
    with far_away(installation, MIXED) as made:
        made.reset()
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
    place: MakePlace, tmp_path: Path, number: signal.Signals, moment: float
) -> None:
    made = place(MIXED)
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
