"""Places to crash in, and the table at the end."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.campaign import Place
from tests.faults.figures import PROPERTY, Tally, keep, lines, tallies_of
from tests.faults.proxy import proxied
from tests.faults.stories import Story

# Where the figures of a run are to be kept.
FILE_VARIABLE = "MIGRATION_BOT_FAULTS_FILE"
_told: list[Tally] = []


@pytest.fixture
def place(database: str) -> Iterator[Callable[[Story], Place]]:
    """Makes a database with the history before a story applied, and a proxy before it."""
    with ExitStack() as stack:

        def make(story: Story) -> Place:
            made = Place(database, stack.enter_context(proxied(database)), story)
            made.prepare()
            return made

        yield make


@pytest.fixture
def record(record_property: Callable[[str, object], None]) -> Callable[[Tally], None]:
    """Puts what a test did into the table, and fails it if there were anomalies."""

    def put(tally: Tally) -> None:
        record_property(PROPERTY, vars(tally))
        assert tally.anomalies == []

    return put


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Under xdist this hears of what every worker did."""
    _told.extend(tallies_of(report))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not any(each.injected for each in _told):
        return
    terminalreporter.section("faults")
    for line in lines(_told):
        terminalreporter.write_line(line)
    if place := os.environ.get(FILE_VARIABLE):
        keep(_told, Path(place))
