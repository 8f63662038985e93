"""Rollouts to a real standby: refused while it is one, and carried out once it was promoted."""

from collections.abc import Iterator

import psycopg
import pytest

from bot.adapters.postgres.server import Server, start_server
from bot.core.targets.target import ReplicaPolicy
from bot.errors import HistoryError, PostgresError
from tests.conftest import SERVERS
from tests.fakes import migration
from tests.rollout.real import Apply
from tests.standby import Standby, standby_of

pytestmark = pytest.mark.slow

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY);\n")
MORE = migration("20260102000000_more", "ALTER TABLE a ADD COLUMN n int;\n")


@pytest.fixture(scope="module", params=list(SERVERS.values()), ids=list(SERVERS))
def primary(request: pytest.FixtureRequest) -> Iterator[Server]:
    # What was committed is then in the write-ahead log that a standby is sent.
    settings = {"synchronous_commit": "on"}
    with start_server(request.param, databases=["shop"], settings=settings) as server:
        yield server


@pytest.fixture
def standby(primary: Server) -> Iterator[Standby]:
    with standby_of(primary) as standby:
        yield standby


def test_a_standby_is_refused_and_takes_the_rollout_once_it_was_promoted(
    primary: Server, standby: Standby
) -> None:
    Apply(primary.url("shop"))(INIT)
    caught_up(primary)

    with pytest.raises(PostgresError, match="staging is a standby"):
        Apply(standby.url("shop"))(INIT, MORE)

    standby.promote()
    outcome = Apply(standby.url("shop"))(INIT, MORE)

    # It is the same database for all that can be told, and goes on as the same target.
    assert [each.name for each in outcome.applied] == [MORE.name]
    assert outcome.notes == ()


def test_a_promoted_copy_is_not_another_target(primary: Server, standby: Standby) -> None:
    Apply(primary.url("shop"))(INIT)
    caught_up(primary)
    standby.promote()

    with pytest.raises(HistoryError, match="or a physical copy of it"):
        Apply(standby.url("shop"))(INIT, MORE, name="production")


def test_a_standby_that_does_not_replay_stops_a_rollout_to_its_primary(
    primary: Server, standby: Standby
) -> None:
    Apply(primary.url("shop"))(INIT)
    caught_up(primary)
    with psycopg.connect(standby.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
    with psycopg.connect(primary.url("shop"), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE filler AS SELECT g, repeat('x', 100) FROM generate_series(1, 100000) AS g"
        )
    policy = ReplicaPolicy(behind=1_000_000, wait=2_000)

    with pytest.raises(PostgresError, match=r"walreceiver \(.* MB behind\) is too far behind"):
        Apply(primary.url("shop"))(INIT, MORE, replicas=policy)

    with psycopg.connect(standby.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_resume()")
    caught_up(primary)
    assert Apply(primary.url("shop"))(INIT, MORE, replicas=policy).notes == ()


def caught_up(primary: Server) -> None:
    """Waits until the standby has replayed what is there."""
    query = "SELECT bool_and(replay_lsn >= pg_current_wal_flush_lsn()) FROM pg_stat_replication"
    with psycopg.connect(primary.url(), autocommit=True) as connection:
        while connection.execute(query.encode()).fetchone() != (True,):
            connection.execute("SELECT pg_sleep(0.05)")
