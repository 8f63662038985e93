"""What a statement destroys besides the rows that it names: kept too, or not said to be."""

import pytest

from bot.adapters.postgres.target.opening import open_target
from bot.core.kept.loss import Losing
from bot.core.targets.url import parse_url
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.keeping.taking_back import KEEP, MORE, more, record_of, take_back
from tests.rollout.real import STAGING, Apply

A = "SELECT * FROM a ORDER BY id"
TABLES = """CREATE TABLE a (id int PRIMARY KEY, n int, at text DEFAULT 'then');
CREATE TABLE b (id int PRIMARY KEY);
INSERT INTO a SELECT i, i FROM generate_series(1, 3) AS i;
INSERT INTO b SELECT id FROM a;
"""
TOUCHES = """CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.at := 'now'; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();
"""
CLEARS = """CREATE FUNCTION clear() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN DELETE FROM b; RETURN NULL; END $$;
"""
FOLLOWS = CLEARS + "CREATE TRIGGER clear AFTER {} ON a EXECUTE FUNCTION clear();"
FOLDED = """CREATE TABLE p (id int) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p (PRIMARY KEY (id)) FOR VALUES IN (1);
CREATE TABLE c (id int REFERENCES p1);
CREATE TABLE q (id int);
CREATE TABLE q_in_it (id int, q q[]);
"""


def test_what_a_trigger_sets_beside_is_kept_too(apply: Apply, database: str) -> None:
    init = migration("20260101000000_init", TABLES + TOUCHES)
    apply(init, **KEEP)
    before = ask(database, A)
    apply(init, more("UPDATE a SET n = 0 WHERE id < 3;"), **KEEP)
    assert ask(database, A) != before

    assert take_back(database, MORE).conflicts == ()
    assert ask(database, A) == before


@pytest.mark.parametrize(
    ("event", "sql", "kind"),
    [
        ("DELETE", "DELETE FROM a;", Losing.DELETED),
        ("TRUNCATE", "TRUNCATE a;", Losing.EMPTIED),
        ("UPDATE", "UPDATE a SET n = 0;", Losing.UPDATED),
    ],
)
def test_what_a_trigger_may_do_elsewhere_is_not_said_to_be_kept(
    apply: Apply, database: str, event: str, sql: str, kind: Losing
) -> None:
    init = migration("20260101000000_init", TABLES + FOLLOWS.format(event))
    apply(init, **KEEP)
    apply(init, more(sql), **KEEP)

    with open_target(STAGING, parse_url(database)) as opened:
        kept = opened.kept(record_of(database, MORE))

    assert [(each.kind, each.rows, each.partial) for each in kept] == [(kind, 3, True)]
    told = [line for line in apply.said if line.endswith("not what goes with it in other tables")]
    assert len(told) == 2


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("TRUNCATE p CASCADE;", "public.c would be emptied with it"),
        ("DROP TABLE q CASCADE;", "public.q_in_it has values of its row type"),
    ],
)
def test_what_goes_with_a_table_by_a_partition_or_its_row_type_is_not_kept(
    apply: Apply, database: str, sql: str, said: str
) -> None:
    apply(migration("20260101000000_init", FOLDED), more(sql), **KEEP)

    assert any(line.startswith("not kept") and line.endswith(said) for line in apply.said)


def test_a_sequence_that_counts_down_goes_on_where_it_was(apply: Apply, database: str) -> None:
    made = "CREATE TABLE d (id int GENERATED ALWAYS AS IDENTITY (INCREMENT -1) PRIMARY KEY, n int)"
    init = migration("20260101000000_init", f"{made};INSERT INTO d (n) VALUES (1), (2), (3);")
    apply(init, more("DROP TABLE d;"), **KEEP)

    take_back(database, MORE, made)

    assert ask(database, "INSERT INTO d (n) VALUES (4) RETURNING id") == [(-4,)]
