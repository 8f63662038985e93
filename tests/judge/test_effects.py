"""Effects where a server is not needed to know them: unknown tables, versions, new relations."""

from bot.core.effects import Effects, Lock, LockMode
from bot.judge.catalogue import Catalogue
from bot.judge.effects import effects_of
from bot.judge.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of


def effects(sql: str, *, before: str = "", postgres: int = 18) -> Effects:
    catalogue = Catalogue()
    for statement in parse(before).statements:
        replay(catalogue, actions_of(statement), born=0)
    (statement,) = parse(sql).statements
    return effects_of(actions_of(statement), catalogue, postgres=postgres, fresh_from=1)


def test_the_strongest_lock_of_a_statement_counts() -> None:
    sql = "ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b (id), ADD COLUMN y INT"
    assert effects(sql).locks == (
        Lock("public.a", LockMode.ACCESS_EXCLUSIVE),
        Lock("public.b", LockMode.SHARE_ROW_EXCLUSIVE),
    )


def test_an_unknown_table_gets_what_its_statement_says() -> None:
    found = effects("ALTER TABLE a ALTER COLUMN x TYPE BIGINT")
    assert found.rewrites == ("public.a",)
    assert not found.locks[0].new


def test_the_server_version_decides() -> None:
    add = "ALTER TABLE a ADD COLUMN x INT DEFAULT 1"
    assert effects(add, postgres=10).rewrites == ("public.a",)
    assert effects(add, postgres=11).rewrites == ()
    assert not effects("ALTER TYPE e ADD VALUE 'x'", postgres=11).transactional
    assert effects("ALTER TYPE e ADD VALUE 'x'", postgres=12).transactional
    assert effects("GRANT SELECT ON a TO b", postgres=17).locks == ()
    not_null = "ALTER TABLE a ALTER x SET NOT NULL"
    proved = "CREATE TABLE a (x INT CHECK (x IS NOT NULL));"
    assert effects(not_null, before=proved, postgres=11).scans == ("public.a",)
    assert effects(not_null, before=proved, postgres=12).scans == ()


def test_what_is_lost_is_named() -> None:
    assert effects("ALTER TABLE a DROP COLUMN x").loses == ("public.a.x",)
    assert effects("DROP TABLE a, s.b").loses == ("public.a", "s.b")
    assert effects("TRUNCATE a").loses == ("public.a",)
    assert effects("DELETE FROM a WHERE x").loses == ("public.a",)
    enum = "CREATE TYPE e AS ENUM ('x'); CREATE TABLE a (k e);"
    assert effects("DROP TYPE e CASCADE", before=enum).loses == ("public.a.k",)


def test_code_is_said_not_to_be_understood() -> None:
    assert not effects("DO $$ BEGIN EXECUTE x; END $$").understood
    assert not effects("CALL p()").understood
    assert effects("SELECT 1").understood


def test_a_required_column_without_a_default_is_looked_for_in_every_row() -> None:
    add = "ALTER TABLE a ADD COLUMN x INT NOT NULL"
    assert effects(add).scans == ("public.a",)
    assert effects(f"{add} DEFAULT 1").scans == ()
    assert effects(f"{add} DEFAULT NULL").scans == ("public.a",)
    assert effects(f"{add} GENERATED ALWAYS AS IDENTITY").scans == ()
    assert effects("ALTER TABLE a ADD COLUMN x INT").scans == ()


def test_a_drop_of_a_schema_reaches_its_tables() -> None:
    tables = "CREATE TABLE s.a (id INT PRIMARY KEY); CREATE TABLE b (x INT REFERENCES s.a);"
    found = effects("DROP SCHEMA s CASCADE", before=tables)
    assert {lock.relation for lock in found.locks} == {"s.a", "public.b"}
    assert found.loses == ("s.a",)


def test_the_servers_own_tables_are_no_ones_concern() -> None:
    assert effects("SELECT * FROM pg_catalog.pg_class, information_schema.tables").locks == ()
