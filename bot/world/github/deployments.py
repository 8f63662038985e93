"""What GitHub remembers of rollouts."""

from collections.abc import Iterator
from typing import Protocol

from bot.core.github.deployment import Deployment


class Deployments(Protocol):
    def deployments(self, target: str) -> Iterator[Deployment]:
        """The bot's rollouts to a target, newest first; fetched as they are asked for."""

    def announce(self, deployment: Deployment) -> None:
        """Record how far a rollout is; the first time for a commit, target and migrations
        opens it."""
