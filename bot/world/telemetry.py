"""Whoever observes from outside how long rollouts and rehearsals take."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rollouts.progress import BackupSummary
from bot.core.rollouts.rollout_log import Value


class Telemetry(Protocol):
    """Safe for several threads. What goes wrong with it is said once, and harms nothing."""

    @property
    def wanted(self) -> bool:
        """Whether anybody observes."""

    def heard(self, line: Mapping[str, Value]) -> None:
        """What a rollout has just done, as a line of its log."""

    def backed_up(self, target: str, backup: BackupSummary, now: datetime) -> None:
        """A backup that somebody has asked for by itself is taken and proved now."""

    def rehearsed(self, found: Rehearsal, now: datetime) -> None:
        """A rehearsal ends now."""

    def close(self) -> None:
        """Hand over what is left. Takes a few seconds at most, whoever does not answer."""


class NoTelemetry:
    """Nobody observes."""

    wanted = False

    def heard(self, line: Mapping[str, Value]) -> None:
        """There is nobody to tell."""

    def backed_up(self, target: str, backup: BackupSummary, now: datetime) -> None:
        """There is nobody to tell."""

    def rehearsed(self, found: Rehearsal, now: datetime) -> None:
        """There is nobody to tell."""

    def close(self) -> None:
        """There is nothing to hand over."""
