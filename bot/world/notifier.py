"""Where people hear of a rollout who do not watch it."""

from collections.abc import Mapping
from typing import Any, Protocol

from bot.core.github.notification import Sink


class Notifier(Protocol):
    def send(self, sink: Sink, payload: Mapping[str, Any]) -> None:
        """Once: a lost answer may have been heard. Raises NotificationError."""
