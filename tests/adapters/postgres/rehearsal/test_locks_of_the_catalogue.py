"""Which locks PostgreSQL takes for each kind of statement, and what it does under them.

The table is that of the catalogue of hazards, run on a real server. What is measured has to be what
it says, and what the judge predicts has to agree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg
import pytest

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import Measured
from bot.rehearsing.agreement import disagreements
from tests.adapters.postgres.rehearsal.traced import Bench, bench, modes, only

_MODES = {
    "AE": "AccessExclusiveLock",
    "E": "ExclusiveLock",
    "SRE": "ShareRowExclusiveLock",
    "S": "ShareLock",
    "SUE": "ShareUpdateExclusiveLock",
    "RE": "RowExclusiveLock",
    "RS": "RowShareLock",
    "AS": "AccessShareLock",
}

_ALL = "child_note_idx child_amount_idx child_known_idx"

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN plain AS integer;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE parent (id integer PRIMARY KEY, name text);
CREATE TABLE child (
    id integer, parent_id integer, note varchar(10) DEFAULT 'x', body text, amount integer,
    known integer NOT NULL, proved integer, small plain,
    doubled integer GENERATED ALWAYS AS (amount * 2) STORED
);
CREATE INDEX child_note_idx ON child (note);
CREATE UNIQUE INDEX child_amount_idx ON child (amount);
CREATE UNIQUE INDEX child_known_idx ON child (known);
ALTER TABLE child ADD CONSTRAINT proved_there CHECK (proved IS NOT NULL);
ALTER TABLE child ADD CONSTRAINT later CHECK (amount > 0) NOT VALID;
ALTER TABLE child ADD CONSTRAINT later_fk FOREIGN KEY (parent_id) REFERENCES parent (id) NOT VALID;
CREATE TABLE pet (id integer PRIMARY KEY, parent_id integer REFERENCES parent (id));
CREATE TABLE guarded (id integer PRIMARY KEY, name text);
CREATE TRIGGER watch BEFORE UPDATE ON guarded FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY mine ON guarded USING (name = current_user);
CREATE RULE quiet AS ON DELETE TO guarded DO INSTEAD NOTHING;
CREATE VIEW names AS SELECT id, name FROM parent;
CREATE MATERIALIZED VIEW summary AS SELECT id, name FROM parent;
CREATE UNIQUE INDEX summary_idx ON summary (id);
CREATE SEQUENCE counter;
CREATE SCHEMA other;
CREATE TABLE log (at integer, message text) PARTITION BY LIST (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE TABLE log_rest PARTITION OF log DEFAULT;
CREATE TABLE log_2 (at integer, message text);
CREATE TABLE log_3 (at integer, message text, CONSTRAINT three CHECK (at = 3 AND at IS NOT NULL));
CREATE TABLE part (n integer) PARTITION BY LIST (n);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE bare (n integer) PARTITION BY LIST (n);
CREATE TABLE loose (n integer);
INSERT INTO parent VALUES (1, 'a'), (2, 'b');
INSERT INTO child (id, parent_id, amount, known, proved, small) VALUES (1, 1, 1, 1, 1, 1);
INSERT INTO pet VALUES (1, 1);
INSERT INTO log VALUES (1, 'x'), (9, 'y');
INSERT INTO log_2 VALUES (2, 'x');
INSERT INTO log_3 VALUES (3, 'x');
INSERT INTO loose VALUES (7);
REFRESH MATERIALIZED VIEW summary;
"""


MANY_ROWS = """
INSERT INTO child (id, amount, known, body, proved)
SELECT n, n, n, 'words and words', 1 FROM generate_series(10, 30000) n;
"""


@dataclass(frozen=True)
class Case:
    """A statement, the locks it takes as `relation MODE, …`, and its work as `what relation …, …`.

    Names without a schema are in public, and `ALL` are the indexes of child. It is there from the
    major `since` to `until`. `brief` says that it is over before anybody may have looked.
    """

    sql: str
    locks: str = ""
    work: str = ""
    since: int = 0
    until: int = 99
    brief: bool = False

    def expected_locks(self) -> dict[str, str]:
        pairs = (each.split() for each in self.locks.split(", ") if each)
        return {f"public.{name}": _MODES[mode] for name, mode in pairs}

    def expected_work(self) -> dict[str, set[str]]:
        words = (each.replace("ALL", _ALL).split() for each in self.work.split(", ") if each)
        return {what: {f"public.{name}" for name in names} for what, *names in words}


def work(measured: Measured) -> dict[str, set[str]]:
    """What it did, less the NOT NULL constraints, which have names since 18 only."""
    found = {
        "rewrites": set(measured.rewrites),
        "scans": set(measured.scans).union(*measured.scans_of_one),
        "rebuilds": set(measured.rebuilds),
        "indexes": set(measured.indexes),
        "validated": {each for each in measured.validated if "not_null" not in each},
    }
    return {what: names for what, names in found.items() if names}


def _within(locks: Mapping[str, str], expected: Mapping[str, str]) -> bool:
    rank = {mode.label: mode for mode in LockMode}
    return all(
        name in expected and rank[label] <= rank[expected[name]] for name, label in locks.items()
    )


def wrong(bench: Bench, case: Case, measured: Measured) -> Iterator[str]:
    expected = case.expected_locks()
    locks = modes(measured, list(expected))
    overlooked = case.brief and _within(locks, expected)
    if locks != expected and not overlooked:
        yield f"{case.sql}: expected {expected}, measured {locks}"
    if work(measured) != case.expected_work():
        yield f"{case.sql}: expected {case.expected_work()}, measured {work(measured)}"
    found = disagreements(bench.predicted(case.sql), measured)
    if found:
        yield f"{case.sql}: {found}"


CASES = [
    # ADD COLUMN
    Case("ALTER TABLE child ADD COLUMN fresh text", "child AE"),
    Case("ALTER TABLE child ADD COLUMN fresh integer DEFAULT 5", "child AE"),
    Case("ALTER TABLE child ADD COLUMN fresh timestamptz DEFAULT now()", "child AE"),
    Case(
        "ALTER TABLE child ADD COLUMN fresh float8 DEFAULT random()",
        "child AE",
        "rewrites child, rebuilds ALL",
    ),
    Case("ALTER TABLE child ADD COLUMN fresh serial", "child AE", "rewrites child, rebuilds ALL"),
    Case(
        "ALTER TABLE child ADD COLUMN fresh integer GENERATED ALWAYS AS IDENTITY",
        "child AE",
        "rewrites child, rebuilds ALL",
    ),
    Case(
        "ALTER TABLE child ADD COLUMN fresh integer GENERATED ALWAYS AS (id + 1) STORED",
        "child AE",
        "rewrites child, rebuilds ALL",
    ),
    Case(
        "ALTER TABLE child ADD COLUMN fresh positive DEFAULT 1",
        "child AE",
        "rewrites child, rebuilds ALL",
    ),
    Case(
        "ALTER TABLE child ADD COLUMN fresh integer GENERATED ALWAYS AS (id + 1) VIRTUAL",
        "child AE",
        since=18,
    ),
    Case(
        "ALTER TABLE child ADD COLUMN fresh integer CHECK (fresh > 0)",
        "child AE",
        "scans child, validated child.child_fresh_check",
    ),
    Case("ALTER TABLE child ADD COLUMN fresh integer REFERENCES parent", "child AE, parent SRE"),
    Case(
        "ALTER TABLE child ADD COLUMN fresh integer DEFAULT 1 REFERENCES parent",
        "child AE, parent SRE",
        "scans child, validated child.child_fresh_fkey",
    ),
    # Columns
    Case("ALTER TABLE child DROP COLUMN body", "child AE"),
    Case("ALTER TABLE child RENAME COLUMN body TO words", "child AE"),
    Case("ALTER TABLE child RENAME TO children", "child AE"),
    Case("ALTER TABLE child ALTER COLUMN body SET DEFAULT 'x'", "child AE"),
    Case("ALTER TABLE child ALTER COLUMN note DROP DEFAULT", "child AE"),
    Case("ALTER TABLE child ALTER COLUMN known DROP NOT NULL", "child AE"),
    Case("ALTER TABLE child ALTER COLUMN body SET STORAGE external", "child AE"),
    Case("ALTER TABLE child ALTER COLUMN body SET COMPRESSION pglz", "child AE"),
    Case("ALTER TABLE child ALTER COLUMN id SET NOT NULL", "child AE", "scans child"),
    Case("ALTER TABLE child ALTER COLUMN proved SET NOT NULL", "child AE"),
    Case("ALTER TABLE child ALTER COLUMN amount SET STATISTICS 500", "child SUE"),
    Case("ALTER TABLE child SET (fillfactor = 80)", "child SUE"),
    Case("ALTER TABLE child SET (autovacuum_enabled = false)", "child SUE"),
    Case("ALTER TABLE child CLUSTER ON child_note_idx", "child SUE"),
    Case("COMMENT ON TABLE child IS 'x'", "child SUE"),
    Case("ANALYZE child", "child SUE"),
    Case("CREATE STATISTICS fresh ON note, body FROM child", "child SUE"),
    Case("CREATE PUBLICATION fresh FOR TABLE child", "child SUE"),
    # Constraints
    Case(
        "ALTER TABLE child ADD CONSTRAINT c CHECK (amount < 9)",
        "child AE",
        "scans child, validated child.c",
    ),
    Case("ALTER TABLE child ADD CONSTRAINT c CHECK (amount < 9) NOT VALID", "child AE"),
    Case("ALTER TABLE child ADD UNIQUE (note)", "child AE", "scans child, indexes child_note_key"),
    Case("ALTER TABLE child ADD PRIMARY KEY (id)", "child AE", "scans child, indexes child_pkey"),
    Case(
        "ALTER TABLE child ADD CONSTRAINT x EXCLUDE (note WITH =)",
        "child AE",
        "scans child, indexes x",
    ),
    Case(
        "ALTER TABLE child ADD CONSTRAINT u UNIQUE USING INDEX child_amount_idx",
        "child AE, child_amount_idx SUE",
    ),
    Case(
        "ALTER TABLE child ADD CONSTRAINT k PRIMARY KEY USING INDEX child_known_idx",
        "child AE, child_known_idx SUE",
    ),
    Case(
        "ALTER TABLE child ADD CONSTRAINT k PRIMARY KEY USING INDEX child_amount_idx",
        "child AE, child_amount_idx SUE",
        "scans child",
    ),
    Case(
        "ALTER TABLE child ADD CONSTRAINT f FOREIGN KEY (parent_id) REFERENCES parent",
        "child SRE, parent SRE",
        "scans child, validated child.f",
    ),
    Case(
        "ALTER TABLE child ADD CONSTRAINT f FOREIGN KEY (parent_id) REFERENCES parent NOT VALID",
        "child SRE, parent SRE",
    ),
    Case(
        "ALTER TABLE child VALIDATE CONSTRAINT later",
        "child SUE",
        "scans child, validated child.later",
    ),
    Case(
        "ALTER TABLE child VALIDATE CONSTRAINT later_fk",
        "child SUE, parent RS",
        "scans child, validated child.later_fk",
    ),
    Case("ALTER TABLE child ADD CONSTRAINT n NOT NULL id NOT VALID", "child AE", since=18),
    Case("ALTER TABLE child DROP CONSTRAINT later_fk", "child AE, parent AE"),
    Case("ALTER TABLE child DROP CONSTRAINT later", "child AE"),
    Case("DROP TABLE pet", "pet AE, parent AE"),
    Case("CREATE TABLE fresh (parent_id integer REFERENCES parent)", "parent SRE"),
    # Indexes
    Case("CREATE INDEX fresh ON child (body)", "child S", "scans child, indexes fresh"),
    Case("DROP INDEX child_note_idx", "child AE, child_note_idx AE"),
    Case(
        "REINDEX INDEX child_note_idx",
        "child S, child_note_idx AE",
        "scans child, rebuilds child_note_idx",
    ),
    Case(
        "REINDEX TABLE child",
        "child S, child_note_idx AE, child_amount_idx AE, child_known_idx AE",
        "scans child, rebuilds ALL",
    ),
    Case("ALTER INDEX child_note_idx RENAME TO fresh", "child_note_idx SUE"),
    # Triggers, policies, owners
    Case(
        "CREATE TRIGGER fresh BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION touch()",
        "child SRE",
    ),
    Case("ALTER TABLE guarded DISABLE TRIGGER watch", "guarded SRE"),
    Case("ALTER TABLE guarded ENABLE TRIGGER watch", "guarded SRE"),
    Case("DROP TRIGGER watch ON guarded", "guarded AE"),
    Case("CREATE POLICY fresh ON child USING (true)", "child AE"),
    Case("ALTER POLICY mine ON guarded USING (true)", "guarded AE"),
    Case("DROP POLICY mine ON guarded", "guarded AE"),
    Case("ALTER TABLE child ENABLE ROW LEVEL SECURITY", "child AE"),
    Case("ALTER TABLE child FORCE ROW LEVEL SECURITY", "child AE"),
    Case("CREATE RULE fresh AS ON DELETE TO child DO INSTEAD NOTHING", "child AE"),
    Case("DROP RULE quiet ON guarded", "guarded AE"),
    Case("ALTER TABLE child REPLICA IDENTITY FULL", "child AE"),
    Case("ALTER TABLE guarded SET SCHEMA other", "guarded AE"),
    Case("ALTER TABLE guarded OWNER TO pg_monitor", "guarded AE, guarded_pkey AE"),
    # Partitions
    Case(
        "ALTER TABLE log ATTACH PARTITION log_2 FOR VALUES IN (2)",
        "log SUE, log_2 AE, log_rest AE",
        "scans log_2 log_rest",
    ),
    Case(
        "ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES IN (3)",
        "log SUE, log_3 AE, log_rest AE",
        "scans log_rest",
    ),
    Case("ALTER TABLE bare ATTACH PARTITION loose DEFAULT", "bare SUE, loose AE"),
    Case("ALTER TABLE part ATTACH PARTITION loose DEFAULT", "part SUE, loose AE", "scans loose"),
    Case("ALTER TABLE part DETACH PARTITION part_1", "part AE, part_1 AE"),
    Case("CREATE TABLE fresh PARTITION OF part FOR VALUES IN (7)", "part AE"),
    Case(
        "CREATE TABLE fresh PARTITION OF log FOR VALUES IN (7)",
        "log AE, log_rest AE",
        "scans log_rest",
    ),
    Case("DROP TABLE part_1", "part AE, part_1 AE"),
    # Views and whole tables
    Case(
        "REFRESH MATERIALIZED VIEW summary",
        "summary AE, parent AS",
        "rewrites summary, rebuilds summary_idx",
    ),
    Case("REFRESH MATERIALIZED VIEW CONCURRENTLY summary", "summary E, parent AS"),
    Case(
        "CREATE OR REPLACE VIEW names AS SELECT id, name, 1 AS one FROM parent",
        "names AE, parent AS",
    ),
    Case("TRUNCATE child", "child AE"),
    Case("TRUNCATE parent CASCADE", "parent AE, child AE, pet AE"),
    Case("ALTER TABLE child SET UNLOGGED", "child AE", "rewrites child, rebuilds ALL"),
    Case(
        "CLUSTER child USING child_note_idx",
        "child AE, child_note_idx AE",
        "rewrites child, rebuilds ALL",
    ),
    Case(
        "ALTER TABLE child ALTER COLUMN doubled SET EXPRESSION AS (amount * 3)",
        "child AE",
        "rewrites child, rebuilds ALL",
        since=17,
    ),
    Case(
        "ALTER TABLE child ALTER COLUMN known TYPE bigint",
        "child AE",
        "rewrites child, rebuilds ALL",
    ),
    Case("ALTER TABLE child ALTER COLUMN note TYPE text", "child AE"),
    # Types, privileges, sequences
    Case("ALTER DOMAIN plain ADD CONSTRAINT c CHECK (VALUE > 0)", "child S", "scans child"),
    Case("ALTER DOMAIN plain SET NOT NULL", "child S", "scans child"),
    Case("ALTER DOMAIN plain ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID"),
    Case("ALTER TYPE mood ADD VALUE 'fine'"),
    Case("ALTER TYPE mood RENAME VALUE 'sad' TO 'low'"),
    Case("GRANT SELECT ON child TO pg_monitor", until=17),
    Case("GRANT SELECT ON child TO pg_monitor", "child AS", since=18),
    Case("ALTER SEQUENCE counter INCREMENT BY 2", "counter SRE"),
]


ALONE = [
    Case("VACUUM (FULL) child", "child AE", "rewrites child, rebuilds ALL"),
    Case(
        "CREATE INDEX CONCURRENTLY fresh ON child (body)", "child SUE", "scans child, indexes fresh"
    ),
    Case(
        "REINDEX INDEX CONCURRENTLY child_note_idx",
        "child SUE, child_note_idx SUE",
        "scans child, rebuilds child_note_idx",
    ),
    Case("VACUUM child", "child SUE", brief=True),
    Case(
        "ALTER TABLE part DETACH PARTITION part_1 CONCURRENTLY", "part SUE, part_1 AE", brief=True
    ),
    Case("DROP INDEX CONCURRENTLY child_note_idx", "child SUE, child_note_idx SUE", brief=True),
]


def test_every_statement_takes_the_locks_of_the_table(database: str) -> None:
    with bench(database, SCHEMA) as place:
        there = [each for each in CASES if each.since <= place.major <= each.until]
        found = [line for each in there for line in wrong(place, each, place.taken_back(each.sql))]
    assert "\n".join(found) == ""


def test_statements_outside_transactions_take_the_locks_of_the_table(database: str) -> None:
    """Each is looked at while it runs, and stays; with rows, so that it runs for a while."""
    with bench(database, SCHEMA + MANY_ROWS) as place:
        found = [line for each in ALONE for line in wrong(place, each, only(place.alone(each.sql)))]
    assert "\n".join(found) == ""


def test_validating_not_null_lets_reads_and_writes_go_on(database: str) -> None:
    history = f"{SCHEMA} ALTER TABLE child ADD CONSTRAINT n NOT NULL id NOT VALID"
    try:
        with bench(database, history) as place:
            case = Case(
                "ALTER TABLE child VALIDATE CONSTRAINT n",
                "child SUE",
                "scans child, validated child.n",
            )
            assert list(wrong(place, case, place.taken_back(case.sql))) == []
    except psycopg.errors.SyntaxError:
        pytest.skip("NOT NULL without looking at the rows came with PostgreSQL 18")
