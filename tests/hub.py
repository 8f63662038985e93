"""A started hub for tests, whose every call is held against GitHub's description."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.demo.hub import Hub
from tests.openapi.validator import OpenApiValidator

SHOP = "acme/shop"
EVERYTHING = dict.fromkeys(
    ("actions", "checks", "contents", "deployments", "issues", "pull_requests", "statuses"),
    "write",
)
FIRST = "prisma/migrations/20260101000000_first/migration.sql"
SECOND = "prisma/migrations/20260202000000_second/migration.sql"
FILES = {
    "README.md": "# Shop\n",
    FIRST: 'CREATE TABLE "Order" (id int);\n',
}


def ticking() -> Callable[[], datetime]:
    """A clock that is a second later each time it is asked."""
    start, seconds = datetime(2026, 11, 2, 9, tzinfo=UTC), count()
    return lambda: start + timedelta(seconds=next(seconds))


@pytest.fixture
def validator() -> Iterator[OpenApiValidator]:
    validator = OpenApiValidator()
    yield validator
    validator.require_clean()


@pytest.fixture
def hub(tmp_path: Path, validator: OpenApiValidator) -> Iterator[Hub]:
    with Hub(tmp_path / "hub", clock=ticking(), on_call=validator.check) as hub:
        hub.create_repository(SHOP, files=FILES, roles={"mia": "maintain", "ada": "write"})
        yield hub
