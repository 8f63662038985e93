"""Blocks whose conditions ask for the schema: what is run, and what the server says to that."""

import psycopg
import pytest

from bot.core.effects import LockMode
from bot.judge.branches import uncertain
from bot.judge.catalogue import Catalogue
from bot.judge.effects import effects_of
from bot.judge.replay import replay
from bot.sql.actions import Action, RunBlock
from bot.sql.parse import parse
from bot.sql.read import actions_of

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE parent (id INT PRIMARY KEY);
CREATE TABLE child (id INT PRIMARY KEY, parent_id INT, note TEXT);
ALTER TABLE child ADD CONSTRAINT there FOREIGN KEY (parent_id) REFERENCES parent (id);
CREATE INDEX child_note_idx ON child (note);
"""
NO_KEY = "NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{}')"
KEY = "ALTER TABLE child ADD CONSTRAINT {} FOREIGN KEY (parent_id) REFERENCES parent (id);"
HAS_COLUMN = (
    "EXISTS (SELECT 1 FROM information_schema.columns "
    "WHERE table_name = 'child' AND column_name = '{}')"
)
BLOCKS = [
    f"BEGIN IF {NO_KEY.format('there')} THEN {KEY.format('there')} END IF; END",
    f"BEGIN IF {NO_KEY.format('fresh')} THEN {KEY.format('fresh')} END IF; END",
    "BEGIN IF EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'there' "
    "AND conrelid = 'child'::regclass) THEN ALTER TABLE child DROP CONSTRAINT there; END IF; END",
    f"BEGIN IF {HAS_COLUMN.format('note')} THEN "
    "ALTER TABLE child RENAME COLUMN note TO text; END IF; END",
    f"BEGIN IF {HAS_COLUMN.format('text')} THEN DELETE FROM child; ELSE DELETE FROM parent; "
    "END IF; END",
    "BEGIN IF to_regclass('child_note_idx') IS NULL THEN "
    "CREATE INDEX child_note_idx ON child (note); END IF; END",
    "BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN "
    "LOCK TABLE child; END IF; END",
    f"BEGIN IF NOT {HAS_COLUMN.format('x')} THEN ALTER TABLE child ADD COLUMN x INT; "
    "UPDATE parent SET id = id; END IF; "
    f"IF {HAS_COLUMN.format('x')} THEN UPDATE child SET x = 1; END IF; END",
    "BEGIN CREATE TYPE mood AS ENUM ('x'); LOCK TABLE child; "
    "EXCEPTION WHEN duplicate_object THEN NULL; END",
    "BEGIN CREATE TYPE fresh AS ENUM ('x'); LOCK TABLE child; "
    "EXCEPTION WHEN duplicate_object THEN NULL; END",
    f"BEGIN {KEY.format('there')} EXCEPTION WHEN duplicate_object THEN NULL; END",
    "BEGIN CREATE TABLE n (id INT PRIMARY KEY, p INT REFERENCES parent (id)); "
    "INSERT INTO n (id) SELECT id FROM child; END",
    "BEGIN PERFORM 1 FROM parent; END",
    "DECLARE n INT; BEGIN SELECT count(*) INTO n FROM child; END",
]
_LOCKS = """
SELECT class.relname, mode FROM pg_locks JOIN pg_class class ON class.oid = relation
WHERE pid = pg_backend_pid() AND class.relname IN ('parent', 'child')
"""


def schema() -> Catalogue:
    catalogue = Catalogue()
    for statement in parse(SCHEMA).statements:
        replay(catalogue, actions_of(statement), born=0)
    return catalogue


def actions(body: str) -> tuple[Action, ...]:
    (statement,) = parse(f"DO $do$ {body} $do$").statements
    return actions_of(statement)


def predicted(body: str) -> dict[str, LockMode]:
    effects = effects_of(actions(body), schema(), fresh_from=1)
    assert effects.understood
    found = {lock.relation.removeprefix("public."): lock.mode for lock in effects.locks}
    return {name: mode for name, mode in found.items() if name in ("parent", "child")}


def observed(connection: psycopg.Connection[tuple[str, str]], body: str) -> dict[str, LockMode]:
    labels = {mode.label: mode for mode in LockMode}
    with connection.transaction(force_rollback=True):
        connection.execute(f"DO $do$ {body} $do$".encode())
        found: dict[str, LockMode] = {}
        for name, mode in connection.execute(_LOCKS).fetchall():
            found[name] = max(labels[mode], found.get(name, labels[mode]))
    return found


def test_blocks_lock_what_the_server_locks(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SCHEMA.encode())
        for body in BLOCKS:
            assert predicted(body) == observed(connection, body), body


def test_a_branch_that_is_not_taken_changes_nothing() -> None:
    catalogue = schema()
    body = f"BEGIN IF {NO_KEY.format('there')} THEN ALTER TABLE child ADD x INT; END IF; END"
    replay(catalogue, actions(body), born=1)
    assert catalogue.column("public.child", "x") is None


def test_a_condition_is_looked_up_once_for_all_that_depends_on_it() -> None:
    catalogue = schema()
    absent = f"NOT {HAS_COLUMN.format('x')}"
    body = f"BEGIN IF {absent} THEN ALTER TABLE child ADD x INT; ALTER TABLE child ADD y INT; "
    replay(catalogue, actions(body + "END IF; END"), born=1)
    assert catalogue.column("public.child", "y") is not None


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN EXECUTE q; END",
        "BEGIN IF n > 1 THEN DELETE FROM child; END IF; END",
        "BEGIN FOR r IN SELECT 1 LOOP DELETE FROM child; END LOOP; END",
        "BEGIN CALL p(); END",
        "BEGIN GRANT nonsense; END",
        "no block",
        "BEGIN " * 2_000 + "END; " * 2_000,
    ],
)
def test_what_is_not_certain_is_said(body: str) -> None:
    (block, *_) = actions(body)
    assert isinstance(block, RunBlock)
    assert uncertain(block)


def test_what_may_be_run_counts_as_run() -> None:
    found = effects_of(
        actions("BEGIN IF n > 1 THEN DELETE FROM child; END IF; END"), schema(), fresh_from=1
    )
    assert [lock.relation for lock in found.locks] == ["public.child"]
    assert not found.understood
