"""Places to crash in, and the table at the end."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.campaign import Place, Tally
from tests.faults.proxy import proxied
from tests.faults.stories import Story

PROPERTY = "faults"
SHOWN = 3
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
    if report.when == "call":
        for name, value in report.user_properties:
            if name == PROPERTY:
                assert isinstance(value, dict)
                _told.append(Tally(**value))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _told:
        return
    terminalreporter.section("faults")
    for tally in sorted(_told, key=lambda each: each.scenario):
        line = f"{tally.injected:6} {len(tally.anomalies):4} {tally.seconds:7.1f} s"
        terminalreporter.write_line(f"{line}  {tally.scenario}")
        for anomaly in tally.anomalies[:SHOWN]:
            terminalreporter.write_line(f"         {anomaly}")
    if place := os.environ.get("MIGRATION_BOT_FAULTS_FILE"):
        Path(place).write_text(json.dumps([vars(each) for each in _told], indent=1) + "\n")
    injected, anomalies = (
        sum(each.injected for each in _told),
        sum(len(each.anomalies) for each in _told),
    )
    terminalreporter.write_line(f"{injected:6} {anomalies:4}            in all")
