"""A shadow database: what ran a history, and can be looked at by somebody else."""

from pathlib import Path

import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.rehearsal.shadow import open_shadow
from bot.adapters.prisma.address import prisma_url
from bot.core.migrations.migration import Migration
from bot.core.rehearsals.rehearsal_order import NewMigration, Order
from bot.core.settings import Settings
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import PostgresError
from bot.flows.reviewing.rehearsal_order import parts_of, schema_order
from tests.fakes import migration

pytestmark = pytest.mark.slow

INIT = migration("20260101000000_init", "CREATE TABLE users (id int PRIMARY KEY);\n")
MORE = migration("20260102000000_more", "ALTER TABLE users ADD COLUMN age int;\n")
WRONG = migration("20260102000000_wrong", "ALTER TABLE nobody ADD COLUMN age int;\n")
POSTGRES = 18


def order(*history: Migration, schema: str = "public") -> Order:
    return schema_order(history, [], Settings(), postgres=POSTGRES, schema=schema)


def new(given: Migration) -> NewMigration:
    return NewMigration(given.name, given.checksum, parts_of(given.sql, given.name, POSTGRES))


def columns(url: ConnectionUrl) -> list[str]:
    """Where a program finds it that is given the URL as Prisma is."""
    with connect(parse_url(prisma_url(url)), application_name="tests") as connection:
        found = connection.execute(
            "SELECT concat_ws('.', table_schema, table_name, column_name) "
            "FROM information_schema.columns WHERE table_name = 'users' ORDER BY ordinal_position"
        ).fetchall()
    return [str(each) for (each,) in found]


def test_it_has_run_the_history_and_runs_what_comes_on_top(tmp_path: Path) -> None:
    with open_shadow(order(INIT), environ={"HOME": str(tmp_path)}) as shadow:
        assert columns(shadow.url) == ["public.users.id"]
        assert shadow.major >= 14
        assert shadow.run(new(MORE)) == ""
        assert columns(shadow.url) == ["public.users.id", "public.users.age"]
        assert 'relation "nobody" does not exist' in shadow.run(new(WRONG))


def test_the_url_leads_to_the_schema_that_the_history_ran_in(tmp_path: Path) -> None:
    asked = order(INIT, schema="billing")
    with open_shadow(asked, environ={"HOME": str(tmp_path)}) as shadow:
        assert columns(shadow.url) == ["billing.users.id"]
        assert shadow.url.schema == "billing"
        assert prisma_url(shadow.url).endswith("&schema=billing")


def test_a_history_that_does_not_run_is_said(tmp_path: Path) -> None:
    asked = open_shadow(order(INIT, WRONG), environ={"HOME": str(tmp_path)})
    with pytest.raises(PostgresError, match="no shadow database to compare") as caught, asked:
        pass
    assert WRONG.name in caught.value.message
    assert "rehearse --all" in caught.value.hint
