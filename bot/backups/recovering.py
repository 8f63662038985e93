"""The procedure where backups are kept elsewhere: a recovery point is made or looked for, the
moment is marked that could be gone back to, and both are found enough, or nothing goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.backups.policy import BackupPolicy
from bot.core.backups.recovery_point import Moment, Recovery, RecoveryPoint, recovery
from bot.core.rollouts.progress import BackupSummary
from bot.errors import BackupError
from bot.world.backups import Note
from bot.world.recovery import Marking, RecoveryPoints

# A file of the log is in the archive seconds after it was switched, with most; Barman looks for new
# ones every minute.
ARCHIVED_WITHIN = timedelta(minutes=2)
_PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Surroundings:
    """`label` names what is made; `write` keeps what was found beside the backups, by a name."""

    target: str
    policy: BackupPolicy
    points: RecoveryPoints
    marking: Marking
    label: str
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    write: Callable[[str, str], None]


def find_recovery(around: Surroundings, note: Note) -> BackupSummary:
    """Raises BackupError if there is no recovery point, or it is not enough."""

    def say(text: str) -> None:
        note(f"backup of {around.target}: {text}")

    began = around.now()
    tested_at = _tested_at(around)
    point = _point(around, say)
    moment = around.marking.mark(around.label)
    marked = around.now()
    say(f"marked {moment.words}")
    point = _archived(point, moment, around, say)
    # By the server's clock: this machine's may be days off.
    now = moment.at + (around.now() - marked)
    found = recovery(around.target, point, moment, around.policy, now=now, tested_at=tested_at)
    around.write(f"{around.label}.recovery.json", found.to_json())
    return _summary(found, now=now, seconds=(around.now() - began).total_seconds())


def _point(around: Surroundings, say: Note) -> RecoveryPoint:
    if around.policy.make and around.points.makes:
        say(f"making a recovery point with {around.points.words}")
        return around.points.make(around.label, say)
    say(f"asking {around.points.words} for its last recovery point")
    return around.points.recent()


def _archived(
    point: RecoveryPoint, moment: Moment, around: Surroundings, say: Note
) -> RecoveryPoint:
    """The same point, once the archive has reached the moment, or it is not waited for any more."""
    deadline = around.now() + ARCHIVED_WITHIN
    told = False
    while point.is_behind(moment) and around.now() < deadline:
        if not told:
            say(f"waiting for the archive to get {moment.wal_file}")
            told = True
        around.sleep(_PAUSE_SECONDS)
        point = around.points.recent()
    return point


def _tested_at(around: Surroundings) -> datetime | None:
    """Raises BackupError for a file that holds no moment, or one that is still to come."""
    told = around.marking.tested_at()
    if told is None:
        return None
    named = around.policy.tested_file
    try:
        found = datetime.fromisoformat(told.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found > around.now():
        raise BackupError(
            f"{named} holds no moment at which somebody restored from a backup.",
            hint="Write one into it that has passed, such as 2026-11-23T09:00:00Z, with its zone.",
        )
    return found


def _summary(found: Recovery, *, now: datetime, seconds: float) -> BackupSummary:
    return BackupSummary(
        id=found.point.id,
        size=found.point.size or 0,
        seconds=round(seconds, 3),
        snapshot_at=found.moment.at if found.reaches_the_moment else found.point.taken_at,
        proof=found.words(now),
        location=found.point.provider,
        level=found.level,
    )
