"""Statement by statement, how it is taken back without a down.sql, and why, as a DBA would say it.

"Nothing needed" is for what is known to lose nothing. Whatever else the catalogue does not show is
said in words.
"""

import pytest

from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.rehearsal import (
    Measured,
    RehearsedMigration,
    RehearsedStatement,
    TouchedRows,
)
from bot.core.rollouts.rollback_class import RollbackClass, RollbackWay, class_of
from bot.core.schemas.schema import Change, Differences
from bot.report.rollback_words import rollback_sentence
from tests import judging

BASE = """
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TYPE mood2 AS ENUM ('sad', 'glad');
CREATE TABLE a (
    id serial PRIMARY KEY, n int, big bigint, old text, code varchar(20), price numeric(10, 2),
    day date, at timestamp(3), zoned timestamptz(3), doc json, docb jsonb, m mood, flag boolean,
    ref uuid, fixed char(4), real4 real, real8 double precision, nick varchar(20)
);
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a (id) ON DELETE CASCADE);
CREATE TABLE nulls (id int PRIMARY KEY, a_id int REFERENCES a (id) ON DELETE SET NULL);
CREATE TABLE parted (id int) PARTITION BY RANGE (id);
CREATE TABLE part1 PARTITION OF parted FOR VALUES FROM (1) TO (10);
CREATE TABLE audited (id int PRIMARY KEY, n int);
CREATE TABLE stamped (id int PRIMARY KEY, n int, updated_at timestamp);
CREATE TABLE ruled (id int PRIMARY KEY);
CREATE TABLE log (id int);
CREATE SEQUENCE numbers;
CREATE VIEW shown AS SELECT id FROM a;
CREATE MATERIALIZED VIEW daily AS SELECT id FROM a;
CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS 'UPDATE a SET n = 1';
CREATE FUNCTION purge() RETURNS void LANGUAGE sql AS 'DELETE FROM b';
CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x * 2';
CREATE FUNCTION slug(x text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RETURN lower(regexp_replace(x, ' ', '-')); END $$;
CREATE FUNCTION built(x text) RETURNS void LANGUAGE plpgsql AS
    $$ BEGIN EXECUTE format('DELETE FROM %I', x); END $$;
CREATE FUNCTION atomic() RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM b; END;
CREATE FUNCTION foreign_code() RETURNS void LANGUAGE plpython3u AS 'plpy.execute("DELETE")';
CREATE PROCEDURE clean() LANGUAGE sql AS 'DELETE FROM b';
CREATE PROCEDURE opaque() LANGUAGE plpgsql AS $$ BEGIN EXECUTE current_setting('x.y'); END $$;
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO log VALUES (1); RETURN NEW; END $$;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER t AFTER UPDATE ON audited FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER s BEFORE UPDATE ON stamped FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE RULE r AS ON INSERT TO ruled DO ALSO DELETE FROM b;
"""
DRAFTED = DownProof(drafted=True)
NOTHING, REVERSIBLE = RollbackWay.NOTHING, RollbackWay.REVERSIBLE
RESTORE = RollbackWay.RESTORE
SEEN = Differences(changed=(Change("table", "public.a", before=(), after=()),))
NAME = "20240201000000_new"
CTE = "WITH d AS (DELETE FROM b RETURNING *) SELECT * FROM d"

# It changes neither structure nor rows, and loses nothing.
IDLE = """
ANALYZE
ANALYZE a
VACUUM a
VACUUM (FULL, ANALYZE) a
CLUSTER a USING a_pkey
REINDEX TABLE a
CHECKPOINT
COMMENT ON TABLE a IS 'x'
COMMENT ON COLUMN a.n IS NULL
SET lock_timeout = '2s'
SET LOCAL search_path = public
RESET ALL
SHOW work_mem
DISCARD PLANS
LOCK TABLE a IN SHARE MODE
LOCK TABLE b IN ROW EXCLUSIVE MODE
SELECT 1
SELECT count(*) FROM a WHERE lower(old) = 'x'
SELECT set_config('app.x', 'y', false)
SELECT pg_advisory_xact_lock(1)
SELECT pg_sleep(0.1)
SELECT twice(2)
SELECT slug('A b')
SELECT currval('numbers')
SELECT pg_catalog.now()
SELECT uuid_generate_v4()
SELECT ST_Distance('POINT(0 0)', 'POINT(1 1)')
PREPARE p AS DELETE FROM b
DEALLOCATE ALL
EXPLAIN SELECT purge()
EXPLAIN (ANALYZE false) SELECT fill()
DECLARE c CURSOR FOR SELECT * FROM a
NOTIFY changed
LISTEN changed
SET CONSTRAINTS ALL DEFERRED
"""

# Nothing of the schema changes, and something is lost, or changed, or nobody can tell.
LOSING = f"""
CREATE TABLE x AS {CTE} -- deletes b
CREATE TABLE x AS WITH d AS (UPDATE a SET n = 1 RETURNING *) SELECT * FROM d -- changes rows
CREATE TABLE x AS WITH d AS (INSERT INTO log VALUES (1) RETURNING *) SELECT * FROM d -- changes rows
CREATE TABLE x AS EXECUTE p -- prepared statement p
CREATE TABLE x AS SELECT purge() -- purge() writes
CREATE TABLE x AS SELECT nextval('numbers') -- place of sequence public.numbers
INSERT INTO log {CTE} -- deletes b
{CTE} -- deletes b
SELECT * INTO x FROM b WHERE dblink_exec('x', 'DELETE FROM b') IS NULL -- dblink_exec()
EXECUTE p -- prepared statement p
EXPLAIN ANALYZE DELETE FROM b -- deletes b
EXPLAIN (ANALYZE) CREATE TABLE x AS {CTE} -- deletes b
EXPLAIN ANALYZE EXECUTE p -- prepared statement p
EXPLAIN ANALYZE SELECT purge() -- purge() writes
ALTER SEQUENCE numbers RESTART -- place of sequence public.numbers
ALTER SEQUENCE numbers RESTART WITH 100 -- place of sequence public.numbers
SELECT setval('numbers', 1) -- place of sequence public.numbers
SELECT setval('numbers', (SELECT max(id) FROM a)) -- place of sequence public.numbers
SELECT setval(pg_get_serial_sequence('a', 'id'), 1) -- place of sequence public.a_id_seq
SELECT nextval('numbers') -- place of sequence public.numbers
SELECT lo_unlink(16400) -- deletes large objects
SELECT lo_truncate(1, 0) -- deletes large objects
SELECT lo_import('/x') -- large objects
SELECT lo_put(1, 0, 'x') -- large objects
DROP OWNED BY app -- deletes whatever its roles own
REASSIGN OWNED BY app TO other -- who owns
SELECT fill() -- fill() writes
SELECT purge() -- deletes b
SELECT built('b') -- does not show what it does
SELECT atomic() -- does not show what it does
SELECT foreign_code() -- does not show what it does
SELECT stranger() -- stranger(), and what that does is not in the history
SELECT app.now() -- app.now(), and what that does is not in the history
SELECT x FROM generate_series(1, 2) x WHERE stranger(x) -- stranger()
SELECT pg_terminate_backend(1) -- pg_terminate_backend()
SELECT pg_drop_replication_slot('x') -- pg_drop_replication_slot()
SELECT query_to_xml('DELETE FROM b', true, true, '') -- query_to_xml()
SELECT dblink('x', 'DELETE FROM b') -- dblink()
DECLARE c CURSOR FOR SELECT stranger() -- stranger()
CALL clean() -- deletes b
CALL opaque() -- does not show what it does
CALL stranger() -- does not show what it does
DO $$ BEGIN DELETE FROM b; END $$ -- deletes b
DO $$ BEGIN PERFORM purge(); END $$ -- deletes b
DO $$ BEGIN PERFORM stranger(); END $$ -- stranger()
DO $$ BEGIN EXECUTE format('DELETE FROM %I', 'b'); END $$ -- does not show what it does
DO LANGUAGE plpython3u 'x' -- does not show what it does
COPY log FROM '/x' -- changes rows
COPY a TO PROGRAM 'x' -- runs a program
COPY (DELETE FROM b RETURNING *) TO STDOUT -- deletes b
COPY ({CTE}) TO STDOUT -- deletes b
MERGE INTO b USING a ON b.id = a.id WHEN MATCHED THEN DELETE -- deletes b
MERGE INTO b USING a ON b.id = a.id WHEN MATCHED THEN UPDATE SET a_id = 1 -- changes rows
WITH m AS (MERGE INTO b USING a ON true WHEN MATCHED THEN DELETE RETURNING 1) TABLE m -- deletes b
TRUNCATE b -- deletes b
TRUNCATE a RESTART IDENTITY CASCADE -- deletes a
DELETE FROM a WHERE id = 1 -- deletes a
DELETE FROM nulls -- deletes nulls
UPDATE a SET n = 1 -- changes rows
INSERT INTO log VALUES (1) -- changes rows
INSERT INTO a (id, n) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET n = 2 -- changes rows
REFRESH MATERIALIZED VIEW daily -- materialized view public.daily
REFRESH MATERIALIZED VIEW daily WITH NO DATA -- materialized view public.daily
ALTER SYSTEM SET work_mem = '1GB' -- server's configuration
ALTER DATABASE app SET work_mem = '1GB' -- database's own settings
ALTER ROLE app SET work_mem = '1GB' -- roles
CREATE ROLE app -- roles
ALTER ROLE app LOGIN -- roles
GRANT app TO other -- roles
DROP ROLE app -- roles
ALTER ROLE app RENAME TO other -- roles
SECURITY LABEL FOR x ON ROLE app IS 'y' -- roles
CREATE TABLESPACE x LOCATION '/x' -- tablespaces
DROP SUBSCRIPTION x -- subscription
ALTER SUBSCRIPTION x DISABLE -- subscription
DROP DATABASE x -- deletes a database
COMMIT PREPARED 'x' -- COMMIT PREPARED
LOAD 'x' -- LOAD
ALTER LARGE OBJECT 1 OWNER TO app -- large objects
INSERT INTO shown VALUES (1) -- rows behind view
INSERT INTO ruled VALUES (1) -- rule r of public.ruled
UPDATE audited SET n = 1 -- trigger t of public.audited
"""

# Its text leads to what is new, and something else follows.
FOLLOWING = """
ALTER TABLE audited ADD COLUMN m2 int; UPDATE audited SET m2 = n -- trigger t of public.audited
ALTER TABLE stamped ADD COLUMN m2 int; UPDATE stamped SET m2 = n -- trigger s of public.stamped
CREATE TABLE c (id int); INSERT INTO c SELECT stranger() -- stranger()
CREATE TABLE c (id int); INSERT INTO c SELECT 1 FROM (SELECT purge()) x -- purge() writes
CREATE FOREIGN TABLE f (id int) SERVER s; DELETE FROM f -- foreign table public.f
CREATE FOREIGN TABLE f (id int) SERVER s; INSERT INTO f VALUES (1) -- foreign table public.f
CREATE TABLE c (); CREATE RULE k AS ON INSERT TO c DO DELETE FROM b; INSERT INTO c VALUES (1) -- k
CREATE TABLE c (); CREATE TRIGGER k AFTER INSERT ON c EXECUTE FUNCTION audit(); COPY c FROM 'x' -- k
ALTER TABLE a ADD COLUMN q int DEFAULT stranger() -- stranger()
CREATE INDEX i ON a (stranger(n)) -- stranger()
ALTER TABLE a ALTER COLUMN old TYPE int USING length(old) -- changes rows
ALTER TABLE a ALTER COLUMN old TYPE int USING old::int -- changes rows
ALTER TABLE a ALTER COLUMN price TYPE int -- changes rows
ALTER TABLE a ALTER COLUMN price TYPE numeric(10, 0) -- changes rows
ALTER TABLE a ALTER COLUMN code TYPE varchar(5) USING code::varchar(5) -- changes rows
ALTER TABLE a ALTER COLUMN at TYPE timestamp(0) -- changes rows
ALTER TABLE a ALTER COLUMN at TYPE date -- changes rows
ALTER TABLE a ALTER COLUMN doc TYPE jsonb -- changes rows
ALTER TABLE a ALTER COLUMN real8 TYPE real -- changes rows
ALTER TABLE a ALTER COLUMN big TYPE double precision -- changes rows
ALTER TABLE a ALTER COLUMN zoned TYPE timestamp USING zoned AT TIME ZONE 'CET' -- changes rows
ALTER TABLE unknown ALTER COLUMN n TYPE bigint -- changes rows
ALTER TABLE a ALTER COLUMN n DROP IDENTITY -- place of the sequence of public.a.n
ALTER TABLE a ALTER COLUMN n RESTART WITH 1 -- place of the sequence of public.a.n
DROP SEQUENCE numbers -- place of sequence public.numbers
DROP TABLE b -- deletes b
ALTER TABLE a DROP COLUMN old -- deletes a.old
DROP SCHEMA public CASCADE -- deletes
"""

# The schema changes, a draft leads back, and no row is the worse for it.
BACK = """
CREATE TABLE c (id serial PRIMARY KEY)
CREATE TABLE c (id int); INSERT INTO c VALUES (1)
CREATE TABLE c (id int); INSERT INTO c SELECT id FROM a WHERE lower(old) = 'x'
CREATE TABLE c AS SELECT id, slug(old) FROM a
CREATE TABLE c (id serial PRIMARY KEY); SELECT setval(pg_get_serial_sequence('c', 'id'), 10)
CREATE TEMP TABLE c AS SELECT * FROM a; DROP TABLE c
ALTER TABLE a ADD COLUMN q int
ALTER TABLE a ADD COLUMN q uuid NOT NULL DEFAULT gen_random_uuid()
ALTER TABLE a ADD COLUMN q timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
ALTER TABLE a ADD COLUMN q int; UPDATE a SET q = n; ALTER TABLE a ALTER COLUMN q SET NOT NULL
ALTER TABLE a ADD COLUMN q text; ALTER TABLE a ALTER COLUMN q TYPE int USING q::int
ALTER TABLE a ADD COLUMN q int DEFAULT twice(2)
ALTER TABLE a ADD CONSTRAINT k CHECK (n > 0) NOT VALID
ALTER TABLE a VALIDATE CONSTRAINT k
ALTER TABLE a ALTER COLUMN n SET NOT NULL
ALTER TABLE a ALTER COLUMN n SET DEFAULT nextval('numbers')
ALTER TABLE a RENAME COLUMN n TO number
ALTER TABLE a RENAME TO renamed
ALTER TABLE a SET UNLOGGED
ALTER TABLE a ENABLE ROW LEVEL SECURITY
ALTER TABLE parted DETACH PARTITION part1
ALTER TABLE a ALTER COLUMN n TYPE bigint
ALTER TABLE a ALTER COLUMN big TYPE int
ALTER TABLE a ALTER COLUMN n TYPE numeric(12, 2)
ALTER TABLE a ALTER COLUMN n TYPE text USING n::text
ALTER TABLE a ALTER COLUMN code TYPE text
ALTER TABLE a ALTER COLUMN code SET DATA TYPE varchar(255)
ALTER TABLE a ALTER COLUMN old SET DATA TYPE varchar(255)
ALTER TABLE a ALTER COLUMN price TYPE numeric(12, 4)
ALTER TABLE a ALTER COLUMN at TYPE timestamptz(3)
ALTER TABLE a ALTER COLUMN day TYPE timestamp(3)
ALTER TABLE a ALTER COLUMN docb TYPE text
ALTER TABLE a ALTER COLUMN real4 TYPE double precision
ALTER TABLE a ALTER COLUMN m TYPE mood2 USING (m::text::mood2)
ALTER TABLE a ALTER COLUMN ref TYPE text
ALTER TYPE mood ADD VALUE 'mad'
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'
ALTER SEQUENCE numbers INCREMENT 2
ALTER SEQUENCE numbers OWNED BY a.id
CREATE INDEX i ON a (lower(old))
CREATE UNIQUE INDEX CONCURRENTLY i ON a (n)
DROP INDEX a_pkey
CREATE VIEW v AS SELECT purge()
CREATE MATERIALIZED VIEW v AS SELECT id FROM a; REFRESH MATERIALIZED VIEW v
DROP VIEW shown
CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM b'
CREATE TRIGGER k AFTER INSERT ON a EXECUTE FUNCTION audit()
CREATE RULE k AS ON INSERT TO a DO ALSO DELETE FROM b
CREATE POLICY p ON a USING (n = 1)
CREATE EXTENSION IF NOT EXISTS pgcrypto
CREATE SCHEMA s
CREATE DOMAIN d AS text
CREATE STATISTICS st ON n, big FROM a
CREATE PUBLICATION p FOR TABLE a
GRANT SELECT ON a TO public
ALTER TABLE a OWNER TO current_user
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO public
IMPORT FOREIGN SCHEMA x FROM SERVER s INTO public
SECURITY LABEL FOR x ON TABLE a IS 'y'
CREATE SEQUENCE s2; SELECT setval('s2', 5)
"""


def rows(text: str) -> list[tuple[str, str]]:
    """Statements, each with the words after its comment marks."""
    return [
        (sql.strip(), why.strip())
        for sql, _, why in (line.partition(" -- ") for line in text.strip().splitlines())
    ]


def found(sql: str, changes: Differences, proof: DownProof = DRAFTED) -> RollbackClass:
    judged = judging.judged(sql, before=[BASE])
    assert judged.fault is None, judged.fault
    return class_of(judged, RehearsedMigration(NAME, down=proof, changes=changes))


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(rows(IDLE + LOSING + FOLLOWING + BACK)) > 180
    assert len(rows(IDLE + BACK)) > 90


@pytest.mark.parametrize("sql", [sql for sql, _ in rows(IDLE)])
def test_what_is_known_to_lose_nothing_needs_nothing(sql: str) -> None:
    one = found(f"{sql};", Differences())

    assert one.way is NOTHING, rollback_sentence(one)


@pytest.mark.parametrize(("sql", "why"), rows(LOSING))
def test_what_loses_or_may_lose_something_says_so(sql: str, why: str) -> None:
    one = found(f"{sql};", Differences())

    assert one.way is RESTORE
    assert why in rollback_sentence(one)


@pytest.mark.parametrize(("sql", "why"), rows(FOLLOWING))
def test_what_follows_from_it_is_said_besides(sql: str, why: str) -> None:
    one = found(f"{sql};", SEEN)

    assert one.way is RESTORE
    assert why in rollback_sentence(one)


@pytest.mark.parametrize("sql", [sql for sql, _ in rows(BACK)])
def test_what_a_draft_takes_back_stays_reversible(sql: str) -> None:
    one = found(f"{sql};", SEEN)

    assert one.way is REVERSIBLE, rollback_sentence(one)
    assert (one.changed, one.unknown, one.lost, one.writes) == ((), (), (), False)


@pytest.mark.parametrize("sql", ["SELECT stranger()", "EXECUTE p", "CALL opaque()"])
def test_what_nobody_can_tell_needs_a_script_and_rows_that_were_compared(
    sql: str,
) -> None:
    blind = found(f"{sql};", Differences(), DownProof())

    assert blind.way is RESTORE
    assert "No rows were there to see" in rollback_sentence(blind)
    assert found(f"{sql};", Differences(), DownProof(rows=3)).way is REVERSIBLE


def test_what_is_changed_beside_the_schema_is_its_authors_to_take_back() -> None:
    assert found("SELECT setval('numbers', 1);", Differences(), DownProof()).way is REVERSIBLE
    assert found("SELECT lo_unlink(1);", Differences(), DownProof(rows=3)).way is RESTORE


def seen(sql: str, *rows: TouchedRows, **more: tuple[str, ...]) -> RollbackClass:
    judged = judging.judged(sql, before=[BASE])
    measured = Measured(1.0, rows=rows, **more)  # type: ignore[arg-type]
    ran = RehearsedStatement(0, measured)
    return class_of(judged, RehearsedMigration(NAME, (ran,), changes=SEEN, down=DRAFTED))


def test_what_the_rehearsal_saw_go_is_gone_whatever_the_text_says() -> None:
    added = "ALTER TABLE a ADD COLUMN q int DEFAULT twice(2);"

    assert seen(added).way is REVERSIBLE
    assert seen(added, TouchedRows("public.b", deleted=2)).lost == ("public.b",)
    assert seen(added, loses=("public.b.old",)).lost == ("public.b.old",)
    assert seen(added, TouchedRows("public.log", inserted=1)).writes
    assert seen("DELETE FROM a;", TouchedRows("public.b", deleted=1)).lost == (
        "public.a",
        "public.b",
    )


def test_a_row_that_moves_between_partitions_is_no_lost_one() -> None:
    moved = TouchedRows("public.part1", inserted=1, deleted=1)

    assert seen("UPDATE parted SET id = 2;", moved).lost == ()
