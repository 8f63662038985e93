"""A recovery point: a moment kept elsewhere that can be gone back to, and whether it is enough."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from bot.core.backups.level import Level
from bot.core.backups.policy import BackupPolicy
from bot.core.duration import age
from bot.errors import BackupError

# An archive that is further behind than this does not work. RDS is five minutes late.
ARCHIVE_MAY_LAG = timedelta(minutes=15)


@dataclass(frozen=True)
class RecoveryPoint:
    """`taken_at` is when the copy was complete that it stands on, and `reaches` up to when one can
    go from there; None for the copy's own moment alone. `size` is in bytes, None where nobody
    tells. `wal_file` is the last file of the write-ahead log in the archive.
    """

    provider: str
    id: str
    taken_at: datetime
    reaches: datetime | None = None
    size: int | None = None
    wal_file: str | None = None
    made: bool = False

    def age(self, now: datetime) -> timedelta:
        return max(now - self.taken_at, timedelta(0))

    def is_behind(self, moment: "Moment") -> bool:
        """Whether its archive lacks the moment. The first eight letters of a file's name are the
        timeline, the others sort as they were written: an archive that ended with an older timeline
        may have higher ones."""
        if self.wal_file is None:
            return False
        timelines = self.wal_file[:8], moment.wal_file[:8]
        return timelines[0] < timelines[1] or self.wal_file[8:] < moment.wal_file[8:]


@dataclass(frozen=True)
class Moment:
    """Where a target stood right before a rollout: what point-in-time recovery is to go back to.
    `label` is the name of a restore point, where the server let us write one."""

    at: datetime
    lsn: str
    wal_file: str = ""
    label: str | None = None

    @property
    def words(self) -> str:
        named = f", restore point {self.label}" if self.label else ""
        return f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, LSN {self.lsn}{named}"


@dataclass(frozen=True)
class Recovery:
    """A recovery point that was found enough, for one moment of a target. `tested_at` is when
    somebody last restored from where it is kept."""

    target: str
    point: RecoveryPoint
    moment: Moment
    tested_at: datetime | None = None

    @property
    def level(self) -> Level:
        return Level.DECODE if self.tested_at is None else Level.RESTORE

    @property
    def reaches_the_moment(self) -> bool:
        """Whether one can go on from the copy to the moment, by an archive."""
        return self.point.reaches is not None or bool(self.point.wal_file)

    def words(self, now: datetime) -> str:
        """Reads after the name of the point."""
        point = self.point
        made = f"{'made' if point.made else 'found'} by {point.provider}, {age(point.age(now))} old"
        archived = " and with an archive up to now" if self.reaches_the_moment else ""
        tested = (
            f"last restored from {age(now - self.tested_at)} ago"
            if self.tested_at
            else "never restored from, as far as is known"
        )
        return f"a recovery point {made}{archived}; {tested}; go back to {self.moment.words}"

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, default=_text) + "\n"


def recovery(
    target: str,
    point: RecoveryPoint,
    moment: Moment,
    policy: BackupPolicy,
    *,
    now: datetime,
    tested_at: datetime | None,
) -> Recovery:
    """Raises BackupError unless the point is recent, its archive works, and it was restored from
    lately, as far as the policy asks for that."""
    if point.age(now) > policy.max_age:
        raise BackupError(
            f"The last recovery point of {target} in {point.provider}, {point.id}, is "
            f"{age(point.age(now))} old; {age(policy.max_age)} are allowed "
            "(`backup.max_age`).",
            hint=f"Take a backup with {point.provider} now, and find out why none was taken.",
        )
    _require_archive(target, point, moment, now)
    fresh = tested_at is not None and now - tested_at <= policy.tested_within
    if policy.level.reaches(Level.RESTORE) and not fresh:
        raise _untested(target, point, policy, tested_at, now)
    return Recovery(target, point, moment, tested_at if fresh else None)


def _require_archive(target: str, point: RecoveryPoint, moment: Moment, now: datetime) -> None:
    if point.made:
        return
    if point.wal_file is not None:
        if point.is_behind(moment):
            raise BackupError(
                f"The archive of {target} in {point.provider} ends at {point.wal_file}, and the "
                f"server is at {moment.wal_file}.",
                hint="See whether `archive_command` works: pg_stat_archiver has its last failure.",
            )
        return
    if point.reaches is None or now - point.reaches > ARCHIVE_MAY_LAG:
        end = "has no archive" if point.reaches is None else f"ends at {point.reaches:%F %T} UTC"
        raise BackupError(
            f"What {point.provider} keeps of {target} {end}: the moment before the rollout could "
            "not be gone back to.",
            hint="Switch on point-in-time recovery there, or set `backup.make: true`.",
        )


def _untested(
    target: str,
    point: RecoveryPoint,
    policy: BackupPolicy,
    tested_at: datetime | None,
    now: datetime,
) -> BackupError:
    last = (
        "nobody has said that they restored from it"
        if tested_at is None
        else f"it was last restored from {age(now - tested_at)} ago"
    )
    return BackupError(
        f"{target} asks for backups at level {policy.level}, and of {point.provider} "
        f"{last}; {age(policy.tested_within)} are allowed (`backup.tested_within`).",
        hint="Restore from it, look at what came back, and write the date into "
        f"{policy.tested_file or 'a file that `backup.tested_file` names'}: "
        "`date -u +%Y-%m-%dT%H:%M:%SZ`.",
    )


def _text(value: object) -> str:
    assert isinstance(value, datetime)
    return value.astimezone(UTC).isoformat()
