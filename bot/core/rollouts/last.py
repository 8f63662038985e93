"""What happened last on a target: the rollout and what it saw of drift, as written down there, and
the backup."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.backups.backup import ProvedBackup
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.audit import Sealed


@dataclass(frozen=True)
class LastRollout:
    """When it ended, and in which state. `seconds` is how long it took and `by` who started it,
    where that was written down: without audit rows only the migrations table tells of it."""

    at: datetime
    state: str
    seconds: float | None = None
    by: str = ""


@dataclass(frozen=True)
class LastBackup:
    """The last that was proved: when it was begun, to which level, and whether it held."""

    at: datetime
    level: str
    fine: bool


@dataclass(frozen=True)
class LastDrift:
    """What a rollout saw before it began; the first differences of them."""

    at: datetime
    differences: tuple[str, ...]


def last_rollout(records: Iterable[Sealed], rows: Iterable[AppliedMigration]) -> LastRollout | None:
    """The newest record, unless something was applied since that no record tells of."""
    finished = [each.finished_at for each in rows if each.finished_at is not None]
    known = [found for each in records if (found := _recorded(each.record))]
    if known and (not finished or known[0].at >= max(finished)):
        return known[0]
    return LastRollout(max(finished), "applied") if finished else None


def last_drift(records: Iterable[Sealed]) -> LastDrift | None:
    """Of the newest rollout that looked. None also where it saw nothing: that it could look at all
    is not written down."""
    for each in records:
        listed = each.record.get("drift") if isinstance(each.record, Mapping) else None
        if isinstance(listed, list):
            at = _instant(each.record.get("at"))
            return LastDrift(at, tuple(map(str, listed))) if at and listed else None
    return None


def last_backup(proved: ProvedBackup | None) -> LastBackup | None:
    if proved is None:
        return None
    return LastBackup(proved.manifest.started_at, proved.proof.level.value, proved.proof.ok)


def _recorded(record: Mapping[str, Any]) -> LastRollout | None:
    """None for what is no record of ours: whoever may write the table may write anything."""
    try:
        at = _instant(record["at"])
        outcome, trigger = record["outcome"], record["trigger"]
        took = outcome["milliseconds"]
        seconds = float(took) / 1000 if took is not None else None
        by = str(trigger["login"] or trigger["event"] or "")
        return LastRollout(at, str(outcome["state"]), seconds, by) if at else None
    except (KeyError, TypeError, ValueError):
        return None


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else None
