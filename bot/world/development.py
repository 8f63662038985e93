"""What is done to development databases, and to no others."""

from typing import Protocol

from bot.core.targets.creation import Created
from bot.core.targets.target import Target


class Development(Protocol):
    def create(self, target: Target) -> Created | None:
        """Make a target's database if it is not there; None if it is. Raises PostgresError."""
