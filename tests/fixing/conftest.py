"""One server of the newest kind for all that is compared on one."""

from collections.abc import Iterator

import pytest

from bot.adapters.postgres.server import start_server
from tests.conftest import SERVERS, RunningServer


@pytest.fixture(scope="session")
def embedded() -> Iterator[RunningServer]:
    newest = max(SERVERS.values(), key=lambda each: each.major)
    with start_server(newest) as started:
        yield started
