"""What has another name, on a real server: rows stay where they are."""

from collections.abc import Iterator, Sequence

import pytest

from bot.adapters.postgres.connection import Connection, connect
from bot.core.schemas.draft import Renamed
from bot.core.schemas.schema import Snapshot
from bot.flows.reviewing.renames import renames_of
from bot.sql.parse import parse
from tests.conftest import RunningServer
from tests.drafting.trying import look, there_and_back

SHOP = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE customer (
    id serial PRIMARY KEY, name text NOT NULL DEFAULT 'x' CHECK (name <> ''), mood mood,
    twice int GENERATED ALWAYS AS (id * 2) STORED);
CREATE INDEX customer_name ON customer (lower(name)) WHERE name <> 'name';
CREATE TABLE "order" (id int PRIMARY KEY, who int REFERENCES customer);
CREATE VIEW happy AS SELECT id, name FROM customer WHERE mood = 'ok';
COMMENT ON COLUMN customer.name IS 'the name';
ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON customer USING (name = 'x');
"""


@pytest.fixture(scope="module")
def shop(server: RunningServer) -> Iterator[tuple[Connection, Snapshot]]:
    with connect(server.url(), application_name="test") as admin:
        admin.execute("CREATE DATABASE renaming TEMPLATE template0")
        with connect(server.url("renaming"), application_name="test") as connection:
            connection.execute(SHOP.encode())
            yield connection, look(connection)
        admin.execute("DROP DATABASE renaming WITH (FORCE)")


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE customer RENAME COLUMN name TO title",
        'ALTER TABLE customer RENAME COLUMN name TO "a ""quoted"" name"',
        "ALTER TABLE customer RENAME TO client",
        "ALTER TABLE customer RENAME TO client; ALTER TABLE client RENAME name TO title",
        'ALTER TABLE "order" RENAME TO orders; ALTER TABLE orders RENAME who TO customer',
        "ALTER VIEW happy RENAME TO glad",
        "ALTER TYPE mood RENAME TO feeling",
        "ALTER SEQUENCE customer_id_seq RENAME TO counting",
        "ALTER INDEX customer_name RENAME TO by_name",
        'ALTER TABLE "order" RENAME CONSTRAINT order_who_fkey TO "whose it is"',
    ],
)
def test_a_rename_is_taken_back_and_nothing_is_lost(
    shop: tuple[Connection, Snapshot], sql: str
) -> None:
    connection, before = shop
    outcome = there_and_back(connection, before, [sql], known(sql))
    assert outcome.converged, str(outcome)
    assert outcome.draft.losses == ()
    assert any(" RENAME " in each.sql for each in outcome.draft.statements)


def known(sql: str) -> Sequence[Renamed]:
    return renames_of(parse(f"{sql};").statements)
