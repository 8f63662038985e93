"""Rollbacks killed message by message, and run again."""

from collections.abc import Callable, Iterator

import pytest

from bot.adapters.postgres.connection import connect
from bot.core.targets.url import parse_url
from tests.conftest import SERVERS
from tests.faults.backwards import BACK_STORIES, BackPlace
from tests.faults.campaign import crashing_points, timed
from tests.faults.figures import Tally
from tests.faults.proxy import proxied

PARTS = 2
FEW = 9


@pytest.fixture
def back(database: str, request: pytest.FixtureRequest) -> Iterator[BackPlace]:
    with proxied(database) as proxy:
        yield BackPlace(database, proxy, BACK_STORIES[request.getfixturevalue("name")])


@pytest.mark.slow
@pytest.mark.parametrize("server", [*SERVERS][:1], indirect=True, scope="session")
@pytest.mark.parametrize("name", BACK_STORIES)
def test_a_rollback_that_is_killed_goes_on_when_it_is_run_again(name: str, back: BackPlace) -> None:
    tally = Tally(f"rollback killed at some messages, {name}")
    points = list(crashing_points(back.prepare(), 0))
    for message, after in points[1::FEW]:
        back.crash(message, tally, after=after)

    assert tally.injected > 1
    assert tally.anomalies == []


@pytest.mark.faults
@pytest.mark.parametrize("name", BACK_STORIES)
@pytest.mark.parametrize("part", range(PARTS))
def test_46_rollback_killed_message_by_message(
    name: str, part: int, back: BackPlace, record: Callable[[Tally], None]
) -> None:
    tally = Tally(f"46 rollback, SIGKILL message by message, {name}")
    with timed(tally):
        messages = back.prepare()
        # The servers' majors are odd and even: together they have every message before and after.
        with connect(parse_url(back.url), application_name="faults") as connection:
            major = connection.info.server_version // 10_000
        for message, after in list(crashing_points(messages, major % 2))[part::PARTS]:
            back.crash(message, tally, after=after)
    record(tally)
