"""Effects where a server is not needed to know them: unknown tables, versions, new relations."""

from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.effects.effects import effects_of
from bot.judge.replay.replay import replay
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


TREE = """
CREATE TABLE p (id INT NOT NULL, n INT, x TEXT) PARTITION BY LIST (n);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE h (id INT); CREATE TABLE h1 () INHERITS (h);
CREATE SEQUENCE s; CREATE TABLE k (id SERIAL PRIMARY KEY, t TIMESTAMP); CREATE INDEX i ON k (t);
"""


def mode(found: Effects, relation: str) -> LockMode | None:
    return next((lock.mode for lock in found.locks if lock.relation == relation), None)


def test_partitions_are_attached_under_a_weaker_lock_from_12_on() -> None:
    attach = "ALTER TABLE p ATTACH PARTITION h FOR VALUES IN (2)"
    exclusive = LockMode.ACCESS_EXCLUSIVE
    assert mode(effects(attach, before=TREE, postgres=11), "public.p") is exclusive
    found = effects(attach, before=TREE, postgres=12)
    assert mode(found, "public.p") is LockMode.SHARE_UPDATE_EXCLUSIVE
    assert mode(found, "public.h") is exclusive


def test_a_valid_check_of_the_key_may_spare_the_look_at_a_partition() -> None:
    attach = "ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (2)"
    table = "CREATE TABLE c (id INT NOT NULL, n INT, x TEXT%s);"
    spared = {
        "": (),
        ", CHECK (n = 2 AND n IS NOT NULL)": ("public.c",),
        ", CHECK (id > 0)": (),
        "); ALTER TABLE c ADD CHECK (n = 2) NOT VALID; CREATE TABLE other (id INT": (),
    }
    for check, expected in spared.items():
        found = effects(attach, before=TREE + table % check)
        assert (found.scans, found.spared) == (("public.c",), expected), check


def test_a_default_partition_that_is_the_first_takes_every_row() -> None:
    tables = "CREATE TABLE q (n INT) PARTITION BY LIST (n); CREATE TABLE r (n INT);"
    attach = "ALTER TABLE q ATTACH PARTITION r DEFAULT"
    another = "CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);"
    assert effects(attach, before=tables).scans == ()
    assert effects(attach, before=tables + another).scans == ("public.r",)


def test_an_index_is_renamed_under_a_weaker_lock_from_12_on() -> None:
    rename = "ALTER INDEX i RENAME TO j"
    assert mode(effects(rename, before=TREE, postgres=11), "public.i") is LockMode.ACCESS_EXCLUSIVE
    weak = LockMode.SHARE_UPDATE_EXCLUSIVE
    assert mode(effects(rename, before=TREE, postgres=12), "public.i") is weak


def test_a_time_zone_is_added_without_a_rewrite_from_12_on() -> None:
    change = "ALTER TABLE k ALTER COLUMN t TYPE TIMESTAMPTZ"
    assert effects(change, before=TREE, postgres=11).rewrites == ("public.k",)
    for postgres in range(12, 19):
        found = effects(change, before=TREE, postgres=postgres)
        assert found.rewrites == ()
        assert found.rebuilds == ("public.i",)


def test_granting_locks_from_18_on() -> None:
    for postgres in range(13, 18):
        assert effects("GRANT SELECT ON k TO x", before=TREE, postgres=postgres).locks == ()
    found = effects("GRANT SELECT ON k TO x", before=TREE, postgres=18)
    assert mode(found, "public.k") is LockMode.ACCESS_SHARE


def test_a_default_that_names_a_sequence_locks_it_from_18_on() -> None:
    change = "ALTER TABLE h ALTER COLUMN id SET DEFAULT nextval('s')"
    assert mode(effects(change, before=TREE, postgres=17), "public.s") is None
    assert mode(effects(change, before=TREE, postgres=18), "public.s") is LockMode.ACCESS_SHARE


def test_a_unique_constraint_reaches_partitions_more_strongly_from_18_on() -> None:
    add = "ALTER TABLE p ADD UNIQUE (id, n)"
    assert mode(effects(add, before=TREE, postgres=17), "public.p1") is LockMode.SHARE
    assert mode(effects(add, before=TREE, postgres=18), "public.p1") is LockMode.ACCESS_EXCLUSIVE


def test_heirs_are_analyzed_under_their_own_lock_from_18_on() -> None:
    assert (
        mode(effects("ANALYZE h", before=TREE, postgres=17), "public.h1") is LockMode.ACCESS_SHARE
    )
    weak = LockMode.SHARE_UPDATE_EXCLUSIVE
    assert mode(effects("ANALYZE h", before=TREE, postgres=18), "public.h1") is weak


def test_not_null_that_is_there_already_stays_at_the_parent() -> None:
    again = "ALTER TABLE p ALTER COLUMN id SET NOT NULL"
    assert mode(effects(again, before=TREE), "public.p1") is None
    anew = "ALTER TABLE p ALTER COLUMN x SET NOT NULL"
    assert mode(effects(anew, before=TREE), "public.p1") is LockMode.ACCESS_EXCLUSIVE


def test_names_an_older_application_would_miss_are_told() -> None:
    assert effects("DROP TABLE k", before=TREE).misses == ("public.k",)
    assert effects("ALTER TABLE k RENAME COLUMN t TO u", before=TREE).misses == ("public.k.t",)
    assert effects("ALTER TABLE k RENAME TO l", before=TREE).misses == ("public.k",)
    enum = "CREATE TYPE e AS ENUM ('x');"
    assert effects("ALTER TYPE e RENAME VALUE 'x' TO 'y'", before=enum).misses == ("public.e.x",)
    assert effects("ALTER TABLE k DROP COLUMN t, ADD COLUMN t TEXT", before=TREE).misses == ()


def test_a_rewrite_rebuilds_every_index_of_the_table() -> None:
    found = effects("ALTER TABLE k ALTER COLUMN id TYPE BIGINT", before=TREE)
    assert found.rebuilds == ("public.i", "public.k_pkey")
    assert effects("REINDEX INDEX i", before=TREE).rebuilds == ("public.i",)
