"""The platform's own migrations, taken back by drafts: up, down, identical, up."""

from pathlib import Path

import pytest

from bot.adapters.postgres.connection import connect
from bot.drafting.draft import draft
from tests.drafting.trying import look, run, there_and_back

HISTORY = sorted((Path(__file__).parents[2] / "prisma" / "migrations").glob("*/migration.sql"))


@pytest.mark.slow
def test_every_migration_of_the_platform_is_taken_back(database: str) -> None:
    with connect(database, application_name="test") as connection:
        for script in HISTORY:
            before = look(connection)
            outcome = there_and_back(connection, before, [script.read_text("utf-8")])
            assert outcome.converged, f"{script.parent.name}: {outcome}"
            connection.execute(script.read_bytes())


@pytest.mark.slow
def test_the_whole_of_the_platform_is_made_by_one_draft(database: str) -> None:
    with connect(database, application_name="test") as connection:
        empty = look(connection)
        with connection.transaction(force_rollback=True):
            for script in HISTORY:
                connection.execute(script.read_bytes())
            whole = look(connection)
        with connection.transaction(force_rollback=True):
            assert run(connection, draft(empty, whole), whole) == ""
            assert run(connection, draft(whole, empty), empty) == ""
