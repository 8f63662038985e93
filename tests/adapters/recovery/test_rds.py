"""Snapshots of RDS and Aurora, on moto's server as the peer."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from moto.server import ThreadedMotoServer

from bot.adapters.recovery.rds import RdsPoints, rds_client
from bot.adapters.recovery.waiting import Waiting
from bot.core.backups.sources import Rds
from bot.errors import BackupError, UsageError

REGION = "eu-central-1"
PLAIN = {"MasterUsername": "admin", "MasterUserPassword": "hunter2-hunter2"}


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    made = boto3.client(
        "rds",
        region_name=REGION,
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    made.create_db_instance(
        DBInstanceIdentifier="platform",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AllocatedStorage=20,
        **PLAIN,
    )
    made.create_db_cluster(DBClusterIdentifier="aurora", Engine="aurora-postgresql", **PLAIN)
    yield made
    server.stop()


def waiting() -> Waiting:
    return Waiting(lambda _: None, sleep=lambda _: None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "cluster", "who"), [("platform", False, "RDS"), ("aurora", True, "Aurora")]
)
def test_a_snapshot_is_made_and_found_again(
    client: Any, name: str, cluster: bool, who: str
) -> None:
    points = RdsPoints(Rds(name, REGION, cluster), lambda _: client)
    made = points.make("migration-bot-a1", waiting())
    assert (made.provider, made.id, made.made) == (who, "migration-bot-a1", True)
    assert abs((datetime.now(UTC) - made.taken_at).total_seconds()) < 60
    found = points.recent()
    assert found.id == "migration-bot-a1"
    assert found.reaches is not None


@pytest.mark.slow
def test_a_name_that_is_taken_or_unknown_is_refused_in_words(client: Any) -> None:
    known = RdsPoints(Rds("platform", REGION), lambda _: client)
    known.make("twice", waiting())
    with pytest.raises(BackupError, match=r"did not let me make a snapshot of platform \(DBSnap"):
        known.make("twice", waiting())
    unknown = RdsPoints(Rds("nowhere", REGION), lambda _: client)
    with pytest.raises(BackupError, match="nowhere"):
        unknown.recent()


class Slow:
    """A vendor whose snapshot is being made, and then is `end`."""

    def __init__(self, *states: str) -> None:
        self.states = list(states)

    def create_db_snapshot(self, **named: str) -> None:
        self.named = named

    def get_paginator(self, name: str) -> "Slow":
        assert name == "describe_db_snapshots"
        return self

    def paginate(self, **named: str) -> Iterator[dict[str, Any]]:
        assert named == self.named
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        snapshot = {**named, "Status": state, "PercentProgress": 40}
        yield {"DBSnapshots": [{**snapshot, "SnapshotCreateTime": datetime.now(UTC)}]}


def test_a_snapshot_is_waited_for_and_told_how_far_it_is() -> None:
    told: list[str] = []
    ticks = iter(range(0, 10_000, 31))
    slow = Waiting(told.append, clock=lambda: float(next(ticks)), sleep=lambda _: None)
    shared = Slow("creating", "creating", "available")
    points = RdsPoints(Rds("platform"), lambda _: shared)
    assert points.make("a1", slow).made
    assert told[0] == "waiting for the snapshot a1 of RDS"
    assert told[1] == "the snapshot a1 of RDS is creating, 40 %, after 31.0 s"


def test_a_snapshot_that_fails_is_told() -> None:
    shared = Slow("creating", "failed")
    with pytest.raises(BackupError, match="The snapshot a1 of RDS is failed"):
        RdsPoints(Rds("platform"), lambda _: shared).make("a1", waiting())


def test_without_a_region_it_is_said_how_to_give_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(UsageError, match="region") as caught:
        rds_client(None)
    assert "AWS_REGION" in caught.value.hint
