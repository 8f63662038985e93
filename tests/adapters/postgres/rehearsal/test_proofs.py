"""Up, down and up again: of the platform's own migrations, and of one of each kind besides."""

import time
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rehearsals.rehearsal_order import BaseMigration, Limits, NewMigration, Order
from bot.drafting.draft import draft
from bot.flows.reviewing.rehearsal_order import parts_of
from bot.sql.extensions import extensions_in
from bot.sql.parse import parse
from tests.conftest import SERVERS
from tests.rehearsals import DOWN_MARK

MAJOR = max(each.major for each in SERVERS.values())
PLATFORM = Path(__file__).parents[4] / "prisma/migrations"
ROLES = ("reporting", "support")

BASE = """
CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE TABLE customer (id bigint PRIMARY KEY, email text NOT NULL, mood mood DEFAULT 'calm');
CREATE TABLE purchase (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customer,
    total numeric(10, 2) NOT NULL DEFAULT 0,
    bought_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN purchase.total IS 'in euros';
CREATE FUNCTION net(amount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT amount / 1.2';
CREATE VIEW spent AS SELECT customer_id, sum(total) AS total FROM purchase GROUP BY customer_id;
CREATE SEQUENCE invoice_number START 1000;
CREATE TABLE counted (n int PRIMARY KEY);
INSERT INTO customer VALUES (1, 'ada@example.com', 'calm'), (2, 'bob@example.com', 'cross');
INSERT INTO purchase (customer_id, total) VALUES (1, 10), (2, 20);
"""

# One after the other, in one rehearsal: what is left over from one would be seen by the next.
RIGHT = {
    "tables": """
CREATE TABLE tag (id bigint PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE customer_tag (
    customer_id bigint REFERENCES customer ON DELETE CASCADE,
    tag_id bigint REFERENCES tag,
    PRIMARY KEY (customer_id, tag_id)
);
-- down.sql
DROP TABLE customer_tag;
DROP TABLE tag;
""",
    "columns with defaults and comments": """
ALTER TABLE purchase ADD COLUMN note text NOT NULL DEFAULT '', ALTER COLUMN total SET DEFAULT 1;
COMMENT ON COLUMN purchase.total IS 'in cents';
COMMENT ON COLUMN purchase.note IS 'what the customer said';
-- down.sql
COMMENT ON COLUMN purchase.total IS 'in euros';
ALTER TABLE purchase DROP COLUMN note, ALTER COLUMN total SET DEFAULT 0;
""",
    "a column's type": """
ALTER TABLE customer ALTER COLUMN email TYPE varchar(320);
-- down.sql
ALTER TABLE customer ALTER COLUMN email TYPE text;
""",
    "an enum": """
CREATE TYPE channel AS ENUM ('shop', 'web');
ALTER TABLE purchase ADD COLUMN channel channel NOT NULL DEFAULT 'shop';
-- down.sql
ALTER TABLE purchase DROP COLUMN channel;
DROP TYPE channel;
""",
    "a value of an enum": """
ALTER TYPE mood ADD VALUE 'curious';
-- down.sql
-- PostgreSQL takes no value away from a type: the type is made anew, without it.
ALTER TYPE mood RENAME TO mood_before;
CREATE TYPE mood AS ENUM ('calm', 'cross');
ALTER TABLE customer ALTER COLUMN mood DROP DEFAULT;
ALTER TABLE customer ALTER COLUMN mood TYPE mood USING mood::text::mood;
ALTER TABLE customer ALTER COLUMN mood SET DEFAULT 'calm';
DROP TYPE mood_before;
""",
    "constraints": """
ALTER TABLE purchase ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;
ALTER TABLE purchase VALIDATE CONSTRAINT total_positive;
ALTER TABLE customer ALTER COLUMN mood SET NOT NULL;
-- down.sql
ALTER TABLE customer ALTER COLUMN mood DROP NOT NULL;
ALTER TABLE purchase DROP CONSTRAINT total_positive;
""",
    "indexes built concurrently": """
CREATE INDEX CONCURRENTLY purchase_bought_at ON purchase (bought_at DESC) WHERE total > 0;
CREATE UNIQUE INDEX CONCURRENTLY customer_email ON customer (lower(email));
-- down.sql
DROP INDEX CONCURRENTLY customer_email;
DROP INDEX CONCURRENTLY purchase_bought_at;
""",
    "views": """
CREATE OR REPLACE VIEW spent AS
    SELECT customer_id, sum(total) AS total, count(*) AS times FROM purchase GROUP BY customer_id;
CREATE MATERIALIZED VIEW spenders AS SELECT customer_id FROM spent WHERE total > 100;
CREATE UNIQUE INDEX spenders_key ON spenders (customer_id);
-- down.sql
DROP MATERIALIZED VIEW spenders;
DROP VIEW spent;
CREATE VIEW spent AS SELECT customer_id, sum(total) AS total FROM purchase GROUP BY customer_id;
""",
    "functions": """
CREATE OR REPLACE FUNCTION net(amount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE
    AS 'SELECT amount / 1.25';
CREATE PROCEDURE forget(before timestamptz) LANGUAGE plpgsql
    AS $$ BEGIN DELETE FROM purchase WHERE bought_at < before; END $$;
-- down.sql
DROP PROCEDURE forget(timestamptz);
CREATE OR REPLACE FUNCTION net(amount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE
    AS 'SELECT amount / 1.2';
""",
    "triggers": """
CREATE FUNCTION stamped() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN NEW.bought_at := now(); RETURN NEW; END $$;
CREATE TRIGGER stamped BEFORE UPDATE ON purchase FOR EACH ROW EXECUTE FUNCTION stamped();
-- down.sql
DROP TRIGGER stamped ON purchase;
DROP FUNCTION stamped();
""",
    "policies": """
ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON customer FOR SELECT TO reporting USING (id = 1);
-- down.sql
DROP POLICY own ON customer;
ALTER TABLE customer NO FORCE ROW LEVEL SECURITY;
ALTER TABLE customer DISABLE ROW LEVEL SECURITY;
""",
    "grants": """
GRANT SELECT, UPDATE (email) ON customer TO support;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reporting;
GRANT EXECUTE ON FUNCTION net(numeric) TO reporting;
-- down.sql
REVOKE EXECUTE ON FUNCTION net(numeric) FROM reporting;
REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM reporting;
REVOKE SELECT, UPDATE (email) ON customer FROM support;
""",
    "sequences and identity": """
CREATE SEQUENCE ticket_number AS integer INCREMENT BY 10;
ALTER SEQUENCE invoice_number INCREMENT BY 5 CACHE 20;
ALTER TABLE counted ALTER COLUMN n ADD GENERATED BY DEFAULT AS IDENTITY;
-- down.sql
ALTER TABLE counted ALTER COLUMN n DROP IDENTITY;
ALTER SEQUENCE invoice_number INCREMENT BY 1 CACHE 1;
DROP SEQUENCE ticket_number;
""",
    "partitions": """
CREATE TABLE event (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE INDEX event_at ON event (at);
-- down.sql
DROP TABLE event;
""",
    "an extension": """
CREATE EXTENSION pg_trgm;
CREATE INDEX customer_email_trgm ON customer USING gin (email gin_trgm_ops);
-- down.sql
DROP INDEX customer_email_trgm;
DROP EXTENSION pg_trgm;
""",
    "renames": """
ALTER TABLE customer RENAME TO client;
ALTER TABLE client RENAME COLUMN email TO address;
ALTER INDEX customer_email RENAME TO client_address;
ALTER TYPE mood RENAME VALUE 'cross' TO 'angry';
-- down.sql
ALTER TYPE mood RENAME VALUE 'angry' TO 'cross';
ALTER INDEX client_address RENAME TO customer_email;
ALTER TABLE client RENAME COLUMN address TO email;
ALTER TABLE client RENAME TO customer;
""",
    "a schema, a domain and a type of columns": """
CREATE SCHEMA archive;
CREATE DOMAIN archive.percentage AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE TYPE archive.place AS (street text, town text);
ALTER TABLE purchase SET SCHEMA archive;
-- down.sql
ALTER TABLE archive.purchase SET SCHEMA public;
DROP TYPE archive.place;
DROP DOMAIN archive.percentage;
DROP SCHEMA archive;
""",
}


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """With a cache of templates that all of them share."""
    return {"MIGRATION_BOT_CACHE": str(tmp_path_factory.mktemp("cache"))}


def new(name: str, text: str) -> NewMigration:
    sql, mark, down = text.partition(DOWN_MARK)
    return NewMigration(
        name, name, parts_of(sql, name, MAJOR), parts_of(down, name, MAJOR) if mark else None
    )


def order(migrations: Mapping[str, str], base: str = BASE) -> Order:
    texts = "\n".join(text.partition(DOWN_MARK)[0] for text in migrations.values())
    return Order(
        base=(BaseMigration("base", base, sha256(base.encode()).hexdigest()),) if base else (),
        new=tuple(new(*each) for each in migrations.items()),
        postgres=MAJOR,
        roles=ROLES,
        extensions=tuple(sorted(extensions_in(parse(texts).statements))),
        limits=Limits(statement=20.0),
    )


def proof(found: Rehearsal, name: str) -> DownProof:
    assert found.base.refused is None
    migration = found.of(name)
    assert migration is not None
    assert migration.refused is None
    assert migration.down is not None
    return migration.down


@pytest.fixture(scope="module")
def right(environ: Mapping[str, str]) -> Rehearsal:
    return rehearse(order(RIGHT), environ=environ)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_down_is_proved_for_every_kind_of_change(right: Rehearsal, name: str) -> None:
    assert proof(right, name) == DownProof()
    changed = right.of(name)
    assert changed is not None
    # What changes nothing would be proved by anything.
    assert changed.changes.lines


def test_the_platforms_own_migrations_lead_up_down_and_up(environ: Mapping[str, str]) -> None:
    folders = sorted(each for each in PLATFORM.iterdir() if each.is_dir())
    texts = {
        each.name: f"{(each / 'migration.sql').read_text()}\n{DOWN_MARK}"
        f"{(each / 'down.sql').read_text()}"
        for each in folders
    }
    found = rehearse(order(texts, base=""), environ=environ)
    assert len(texts) == 3
    assert {name: proof(found, name) for name in texts} == dict.fromkeys(texts, DownProof())


INDEX = "CREATE INDEX by_customer ON purchase (customer_id DESC);"
MAY = ", ".join(
    f"author={each}"
    for each in ("DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE")
)
WRONG = {
    "forgets the type": (
        """
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TABLE paint (colour colour PRIMARY KEY);
-- down.sql
DROP TABLE paint;
""",
        ("added enum public.colour",),
    ),
    "makes another index": (
        """
DROP INDEX by_customer;
-- down.sql
CREATE INDEX by_customer ON purchase (customer_id);
""",
        (
            "changed index public.purchase.by_customer: definition: CREATE INDEX by_customer ON "
            "public.purchase USING btree (customer_id DESC) → CREATE INDEX by_customer ON "
            "public.purchase USING btree (customer_id)",
        ),
    ),
    "forgets what the default and the comment were": (
        """
ALTER TABLE purchase ALTER COLUMN total SET DEFAULT 5;
COMMENT ON COLUMN purchase.total IS 'in cents';
-- down.sql
ALTER TABLE purchase ALTER COLUMN total DROP DEFAULT;
COMMENT ON COLUMN purchase.total IS NULL;
""",
        (
            "removed comment table column public.purchase.total",
            "changed column public.purchase.total: default: 0 → none",
        ),
    ),
    "takes more than came": (
        """
ALTER TABLE purchase ADD COLUMN note text;
-- down.sql
ALTER TABLE purchase DROP COLUMN note;
DROP VIEW spent;
""",
        ("removed view public.spent",),
    ),
    "leaves a right": (
        """
GRANT SELECT, INSERT ON customer TO support;
-- down.sql
REVOKE INSERT ON customer FROM support;
""",
        (f"changed grant relation public.customer: privileges: {MAY} → {MAY}, support=SELECT",),
    ),
    "leaves a value of an enum, which nobody can take away": (
        """
ALTER TYPE mood ADD VALUE 'curious';
-- down.sql
UPDATE customer SET mood = 'calm' WHERE mood = 'curious';
""",
        ("changed enum public.mood: labels: 'calm', 'cross' → 'calm', 'cross', 'curious'",),
    ),
}


@pytest.mark.parametrize(
    "name",
    [
        each if at < 3 else pytest.param(each, marks=pytest.mark.slow)
        for at, each in enumerate(WRONG)
    ],
)
def test_a_wrong_down_is_caught_with_the_exact_difference(
    name: str, environ: Mapping[str, str]
) -> None:
    text, left = WRONG[name]
    found = proof(rehearse(order({name: text}, BASE + INDEX), environ=environ), name)
    assert not found.proved
    assert found.refused is None
    assert found.left == left


FIRST = """
ALTER TABLE customer ADD COLUMN phone text;
-- down.sql
ALTER TABLE customer DROP COLUMN phone;
"""


def test_a_down_that_fails_is_told_with_what_it_leaves(environ: Mapping[str, str]) -> None:
    failing = """
CREATE INDEX CONCURRENTLY by_email ON customer (email);
CREATE TABLE tag (name text);
-- down.sql
DROP INDEX CONCURRENTLY by_email;
DROP TABLE tags;
"""
    found = rehearse(order({"first": FIRST, "failing": failing}), environ=environ)
    wrong = proof(found, "failing")
    assert wrong.refused is not None
    assert wrong.refused.stop is Stop.REFUSED
    assert (wrong.refused.message, wrong.refused.statement) == ('table "tags" does not exist', 1)
    assert wrong.refused.hint
    # The index went in a transaction of its own, and stays gone.
    assert wrong.left == ("added table public.tag (1 column)",)
    assert wrong.up_refused is not None
    assert wrong.up_refused.message == 'relation "tag" already exists'
    # It stands before one that does not lead back, and is proved for itself.
    assert proof(found, "first") == DownProof()


def test_a_down_before_a_migration_that_has_none_is_proved_elsewhere(
    environ: Mapping[str, str],
) -> None:
    wrong = FIRST.replace("DROP COLUMN phone", "ALTER COLUMN phone SET DEFAULT ''")
    last = "ALTER TABLE customer ADD COLUMN fax text;"
    chain = {"first": FIRST, "wrong": wrong.replace("phone", "mobile"), "last": last}
    found = rehearse(order(chain), environ=environ)
    assert proof(found, "first") == DownProof()
    assert proof(found, "wrong").left == ("added column public.customer.mobile",)
    assert found.migrations[-1].down is None


def test_a_down_after_which_up_fails_is_caught_where_the_schema_is_as_before(
    environ: Mapping[str, str],
) -> None:
    rows = """
INSERT INTO counted VALUES (1);
ALTER TABLE counted ADD COLUMN what text;
-- down.sql
ALTER TABLE counted DROP COLUMN what;
"""
    found = proof(rehearse(order({"rows": rows}), environ=environ), "rows")
    assert (found.refused, found.left) == (None, ())
    assert found.up_refused is not None
    assert found.up_refused.sqlstate == "23505"
    assert not found.proved


@pytest.mark.slow
def test_a_second_time_up_that_makes_something_else_is_caught(environ: Mapping[str, str]) -> None:
    drifting = """
INSERT INTO counted SELECT count(*) FROM counted;
DO $$ BEGIN EXECUTE format('CREATE TABLE t%s ()', (SELECT max(n) FROM counted)); END $$;
-- down.sql
DO $$ BEGIN EXECUTE format('DROP TABLE t%s', (SELECT max(n) FROM counted)); END $$;
"""
    found = proof(rehearse(order({"drifting": drifting}), environ=environ), "drifting")
    again = ("removed table public.t0", "added table public.t1")
    assert found == DownProof(again=again, differing=("public.counted",))


@pytest.mark.slow
def test_a_column_that_comes_back_as_the_last_is_told(environ: Mapping[str, str]) -> None:
    back = """
ALTER TABLE customer DROP COLUMN email;
-- down.sql
ALTER TABLE customer ADD COLUMN email text NOT NULL DEFAULT '';
ALTER TABLE customer ALTER COLUMN email DROP DEFAULT;
"""
    found = proof(rehearse(order({"back": back}), environ=environ), "back")
    assert found.proved
    assert found.moved == ("public.customer",)


@pytest.mark.slow
def test_a_down_says_what_goes_with_what_it_drops(environ: Mapping[str, str]) -> None:
    added = """
ALTER TABLE customer ADD COLUMN note text;
CREATE TABLE tag (id int);
-- down.sql
DROP TABLE tag;
ALTER TABLE customer DROP COLUMN note;
"""
    found = proof(rehearse(order({"added": added}), environ=environ, drafter=draft), "added")

    assert found.proved
    assert not found.drafted
    assert set(found.loses) == {
        "the rows of public.tag (1 column)",
        "the values of public.customer.note",
    }


@pytest.mark.slow
def test_a_down_for_which_no_time_is_left_is_not_begun(environ: Mapping[str, str]) -> None:
    last = "ALTER TABLE customer ADD COLUMN fax text;"
    asked = order({"first": FIRST, "last": last})
    total = 6.0

    def dawdle(text: str) -> None:
        if text.startswith("running down.sql"):
            time.sleep(total)

    found = proof(
        rehearse(replace(asked, limits=Limits(total=total)), environ=environ, note=dawdle), "first"
    )
    assert found.refused is not None
    assert found.refused.stop is Stop.TIME
    assert "the time for the whole rehearsal was over" in found.refused.message
