"""An override: somebody who may opens a gate that stays closed, for one text and a few hours."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.migrations.migration import Migration


@dataclass(frozen=True)
class Override:
    """`gate` is the name of the gate, `commit` the head of the pull request that they saw."""

    gate: str
    login: str
    reason: str
    at: datetime
    commit: str

    def __str__(self) -> str:
        at = self.at.astimezone(UTC)
        return f"by @{self.login} at {at:%Y-%m-%d %H:%M} UTC: {self.reason}"


def overriding(
    overrides: Iterable[Override],
    gate: str,
    pending: Sequence[Migration],
    seen: Mapping[str, Collection[str]],
    *,
    now: datetime,
    hours: float,
) -> tuple[Override, ...]:
    """Those that open a gate for everything that is pending; none if they leave anything out.

    `seen` are, by a migration's name, the commits at which it had the very text that is pending.
    One from the future is nobody's.
    """
    oldest = now - timedelta(hours=hours)
    fresh = [each for each in overrides if each.gate == gate and oldest < each.at <= now]
    found: dict[Override, None] = {}
    for migration in pending:
        fitting = [each for each in fresh if each.commit in seen.get(migration.name, ())]
        if not fitting:
            return ()
        found[max(fitting, key=lambda each: each.at)] = None
    return tuple(found)
