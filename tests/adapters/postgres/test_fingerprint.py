import psycopg
import pytest

from bot.adapters.postgres.fingerprint import fingerprint

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE a (id serial PRIMARY KEY, m mood DEFAULT 'sad', n int CHECK (n > 0));
CREATE TABLE b (a_id int REFERENCES a (id));
CREATE INDEX a_n ON a (n);
CREATE VIEW v AS SELECT n FROM a;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
"""


@pytest.mark.slow
def test_schemas_that_are_alike_have_the_same_and_every_change_makes_another(
    database: str,
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for name in ("one", "two"):
            connection.execute(f"CREATE SCHEMA {name}; SET search_path = {name}; {SCHEMA}".encode())
        seen = {}
        for name in ("one", "two"):
            connection.execute(f"SET search_path = {name}".encode())
            seen[name] = fingerprint(connection, name)
        assert seen["one"] == seen["two"]
        connection.execute('CREATE TABLE "_prisma_migrations" ()')
        assert fingerprint(connection, "two") == seen["two"]
        for change in (
            "ALTER TABLE a ADD COLUMN x int",
            "ALTER TABLE a ALTER x SET DEFAULT 1",
            "DROP INDEX a_n",
            "ALTER TYPE mood ADD VALUE 'mad'",
            "CREATE OR REPLACE VIEW v AS SELECT n + 1 AS n FROM a",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
            "ALTER TABLE b DROP CONSTRAINT b_a_id_fkey",
        ):
            connection.execute(change.encode())
            before, seen["two"] = seen["two"], fingerprint(connection, "two")
            assert seen["two"] != before, change
