"""Places to crash in, Prisma to judge what is left there, and the table at the end."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.campaign import Place
from tests.faults.figures import ASKED, PROPERTY, Tally, asked_of, keep, lines, tallies_of
from tests.faults.judging import Judge, find_judge, is_asked
from tests.faults.proxy import proxied
from tests.faults.stories import Story
from tests.prisma.oracle import Prisma

# Where the figures of a run are to be kept.
FILE_VARIABLE = "MIGRATION_BOT_FAULTS_FILE"
_told: list[Tally] = []
_asked: list[int | str] = []


@pytest.fixture(scope="session")
def prisma_or_why_not() -> tuple[Prisma | None, str]:
    return find_judge()


@pytest.fixture
def judge(
    prisma_or_why_not: tuple[Prisma | None, str],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    record_property: Callable[[str, object], None],
) -> Iterator[Judge]:
    """Prisma's CLI, if it can be had; how often it was asked stands below the table."""
    found, why_not = prisma_or_why_not
    called = getattr(request.node, "callspec", None)
    story = called.params.get("name", "") if called else ""
    due = is_asked(request.node.name, story)
    judge = Judge(found, tmp_path_factory.mktemp("judged"), due)
    yield judge
    record_property(ASKED, why_not or judge.asked)


@pytest.fixture
def place(database: str, judge: Judge) -> Iterator[Callable[[Story], Place]]:
    """Makes a database with the history before a story applied, and a proxy before it. Prisma is
    asked about what is there in the end."""
    places = []
    with ExitStack() as stack:

        def make(story: Story) -> Place:
            made = Place(database, stack.enter_context(proxied(database)), story)
            made.prepare()
            places.append(made)
            return made

        yield make
        for each in places:
            if each.judged:
                judge.agrees(each.url, each.story.history)


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
    _asked.extend(asked_of(report))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not any(each.injected for each in _told):
        return
    terminalreporter.section("faults")
    for line in lines(_told, _asked):
        terminalreporter.write_line(line)
    if place := os.environ.get(FILE_VARIABLE):
        keep(_told, Path(place))
