"""An override: somebody who may opens a gate that stays closed."""

from dataclasses import dataclass
from datetime import UTC, datetime


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
