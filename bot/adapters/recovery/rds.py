"""Snapshots of RDS and Aurora, by boto3, which finds credentials and region in its own ways."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.adapters.recovery.reading import newest, part
from bot.adapters.recovery.waiting import Waiting
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import Rds
from bot.errors import BackupError, UsageError

_AVAILABLE = "available"
_FAILED = frozenset({"failed", "incompatible-restore", "incompatible-parameters"})


@dataclass(frozen=True)
class _Kind:
    """What a vendor's calls are named for an instance, or for a cluster."""

    who: str
    resource: str
    snapshot: str
    describe: str
    describe_snapshots: str
    create_snapshot: str

    @property
    def named(self) -> str:
        return f"{self.resource}Identifier"

    @property
    def snapshot_named(self) -> str:
        return f"{self.snapshot}Identifier"


_INSTANCE = _Kind(
    who="RDS",
    resource="DBInstance",
    snapshot="DBSnapshot",
    describe="describe_db_instances",
    describe_snapshots="describe_db_snapshots",
    create_snapshot="create_db_snapshot",
)
_CLUSTER = _Kind(
    who="Aurora",
    resource="DBCluster",
    snapshot="DBClusterSnapshot",
    describe="describe_db_clusters",
    describe_snapshots="describe_db_cluster_snapshots",
    create_snapshot="create_db_cluster_snapshot",
)


@dataclass(frozen=True)
class RdsPoints:
    """`client` makes boto3's own, for a region or the one that is found."""

    source: Rds
    client: Callable[[str | None], Any]

    @property
    def _kind(self) -> _Kind:
        return _CLUSTER if self.source.cluster else _INSTANCE

    def recent(self) -> RecoveryPoint:
        """Raises BackupError if there is none."""
        kind, found = self._kind, self._snapshots()
        good = [each for each in found if part(each, "Status", who=kind.who) == _AVAILABLE]
        last = newest(good, _created)
        if last is None:
            raise BackupError(
                f"{kind.who} has no snapshot of {self.source.name}.",
                hint="Switch on automated backups, or set `backup.make: true`.",
            )
        with _explained(kind.who, f"look at {self.source.name}"):
            answer = getattr(self._client, kind.describe)(**{kind.named: self.source.name})
        reaches = part(answer, f"{kind.resource}s", 0, who=kind.who).get("LatestRestorableTime")
        return self._point(last, reaches=reaches)

    def make(self, label: str, waiting: Waiting) -> RecoveryPoint:
        """Raises BackupError if it is not there in the end."""
        kind = self._kind
        with _explained(kind.who, f"make a snapshot of {self.source.name}"):
            getattr(self._client, kind.create_snapshot)(
                **{kind.snapshot_named: label, kind.named: self.source.name}
            )
        waiting.until(lambda: self._left_of(label), f"the snapshot {label} of {kind.who}")
        return self._point(self._snapshot(label), made=True)

    def _left_of(self, label: str) -> str:
        snapshot = self._snapshot(label)
        status = str(part(snapshot, "Status", who=self._kind.who))
        if status in _FAILED:
            raise BackupError(
                f"The snapshot {label} of {self._kind.who} is {status}.",
                hint="See the events of the instance in Amazon's console.",
            )
        done = snapshot.get("PercentProgress")
        return "" if status == _AVAILABLE else f"{status}, {done or 0} %"

    def _snapshot(self, label: str) -> Any:
        found = self._snapshots(**{self._kind.snapshot_named: label})
        return part(found, 0, who=self._kind.who)

    def _snapshots(self, **named: str) -> list[Any]:
        kind = self._kind
        with _explained(kind.who, f"look at the snapshots of {self.source.name}"):
            pages = self._client.get_paginator(kind.describe_snapshots).paginate(
                **{kind.named: self.source.name, **named}
            )
            return [each for page in pages for each in page[f"{kind.snapshot}s"]]

    def _point(
        self, snapshot: Any, *, reaches: datetime | None = None, made: bool = False
    ) -> RecoveryPoint:
        kind = self._kind
        name = str(part(snapshot, kind.snapshot_named, who=kind.who))
        # The vendor tells how much disk was given to it, and not how much the snapshot takes.
        return RecoveryPoint(kind.who, name, _created(snapshot), reaches, made=made)

    @property
    def _client(self) -> Any:
        return self.client(self.source.region)


def rds_client(region: str | None) -> Any:
    """Raises UsageError without boto3, or where no region is known."""
    try:
        # Both come without types.
        import boto3  # type: ignore[import-untyped]
        from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]
    except ImportError:
        raise UsageError(
            "boto3 is not installed, so RDS cannot be asked.",
            hint="Install it: `pip install 'migration-bot[aws]'`.",
        ) from None
    try:
        return boto3.client("rds", region_name=region)
    except (BotoCoreError, ValueError) as error:
        raise UsageError(
            f"RDS cannot be asked: {str(error).rstrip('.')}.",
            hint="Set AWS_REGION, or `region` in the target's `backup` settings.",
        ) from None


def _created(snapshot: Any) -> datetime:
    found = part(snapshot, "SnapshotCreateTime", who="RDS")
    assert isinstance(found, datetime)
    return found


@contextmanager
def _explained(who: str, action: str) -> Iterator[None]:
    """Amazon's refusals as ours. What it says names roles and resources, and no key."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        told = error.response.get("Error", {}).get("Message", "")
        raise BackupError(
            f"{who} did not let me {action} ({code}).",
            hint=f"Allow it in the role's policy, or mend the name. It said: {told}",
        ) from None
    except BotoCoreError as error:
        raise BackupError(
            f"{who} could not be asked to {action}: {str(error).rstrip('.')}.",
            hint="See whether this machine has credentials for Amazon, and reaches it.",
        ) from None
