"""What the judge predicts of a statement, against what a real server does to run it.

Each statement runs in a transaction of its own on a schema with rows in it. The locks are read
from pg_locks, rewrites from the tables' files, scans from the server's own debug messages.
"""

import re
from collections.abc import Iterator

import psycopg
import pytest

from bot.core.effects import Effects, LockMode
from bot.judge.catalogue import Catalogue
from bot.judge.effects import effects_of
from bot.judge.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN plain AS integer;
CREATE TABLE parent (id integer PRIMARY KEY, name varchar(20), code text UNIQUE);
CREATE TABLE child (
    id integer PRIMARY KEY, parent_id integer REFERENCES parent (id), note varchar(10), body text,
    price numeric(10,2), at timestamp(3), plain_at timestamp, mood mood, fixed char(5),
    flag boolean, tags varchar(5)[], address cidr, amount bigint, ratio real, data json, key uuid,
    wide integer,
    checked integer CHECK (checked > 0), proved integer, full_name text NOT NULL DEFAULT '',
    span interval(3), bits varbit(5), small plain, "Mixed" text
);
CREATE INDEX child_note_idx ON child (note);
CREATE INDEX child_at_idx ON child (at);
CREATE INDEX child_body_idx ON child (body);
CREATE UNIQUE INDEX child_wide_idx ON child (wide);
CREATE UNIQUE INDEX child_full_idx ON child (full_name);
ALTER TABLE child ADD CONSTRAINT proved_there CHECK (proved IS NOT NULL);
ALTER TABLE child ADD CONSTRAINT later CHECK (wide > 0) NOT VALID;
ALTER TABLE child ADD CONSTRAINT later_fk FOREIGN KEY (wide) REFERENCES parent (id) NOT VALID;
CREATE TABLE loose (a integer, b text, p positive);
CREATE TABLE twin (id integer, parent_id integer);
CREATE VIEW children AS SELECT id, flag FROM child;
CREATE VIEW grandchildren AS SELECT id FROM children;
CREATE MATERIALIZED VIEW summary AS SELECT a, b FROM loose;
CREATE UNIQUE INDEX summary_idx ON summary (a);
CREATE SEQUENCE counter;
CREATE TABLE log (at date, message text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE log_rest PARTITION OF log DEFAULT;
CREATE TABLE log_2026 (at date, message text);
CREATE TABLE part (n integer) PARTITION BY LIST (n);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER watch BEFORE UPDATE ON loose FOR EACH ROW EXECUTE FUNCTION touch();
"""
ROWS = """
INSERT INTO parent VALUES (1, 'a', 'x');
INSERT INTO child (id, parent_id, wide, checked, proved, at, small)
VALUES (1, 1, 1, 1, 1, now(), 1);
INSERT INTO loose VALUES (1, 'b', 1);
INSERT INTO log VALUES ('2024-05-05', 'x');
REFRESH MATERIALIZED VIEW summary;
"""

STATEMENTS = """
ALTER TABLE child ADD COLUMN x integer
ALTER TABLE child ADD COLUMN x integer DEFAULT 5
ALTER TABLE child ADD COLUMN x integer NOT NULL DEFAULT 5
ALTER TABLE child ADD COLUMN x timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
ALTER TABLE child ADD COLUMN x text[] DEFAULT ARRAY[]::text[]
ALTER TABLE child ADD COLUMN x jsonb NOT NULL DEFAULT '{}'
ALTER TABLE child ADD COLUMN x uuid DEFAULT gen_random_uuid()
ALTER TABLE child ADD COLUMN x double precision DEFAULT random()
ALTER TABLE child ADD COLUMN x timestamptz DEFAULT clock_timestamp()
ALTER TABLE child ADD COLUMN x timestamptz DEFAULT now() + interval '1 day'
ALTER TABLE child ADD COLUMN x text DEFAULT lower('ABC') || md5('x')
ALTER TABLE child ADD COLUMN x text DEFAULT to_char(now(), 'YYYY')
ALTER TABLE child ADD COLUMN x bigint DEFAULT nextval('counter')
ALTER TABLE child ADD COLUMN x serial
ALTER TABLE child ADD COLUMN x bigint GENERATED ALWAYS AS IDENTITY
ALTER TABLE child ADD COLUMN x integer GENERATED ALWAYS AS (wide * 2) STORED
ALTER TABLE child ADD COLUMN x integer CHECK (x > 0)
ALTER TABLE child ADD COLUMN x integer UNIQUE
ALTER TABLE child ADD COLUMN x integer REFERENCES parent (id)
ALTER TABLE child ADD COLUMN x integer DEFAULT 1 REFERENCES parent (id)
ALTER TABLE child ADD COLUMN x positive
ALTER TABLE child ADD COLUMN x plain
ALTER TABLE child ADD COLUMN x mood DEFAULT 'sad'
ALTER TABLE child ADD COLUMN IF NOT EXISTS note text
ALTER TABLE child ADD COLUMN x integer, ADD COLUMN y text DEFAULT 'y'
ALTER TABLE child DROP COLUMN note
ALTER TABLE child DROP COLUMN parent_id
ALTER TABLE child DROP COLUMN IF EXISTS missing
ALTER TABLE parent DROP COLUMN id CASCADE
ALTER TABLE child ALTER COLUMN note TYPE varchar(20)
ALTER TABLE child ALTER COLUMN note TYPE varchar
ALTER TABLE child ALTER COLUMN note TYPE text
ALTER TABLE child ALTER COLUMN note TYPE text USING note::text
ALTER TABLE child ALTER COLUMN note TYPE varchar(5)
ALTER TABLE child ALTER COLUMN body TYPE varchar
ALTER TABLE child ALTER COLUMN body TYPE varchar(50)
ALTER TABLE child ALTER COLUMN body TYPE text
ALTER TABLE child ALTER COLUMN body TYPE text COLLATE "C"
ALTER TABLE child ALTER COLUMN price TYPE numeric(12,2)
ALTER TABLE child ALTER COLUMN price TYPE numeric
ALTER TABLE child ALTER COLUMN price TYPE numeric(12,4)
ALTER TABLE child ALTER COLUMN price TYPE numeric(8,2)
ALTER TABLE child ALTER COLUMN at TYPE timestamp
ALTER TABLE child ALTER COLUMN at TYPE timestamp(6)
ALTER TABLE child ALTER COLUMN at TYPE timestamptz
ALTER TABLE child ALTER COLUMN at TYPE timestamptz(6)
ALTER TABLE child ALTER COLUMN at TYPE timestamptz(3)
ALTER TABLE child ALTER COLUMN at TYPE timestamptz(3) USING at AT TIME ZONE 'UTC'
ALTER TABLE child ALTER COLUMN plain_at TYPE timestamp(3)
ALTER TABLE child ALTER COLUMN plain_at TYPE timestamptz
ALTER TABLE child ALTER COLUMN mood TYPE text USING mood::text
ALTER TABLE child ALTER COLUMN fixed TYPE varchar(5)
ALTER TABLE child ALTER COLUMN fixed TYPE char(10)
ALTER TABLE child ALTER COLUMN tags TYPE text[]
ALTER TABLE child ALTER COLUMN address TYPE inet
ALTER TABLE child ALTER COLUMN amount TYPE integer
ALTER TABLE child ALTER COLUMN ratio TYPE double precision
ALTER TABLE child ALTER COLUMN data TYPE jsonb
ALTER TABLE child ALTER COLUMN key TYPE text
ALTER TABLE child ALTER COLUMN span TYPE interval(6)
ALTER TABLE child ALTER COLUMN bits TYPE varbit(9)
ALTER TABLE child ALTER COLUMN small TYPE integer
ALTER TABLE child ALTER COLUMN amount TYPE positive
ALTER TABLE child ALTER COLUMN checked TYPE bigint
ALTER TABLE child ALTER COLUMN checked TYPE integer
ALTER TABLE child ALTER COLUMN parent_id TYPE bigint
ALTER TABLE parent ALTER COLUMN id TYPE bigint
ALTER TABLE parent ALTER COLUMN name TYPE varchar(40)
ALTER TABLE parent ALTER COLUMN code TYPE varchar
ALTER TABLE loose ALTER COLUMN a SET NOT NULL, ALTER COLUMN b SET NOT NULL
ALTER TABLE loose ALTER COLUMN a SET NOT NULL
ALTER TABLE child ALTER COLUMN proved SET NOT NULL
ALTER TABLE child ALTER COLUMN full_name SET NOT NULL
ALTER TABLE child ALTER COLUMN full_name DROP NOT NULL
ALTER TABLE child ALTER COLUMN note SET DEFAULT 'x'
ALTER TABLE child ALTER COLUMN note DROP DEFAULT
ALTER TABLE child ALTER COLUMN note SET STATISTICS 500
ALTER TABLE child ALTER COLUMN body SET STORAGE EXTERNAL
ALTER TABLE child ALTER COLUMN body SET (n_distinct = 5)
ALTER TABLE child SET (fillfactor = 70)
ALTER TABLE child SET (autovacuum_enabled = false)
ALTER TABLE child CLUSTER ON child_pkey
ALTER TABLE child REPLICA IDENTITY FULL
ALTER TABLE child ENABLE ROW LEVEL SECURITY
ALTER TABLE loose SET UNLOGGED
ALTER TABLE loose DISABLE TRIGGER watch
ALTER TABLE loose ENABLE TRIGGER watch
ALTER TABLE child OWNER TO CURRENT_USER
ALTER TABLE child ADD CONSTRAINT c CHECK (wide > 0)
ALTER TABLE child ADD CONSTRAINT c CHECK (wide > 0) NOT VALID
ALTER TABLE child ADD CONSTRAINT c UNIQUE (amount)
ALTER TABLE child ADD CONSTRAINT c UNIQUE USING INDEX child_wide_idx
ALTER TABLE loose ADD PRIMARY KEY (a)
ALTER TABLE loose ADD CONSTRAINT c EXCLUDE USING btree (a WITH =)
ALTER TABLE twin ADD CONSTRAINT c FOREIGN KEY (parent_id) REFERENCES parent (id)
ALTER TABLE twin ADD CONSTRAINT c FOREIGN KEY (parent_id) REFERENCES parent (id) NOT VALID
ALTER TABLE twin ADD CONSTRAINT c FOREIGN KEY (parent_id) REFERENCES parent
ALTER TABLE child VALIDATE CONSTRAINT later
ALTER TABLE child VALIDATE CONSTRAINT later_fk
ALTER TABLE child VALIDATE CONSTRAINT proved_there
ALTER TABLE child DROP CONSTRAINT later
ALTER TABLE child DROP CONSTRAINT child_parent_id_fkey
ALTER TABLE parent DROP CONSTRAINT parent_pkey CASCADE
ALTER TABLE parent DROP CONSTRAINT parent_code_key
ALTER TABLE child RENAME TO renamed
ALTER TABLE child RENAME COLUMN note TO renamed
ALTER TABLE child RENAME CONSTRAINT later TO renamed
ALTER INDEX child_note_idx RENAME TO renamed
ALTER VIEW children RENAME TO renamed
ALTER SEQUENCE counter RENAME TO renamed
ALTER SEQUENCE counter INCREMENT BY 5
ALTER TYPE mood RENAME TO renamed
ALTER TYPE mood ADD VALUE 'fine'
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'
ALTER DOMAIN plain ADD CONSTRAINT c CHECK (VALUE < 100)
ALTER DOMAIN plain ADD CONSTRAINT c CHECK (VALUE < 100) NOT VALID
ALTER DOMAIN positive SET NOT NULL
CREATE TABLE fresh (id integer PRIMARY KEY, parent_id integer REFERENCES parent (id))
CREATE TABLE fresh (id integer, CONSTRAINT f FOREIGN KEY (id) REFERENCES parent (id))
CREATE TABLE fresh (LIKE loose)
CREATE TABLE fresh () INHERITS (loose)
CREATE TABLE fresh AS SELECT id FROM child
CREATE TABLE IF NOT EXISTS child (id integer)
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
CREATE TABLE part_2 PARTITION OF part FOR VALUES IN (2)
ALTER TABLE log ATTACH PARTITION log_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
ALTER TABLE log DETACH PARTITION log_2024
ALTER TABLE log ADD COLUMN level integer
ALTER TABLE log ALTER COLUMN message SET NOT NULL
CREATE INDEX ON log (at)
CREATE INDEX parted ON ONLY log (at)
DROP TABLE log_2024
DROP TABLE log
CREATE INDEX fresh ON child (amount)
CREATE UNIQUE INDEX fresh ON child (amount)
CREATE INDEX fresh ON child (lower(body)) WHERE flag
CREATE INDEX fresh ON summary (b)
CREATE INDEX IF NOT EXISTS child_note_idx ON child (note)
DROP INDEX child_note_idx
REINDEX INDEX child_note_idx
REINDEX TABLE child
CREATE VIEW fresh AS SELECT p.name FROM parent p JOIN child c ON c.parent_id = p.id
CREATE OR REPLACE VIEW children AS SELECT id, flag FROM child
CREATE MATERIALIZED VIEW fresh AS SELECT id FROM child
CREATE MATERIALIZED VIEW fresh AS SELECT id FROM child WITH NO DATA
REFRESH MATERIALIZED VIEW summary
REFRESH MATERIALIZED VIEW CONCURRENTLY summary
DROP MATERIALIZED VIEW summary
DROP VIEW grandchildren
DROP VIEW children CASCADE
DROP TABLE loose CASCADE
DROP TABLE child CASCADE
DROP TABLE parent CASCADE
DROP TABLE twin
DROP SEQUENCE counter
DROP TYPE mood CASCADE
DROP TRIGGER watch ON loose
DROP FUNCTION touch() CASCADE
CREATE TRIGGER fresh AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION touch()
CREATE POLICY fresh ON child USING (true)
CREATE RULE fresh AS ON UPDATE TO twin DO NOTHING
COMMENT ON TABLE child IS 'x'
COMMENT ON COLUMN child.note IS 'x'
COMMENT ON INDEX child_note_idx IS 'x'
COMMENT ON CONSTRAINT later ON child IS 'x'
COMMENT ON TRIGGER watch ON loose IS 'x'
COMMENT ON VIEW children IS 'x'
COMMENT ON SEQUENCE counter IS 'x'
COMMENT ON TYPE mood IS 'x'
SELECT setval('counter', 5)
SELECT nextval('counter')
GRANT SELECT ON child TO PUBLIC
TRUNCATE twin
TRUNCATE parent CASCADE
LOCK TABLE child IN SHARE MODE
LOCK TABLE child
ANALYZE child
CLUSTER child USING child_pkey
INSERT INTO twin VALUES (1, 1)
INSERT INTO twin SELECT id, parent_id FROM child
UPDATE twin SET id = 1
UPDATE twin SET id = c.id FROM child c WHERE c.id = twin.id
DELETE FROM twin
DELETE FROM twin WHERE id IN (SELECT id FROM parent)
SELECT * FROM parent
SELECT * FROM parent FOR UPDATE
MERGE INTO twin t USING parent p ON t.id = p.id WHEN MATCHED THEN DELETE
CREATE SEQUENCE fresh
CREATE TYPE fresh AS ENUM ('a')
CREATE EXTENSION IF NOT EXISTS plpgsql
ALTER TABLE child SET SCHEMA pg_temp_nothing
""".strip().splitlines()
STATEMENTS.remove("ALTER TABLE child SET SCHEMA pg_temp_nothing")

NEWER = {
    17: ["ALTER TABLE child ALTER COLUMN wide SET EXPRESSION AS (1)"],
    18: [
        "ALTER TABLE child ADD COLUMN x integer GENERATED ALWAYS AS (wide * 2) VIRTUAL",
        "ALTER TABLE loose ADD CONSTRAINT c NOT NULL a",
        "ALTER TABLE loose ADD CONSTRAINT c NOT NULL a NOT VALID",
        "ALTER TABLE loose ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED",
        "ALTER TABLE child ADD COLUMN x uuid DEFAULT uuidv7()",
    ],
}
ALONE = [
    "CREATE INDEX CONCURRENTLY fresh ON child (amount)",
    "DROP INDEX CONCURRENTLY child_note_idx",
    "REINDEX TABLE CONCURRENTLY child",
    "REINDEX SCHEMA public",
    "ALTER TABLE part DETACH PARTITION part_1 CONCURRENTLY",
    "VACUUM child",
    "VACUUM (FULL) child",
    "CREATE DATABASE fresh",
    "ALTER SYSTEM SET work_mem = '8MB'",
    "CLUSTER",
]

_LOCKS = """
SELECT relation, mode FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_RELATIONS = """
SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
_FOREIGN = "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
_FILES = """
SELECT relname, pg_relation_filenode(oid) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'm')
"""
_MESSAGES = (
    re.compile(r'verifying table "(?P<table>[^"]+)"'),
    re.compile(r'building index "[^"]+" on table "(?P<table>[^"]+)"'),
    re.compile(r'validating foreign key constraint "(?P<constraint>[^"]+)"'),
)


class Server:
    """A connection to a database that holds the schema, and the catalogue that should equal it."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("SET timezone = 'UTC'")
        self.connection.execute(SCHEMA.encode())
        self.connection.execute(ROWS.encode())
        self.notices: list[str] = []
        self.connection.add_notice_handler(self._heard)
        self.major = self.connection.info.server_version // 10_000
        self.catalogue = Catalogue()
        for statement in parse(SCHEMA).statements:
            replay(self.catalogue, actions_of(statement), born=0)

    def _heard(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        self.notices.append(diagnostic.message_primary or "")

    def predicted(self, sql: str) -> Effects:
        (statement,) = parse(sql).statements
        actions = actions_of(statement)
        return effects_of(actions, self.catalogue, postgres=self.major, fresh_from=1)

    def observed(self, sql: str) -> tuple[dict[str, str], set[str], set[str]]:
        """Locks on what existed before, rewritten tables, and tables that were read in full."""
        with self.connection.transaction(force_rollback=True):
            run = self.connection.execute
            existing: dict[int, str] = dict(run(_RELATIONS).fetchall())
            foreign: dict[str, str] = dict(run(_FOREIGN).fetchall())
            files: dict[str, int] = dict(run(_FILES).fetchall())
            run("SET LOCAL client_min_messages = debug1")
            self.notices.clear()
            run(sql.encode())
            run("SET LOCAL client_min_messages = warning")
            heard = list(self.notices)
            foreign.update(run(_FOREIGN).fetchall())
            locks = self._locks(existing)
            after: dict[str, int] = dict(run(_FILES).fetchall())
        rewritten = {name for name in files if name in after and files[name] != after[name]}
        scanned = {table for table in self._scanned(heard, foreign) if table in files}
        return locks, rewritten, scanned - rewritten

    def _locks(self, existing: dict[int, str]) -> dict[str, str]:
        found: dict[str, LockMode] = {}
        labels = {mode.label: mode for mode in LockMode}
        for relation, mode in self.connection.execute(_LOCKS).fetchall():
            name = existing.get(relation)
            if name:
                found[name] = max(labels[mode], found.get(name, labels[mode]))
        return {name: mode.label for name, mode in found.items()}

    @staticmethod
    def _scanned(messages: list[str], foreign: dict[str, str]) -> Iterator[str]:
        for message in messages:
            for pattern in _MESSAGES:
                match = pattern.search(message)
                if match and "table" in match.groupdict():
                    yield match["table"]
                elif match:
                    yield foreign[match["constraint"]]


def bare(names: tuple[str, ...]) -> set[str]:
    return {name.removeprefix("public.") for name in names}


def cases(server: Server) -> list[str]:
    newer = [sql for major, found in NEWER.items() if server.major >= major for sql in found]
    return [*STATEMENTS, *newer[1:]]


# Statements whose scans the server makes without a message.
_SILENT = ("ALTER DOMAIN", "CREATE TABLE log_2025 PARTITION OF")


def disagreements(server: Server, sql: str) -> list[str]:
    try:
        locks, rewrites, scans = server.observed(sql)
    except psycopg.Error as error:
        return [f"{sql}: the server refuses: {error}"]
    effects = server.predicted(sql)
    indexes = {name.removeprefix("public.") for name in server.catalogue.indexes}
    named = {lock.relation.removeprefix("public."): lock.mode.label for lock in effects.locks}
    seen = {name: mode for name, mode in locks.items() if name not in indexes or name in named}
    found = []
    if named != seen:
        found.append(f"{sql}: locks {sorted(named.items())}, the server {sorted(seen.items())}")
    if bare(effects.rewrites) != rewrites and not sql.startswith("TRUNCATE"):
        found.append(f"{sql}: rewrites {effects.rewrites}, the server {rewrites}")
    if bare(effects.scans) != scans and not sql.startswith(_SILENT):
        found.append(f"{sql}: scans {effects.scans}, the server {scans}")
    return found


def test_predictions_agree_with_the_server(database: str) -> None:
    server = Server(database)
    with server.connection:
        wrong = [each for sql in cases(server) for each in disagreements(server, sql)]
    assert "\n".join(wrong) == ""


def test_what_cannot_run_in_a_transaction_is_known(database: str) -> None:
    server = Server(database)
    with server.connection:
        for sql in ALONE:
            assert not server.predicted(sql).transactional, sql
            with (
                pytest.raises(psycopg.errors.ActiveSqlTransaction),
                server.connection.transaction(),
            ):
                server.connection.execute(sql.encode())
        for sql in cases(server):
            assert server.predicted(sql).transactional, sql
