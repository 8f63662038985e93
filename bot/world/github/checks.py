"""Check runs: what GitHub shows beside a commit."""

from typing import Protocol

from bot.core.github.check_run import CheckResult, CheckRun


class Checks(Protocol):
    def start_check_run(self, run: CheckRun) -> int:
        """Begin it, and return its number. What earlier runs left open on the same commit is
        concluded as cancelled."""

    def annotate_check_run(self, number: int, result: CheckResult) -> None:
        """Add its annotations to those it has."""

    def conclude_check_run(self, number: int, result: CheckResult) -> str:
        """End it, with all but the annotations, and return its page."""

    def end_check_run(self, run: CheckRun) -> None:
        """Conclude it as cancelled if it is still open."""
