"""A database with one of everything, of which there is a backup."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.postgres.restoring.places import Live, live
from tests.conftest import RunningServer

SINK = "\n".join(
    line
    for line in Path(__file__).parents[1].joinpath("kitchen_sink.sql").read_text().splitlines()
    if "_prisma" not in line
)
ROWS = """
INSERT INTO "User" ("eMail", name) SELECT 'a@b', 'name ' || n FROM generate_series(1, 50) n;
SELECT lo_create(0);
"""
SMALL = """
CREATE TABLE orders (id int PRIMARY KEY, what text DEFAULT 'x');
INSERT INTO orders SELECT n FROM generate_series(1, 50) n;
"""


@pytest.fixture
def sink(server: RunningServer, tmp_path: Path) -> Iterator[Live]:
    with live(server, tmp_path / "backups", SINK, ROWS) as made:
        yield made


@pytest.fixture
def small(server: RunningServer, tmp_path: Path) -> Iterator[Live]:
    with live(server, tmp_path / "backups", SMALL) as made:
        yield made
