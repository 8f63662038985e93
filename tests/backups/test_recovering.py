"""Recovery points that are made or found, and when they are not enough."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.backups.recovering import Surroundings, find_recovery
from bot.core.backups.level import Level
from bot.core.backups.policy import BackupPolicy
from bot.core.backups.recovery_point import Moment, RecoveryPoint
from bot.core.rollouts.progress import BackupSummary
from bot.errors import BackupError

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WAL = "0000000100000000000000A1"
ARCHIVED = RecoveryPoint("pgBackRest", "20261123F", NOON - timedelta(hours=3), wal_file=WAL)
POLICY = BackupPolicy(tested_file="ops/restored")


@dataclass
class Points:
    found: list[RecoveryPoint]
    words: str = "pgBackRest"
    makes: bool = False
    labels: list[str] = field(default_factory=list)

    def recent(self) -> RecoveryPoint:
        return self.found.pop(0) if len(self.found) > 1 else self.found[0]

    def make(self, label: str, note: Callable[[str], None]) -> RecoveryPoint:
        self.labels.append(label)
        return replace(self.found[0], taken_at=NOON, made=True)


@dataclass
class Marks:
    tested: str | None = "2026-11-20T09:00:00Z\n"
    wal_file: str = WAL

    def mark(self, label: str) -> Moment:
        return Moment(NOON, "0/A1000060", self.wal_file, label)

    def tested_at(self) -> str | None:
        return self.tested


@dataclass
class Found:
    told: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    now: datetime = NOON

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def find(
        self, points: Points, marks: Marks | None = None, policy: BackupPolicy = POLICY
    ) -> BackupSummary:
        around = Surroundings(
            target="production",
            policy=policy,
            points=points,
            marking=marks or Marks(),
            label="migration-bot-a1",
            now=lambda: self.now,
            sleep=self.sleep,
            write=self.written.__setitem__,
        )
        return find_recovery(around, self.told.append)


def test_a_recent_point_with_its_archive_and_a_restore_lately_is_enough() -> None:
    found = Found()
    summary = found.find(Points([ARCHIVED]))
    assert (summary.id, summary.level) == ("20261123F", Level.RESTORE)
    assert summary.snapshot_at == NOON
    assert summary.proof == (
        "a recovery point found by pgBackRest, 3 h old and with an archive up to now; last "
        "restored from 3 d 3 h ago; go back to 2026-11-23 12:00:00 UTC, LSN 0/A1000060, restore "
        "point migration-bot-a1"
    )
    record = json.loads(found.written["migration-bot-a1.recovery.json"])
    assert record["moment"] == {
        "at": "2026-11-23T12:00:00+00:00",
        "lsn": "0/A1000060",
        "wal_file": WAL,
        "label": "migration-bot-a1",
    }
    assert found.told[0] == ("backup of production: asking pgBackRest for its last recovery point")


def test_one_is_made_where_that_is_possible_and_wanted() -> None:
    points = Points([replace(ARCHIVED, wal_file=None)], words="RDS", makes=True)
    summary = Found().find(points)
    assert points.labels == ["migration-bot-a1"]
    assert summary.proof.startswith("a recovery point made by")
    reached = replace(ARCHIVED, wal_file=None, reaches=NOON - timedelta(minutes=5))
    looked = Points([reached], words="RDS", makes=True)
    Found().find(looked, policy=replace(POLICY, make=False))
    assert looked.labels == []


def test_the_archive_is_waited_for() -> None:
    late = replace(ARCHIVED, wal_file="0000000100000000000000A0")
    found = Found()
    assert found.find(Points([late, late, ARCHIVED])).level is Level.RESTORE
    assert "backup of production: waiting for the archive to get " + WAL in found.told


def test_an_archive_that_does_not_catch_up_is_refused() -> None:
    late = replace(ARCHIVED, wal_file="0000000100000000000000A0")
    with pytest.raises(BackupError, match="ends at 0000000100000000000000A0, and the server") as c:
        Found().find(Points([late]))
    assert "archive_command" in c.value.hint


def test_after_a_promotion_the_archive_goes_on_in_another_timeline() -> None:
    Found().find(Points([replace(ARCHIVED, wal_file="0000000200000000000000A1")]))


def test_an_archive_that_ended_with_an_older_timeline_is_behind_whatever_its_number() -> None:
    """As after going back to a moment: the log begins again below where the old one ended."""
    marks = Marks(wal_file="000000020000000000000090")
    with pytest.raises(BackupError, match=f"ends at {WAL}, and the server"):
        Found().find(Points([ARCHIVED]), marks)


def test_age_is_told_by_the_server_s_clock_and_not_by_this_machine_s() -> None:
    old = replace(ARCHIVED, taken_at=NOON - timedelta(hours=25))
    with pytest.raises(BackupError, match=r"is 1 d 1 h old"):
        Found(now=NOON - timedelta(hours=3)).find(Points([old]))


def test_a_point_that_is_too_old_is_refused_with_its_age() -> None:
    old = replace(ARCHIVED, taken_at=NOON - timedelta(days=3))
    with pytest.raises(BackupError, match=r"is 3 d old; 1 d are allowed \(`backup"):
        Found().find(Points([old]))


def test_a_vendor_without_an_archive_or_with_one_that_stands_still_is_refused() -> None:
    alone = replace(ARCHIVED, wal_file=None)
    with pytest.raises(BackupError, match="has no archive"):
        Found().find(Points([alone]))
    still = replace(alone, reaches=NOON - timedelta(hours=1))
    with pytest.raises(BackupError, match="ends at 2026-11-23 11:00:00 UTC"):
        Found().find(Points([still]))
    Found().find(Points([replace(alone, reaches=NOON - timedelta(minutes=6))]))


def test_without_a_restore_lately_level_restore_is_refused_and_decode_is_not() -> None:
    for tested, why in (
        (None, "nobody has said"),
        ("2026-09-01T09:00:00Z", "it was last restored from 83 d 3 h ago"),
    ):
        with pytest.raises(BackupError, match=why) as caught:
            Found().find(Points([ARCHIVED]), Marks(tested))
        assert "ops/restored" in caught.value.hint
        lenient = replace(POLICY, level=Level.DECODE)
        summary = Found().find(Points([ARCHIVED]), Marks(tested), lenient)
        assert summary.level is Level.DECODE
        assert "never restored from, as far as is known" in summary.proof


@pytest.mark.parametrize("told", ["", "yesterday", "2026-11-20", "2027-01-01T00:00:00Z"])
def test_a_file_without_a_moment_that_has_passed_is_refused(told: str) -> None:
    with pytest.raises(BackupError, match="ops/restored holds no moment"):
        Found().find(Points([ARCHIVED]), Marks(told))
