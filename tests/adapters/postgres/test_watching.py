"""What can be seen of a session of ours while it is busy, from a connection beside it."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from bot.adapters.postgres.target.opening import TargetDatabase, open_target
from bot.core.rollouts.doing import Doing
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url

STAGING = default_targets()["staging"]


@pytest.fixture
def target(database: str) -> Iterator[TargetDatabase]:
    with open_target(STAGING, parse_url(database)) as opened:
        # A rollout begins with these: from then on it is known that no pooler stands before it.
        opened.facts()
        yield opened


def seen_in(target: TargetDatabase) -> Doing:
    """The first that is seen to be worth telling."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        seen = target.doing()
        if seen is not None and seen.blockers:
            return seen
        time.sleep(0.02)
    raise AssertionError("nothing was seen")


@pytest.mark.slow
def test_a_concurrent_build_that_waits_says_for_whom_and_where_it_is(
    target: TargetDatabase, database: str
) -> None:
    target.execute("CREATE TABLE a (id int)")
    build = threading.Thread(
        target=target.alone,
        args=("CREATE INDEX CONCURRENTLY a_id ON a (id)",),
        kwargs={"settings": (), "heard": lambda *_: None},
    )

    with closing(psycopg.connect(database, application_name="shop")) as other:
        other.execute("INSERT INTO a VALUES (1)")
        build.start()
        seen = seen_in(target)
        other.rollback()
        build.join(30)

    assert seen.phase == "waiting for writers before build"
    (blocker,) = seen.blockers
    assert blocker.startswith("shop (process ")
    assert "in a transaction for" in blocker
    assert blocker.endswith(", idle)")


def test_a_session_that_works_has_nothing_to_add(target: TargetDatabase) -> None:
    assert target.doing() == Doing()


def test_a_server_that_cannot_be_asked_is_no_error(database: str) -> None:
    with open_target(STAGING, parse_url(database)) as opened:
        pass

    assert opened.doing() is None
