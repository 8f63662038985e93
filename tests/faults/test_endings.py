"""Scenarios 9 to 11: what the server or the network ends, at random."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest

from bot.adapters.postgres.tools import Installation
from tests.faults.campaign import Place, at_random, timed, try_everything
from tests.faults.cluster import Cluster, cluster
from tests.faults.figures import Tally
from tests.faults.judging import Judge
from tests.faults.proxy import Link, proxied
from tests.faults.runner import Runner
from tests.faults.stories import STORIES, Story

pytestmark = pytest.mark.faults

MakePlace = Callable[[Story], Place]
Record = Callable[[Tally], None]

OURS = "datname = current_database() AND application_name LIKE 'migration-bot%'"
TERMINATE = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}".encode()


@pytest.mark.parametrize("name", STORIES)
def test_9_backend_terminated_at_random_messages(
    name: str, place: MakePlace, record: Record
) -> None:
    tally = Tally(f"9 pg_terminate_backend at random, {name}")
    made = place(STORIES[name])
    with timed(tally), psycopg.connect(made.url, autocommit=True) as other:

        def terminate(_: Link) -> None:
            other.execute(TERMINATE)

        try_everything(made, tally, at_random(made.messages(), 24, 9, terminate))
    record(tally)


@pytest.mark.parametrize("name", STORIES)
def test_9_backend_terminated_at_random_times(name: str, place: MakePlace, record: Record) -> None:
    tally = Tally(f"9 pg_terminate_backend at random, {name}")
    made = place(STORIES[name])
    made.messages()
    chance = random.Random(99)
    with timed(tally), psycopg.connect(made.url, autocommit=True) as other:
        for number in range(16):
            made.reset()
            made.proxy.arm()
            runner = Runner(made.job)
            while not made.proxy.seen:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.06))
            tally.injected += len(other.execute(TERMINATE).fetchall())
            ending = runner.ending()
            tally.note(f"round {number}", made.check_crash(ending))
            tally.note(f"round {number}", made.check_convergence())
    record(tally)


@pytest.fixture
def own_cluster(installation: Installation) -> Iterator[Cluster]:
    with cluster(installation) as made:
        made.execute("CREATE DATABASE app TEMPLATE template0")
        yield made


@pytest.fixture
def own_place(own_cluster: Cluster, judge: Judge) -> Iterator[MakePlace]:
    places = []
    with ExitStack() as stack:

        def make(story: Story) -> Place:
            url = own_cluster.url("app")
            made = Place(url, stack.enter_context(proxied(url)), story)
            made.prepare()
            places.append(made)
            return made

        yield make
        for each in places:
            judge.agrees(each.url, each.story.history)


@pytest.mark.parametrize("name", STORIES)
def test_10_server_shut_down_at_once_and_started_again(
    name: str, own_cluster: Cluster, own_place: MakePlace, record: Record
) -> None:
    tally = Tally(f"10 immediate shutdown and restart, {name}")
    made = own_place(STORIES[name])

    def stop(link: Link) -> None:
        own_cluster.stop("immediate")
        link.close()

    with timed(tally):
        faults = at_random(made.messages(), 16, 10, stop)
        try_everything(made, tally, faults, own_cluster.start)
    record(tally)


@pytest.mark.parametrize("name", STORIES)
def test_11_connection_reset(name: str, place: MakePlace, record: Record) -> None:
    tally = Tally(f"11 connection reset, {name}")
    made = place(STORIES[name])
    with timed(tally):
        try_everything(made, tally, at_random(made.messages(), 16, 11, Link.cut))
    record(tally)
