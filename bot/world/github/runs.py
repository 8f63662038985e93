"""Runs of workflows: GitHub's own witness of what was there when."""

from typing import Protocol

from bot.core.github.seen import Head


class Runs(Protocol):
    def head_of(self, pull: int) -> Head:
        """The head of a pull request, and since when GitHub knows it."""

    def check_again(self, pull: int, workflow: str) -> bool:
        """Run the newest run of a workflow for its head again, unless it is running; False if there
        is none. `workflow` is the name of its file."""
