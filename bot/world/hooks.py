"""What runs the commands of a project."""

from collections.abc import Callable
from typing import Protocol

from bot.core.targets.hooks import Command, HookName
from bot.core.targets.target import Target


class HookRunner(Protocol):
    def run(
        self,
        name: HookName,
        command: Command,
        target: Target | None,
        *,
        seconds: float,
        line: Callable[[str], None],
        going: Callable[[float], None],
    ) -> None:
        """Run it in the checkout, with no secret but the connection string of the target, if one is
        given. `line` is told all that it says, `going` how long it has taken as it goes on. Raises
        UsageError if it fails.
        """
