"""What makes a record of a rollout believable."""

from collections.abc import Mapping
from typing import Any, Protocol

from bot.core.rollouts.audit import Sealed


class Sealer(Protocol):
    def seal(self, record: Mapping[str, Any]) -> Sealed:
        """The record without secrets, signed if there is a key. Raises UsageError for a key that
        cannot be read."""

    def verify(self, sealed: Sealed, public: str) -> str:
        """What is wrong with its signature; "" if nothing is. Raises UsageError for a key that
        cannot be read."""
