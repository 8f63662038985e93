"""Changes in batches on real servers: what they leave is what the plain statement leaves."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest

from bot.adapters.postgres.target.opening import open_target
from bot.core.migrations.migration import Migration
from bot.core.rollouts.checkpoint import Note, Record
from bot.core.targets.target import Target
from bot.core.targets.url import parse_url
from bot.errors import HistoryError, PostgresError, UsageError
from bot.world import Database
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.real import STAGING, Apply, Rollout

INIT = migration(
    "20260101000000_init",
    "CREATE TABLE a (id int PRIMARY KEY, n int, note text);\n"
    "INSERT INTO a SELECT i, i % 5, 'x' FROM generate_series(1, 100) AS i;",
)
BATCH = "-- migration-bot: batch size=7\n"


def more(sql: str) -> Migration:
    return migration("20260102000000_more", BATCH + sql)


def test_an_update_goes_row_by_row_once_though_its_condition_reads_what_it_sets(
    apply: Apply, database: str
) -> None:
    apply(INIT, more("UPDATE a SET n = n + 1 WHERE n < 4;"))

    assert ask(database, "SELECT sum(n), max(n) FROM a") == [(4 * 20 + 200, 4)]
    assert ask(
        database, "SELECT finished_at IS NOT NULL, applied_steps_count, logs "
        "FROM _prisma_migrations ORDER BY started_at DESC LIMIT 1"
    ) == [(True, 1, None)]  # fmt: skip
    assert "20260102000000_more, line 2: 80 rows changed in this run" in apply.said
    assert ask(database, "SELECT count(DISTINCT xmin::text) FROM a") == [(1 + 12,)]


def test_a_delete_leaves_what_the_plain_statement_leaves(apply: Apply, database: str) -> None:
    apply(INIT, more("DELETE FROM a USING generate_series(1, 3) AS s WHERE s = a.n;"))

    assert ask(database, "SELECT DISTINCT n FROM a ORDER BY n") == [(0,), (4,)]


def test_nothing_to_change_is_done_at_once(apply: Apply, database: str) -> None:
    apply(INIT, more("DELETE FROM a WHERE n = 77;"))

    assert apply.said[-1] == "20260102000000_more, line 2: 0 rows changed in this run"


class Ended(BaseException):
    """Nobody catches it: what a kill leaves is what the server has committed."""


def cut_off_at(opened: Database, place: int, *, after_commit: bool) -> Database:
    """The same database, whose user is gone at the n-th transaction of the batches."""
    seen = [0]
    together = opened.together

    def dying(texts: Sequence[str], record: Record, **more: Any) -> None:
        batched = isinstance(record, Note) or (texts and "id" in texts[0])
        seen[0] += bool(batched)
        if seen[0] == place and not after_commit:
            raise Ended
        together(texts, record, **more)
        if seen[0] == place:
            raise Ended

    vars(opened)["together"] = dying
    return opened


@dataclass
class Doomed(Rollout):
    """One that is gone at the n-th transaction of its batches, or right after it."""

    place: int = 0
    after_commit: bool = False

    @contextmanager
    def connect(self, target: Target) -> Iterator[Database]:
        with super().connect(target) as opened:
            yield cut_off_at(opened, self.place, after_commit=self.after_commit)


def apply_and_die(database: str, *migrations: Migration, place: int, after_commit: bool) -> None:
    doomed = Doomed(database, migrations, hurried=True, place=place, after_commit=after_commit)
    with suppress(Ended):
        doomed.run()


@pytest.mark.slow
@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("place", [1, 5, 15])
def test_a_run_that_is_cut_off_goes_on_where_it_was(
    apply: Apply, database: str, place: int, after_commit: bool
) -> None:
    change = more("UPDATE a SET n = n + 1 WHERE id > 0;")
    apply(INIT)
    apply_and_die(database, INIT, change, place=place, after_commit=after_commit)

    apply(INIT, change)

    done = 7 * (place if after_commit else place - 1)
    assert ask(database, "SELECT sum(n), count(*) FROM a") == [(300, 100)]
    going_on = f"20260102000000_more, line 2: going on after {done} rows"
    assert (going_on in apply.said) == (0 < done < 100)


def test_a_statement_that_was_edited_in_the_middle_is_not_gone_on_with(
    apply: Apply, database: str
) -> None:
    apply(INIT)
    apply_and_die(database, INIT, more("UPDATE a SET n = n + 1;"), place=3, after_commit=True)

    for edited in (
        more("UPDATE a SET n = n + 2;"),
        migration("20260102000000_more", "UPDATE a SET n = n + 1;"),
    ):
        with pytest.raises(HistoryError, match=r"edited since, at line \d, which runs in batches"):
            apply(INIT, edited)

    faster = migration("20260102000000_more", BATCH.replace("7", "50") + "UPDATE a SET n = n + 1;")
    apply(INIT, faster)
    assert ask(database, "SELECT sum(n) FROM a") == [(300,)]


def test_a_batch_that_is_refused_keeps_those_before_it(apply: Apply, database: str) -> None:
    apply(INIT)
    change = more("UPDATE a SET n = 1 / (id - 50);")

    with pytest.raises(PostgresError, match="division by zero") as error:
        apply(INIT, change)

    assert error.value.message.startswith("20260102000000_more, line 2: ")
    assert "and 49 rows of that line" in error.value.message
    ask(database, "DELETE FROM a WHERE id = 50")
    apply(INIT, change)
    assert ask(database, "SELECT count(*) FROM a WHERE n <> 1 / (id - 50)") == [(0,)]


def test_batches_stop_at_a_checkpoint_when_their_time_is_over(apply: Apply, database: str) -> None:
    slow = migration(
        "20260102000000_more", "-- migration-bot: batch size=7 pause=1s\nUPDATE a SET n = n + 1;"
    )
    with pytest.raises(PostgresError, match="stopped after 2 seconds, as `batch_budget` says: 21"):
        apply(INIT, slow, batch_budget=2_000)

    apply(INIT, slow)
    assert ask(database, "SELECT sum(n) FROM a") == [(300,)]


REFUSED = [
    ("CREATE TABLE b (n int);", "UPDATE b SET n = 1;", "no key whose columns are never null"),
    ("CREATE VIEW b AS SELECT * FROM a;", "UPDATE b SET n = 1;", "it is not a table"),
    ("", "UPDATE a SET id = id + 1;", "sets id, which is its key"),
    ("CREATE VIEW b AS SELECT * FROM a;", "DELETE FROM a WHERE id IN (SELECT id FROM b);",
     "a reads the rows that it changes"),
    ("CREATE TABLE b () INHERITS (a);", "DELETE FROM a;", "other tables inherit from it"),
    ("CREATE RULE r AS ON DELETE TO a DO ALSO SELECT 1;", "DELETE FROM a;", "it has rules"),
    ("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
     "CREATE TRIGGER t AFTER DELETE ON a EXECUTE FUNCTION f();", "DELETE FROM a;",
     "its trigger t fires once for a statement"),
    ("CREATE TABLE b (id int PRIMARY KEY, up int REFERENCES b);", "DELETE FROM b WHERE id > 1;",
     "b_up_fkey points from its rows to others of them"),
    ("CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE SET NULL);",
     "DELETE FROM a WHERE id NOT IN (SELECT a FROM b WHERE a IS NOT NULL);",
     "it reads b, which changes with it by a foreign key"),
    ("CREATE TABLE b (id int PRIMARY KEY, a int);"
     "CREATE TABLE c (id int PRIMARY KEY, b int REFERENCES b ON DELETE CASCADE, "
     "up int REFERENCES c);"
     "ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES c ON DELETE SET NULL;", "DELETE FROM b;",
     "deleting its rows comes back to others of them by way of b"),
    ("CREATE TABLE b (id int PRIMARY KEY, n int UNIQUE DEFERRABLE);", "UPDATE b SET n = n + 1;",
     "b_n_key is looked after at the end of a statement"),
    ("CREATE TABLE b (id int PRIMARY KEY, n int UNIQUE);"
     "CREATE TABLE c (n int REFERENCES b (n) ON UPDATE CASCADE);", "UPDATE b SET n = n + 1;",
     "c_n_fkey leads to rows of c"),
    ("CREATE FUNCTION f(int) RETURNS boolean LANGUAGE sql AS 'SELECT true';",
     "DELETE FROM a WHERE f(id);", "it chooses its rows by f()"),
    ("CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT max(n) FROM a';",
     "UPDATE a SET n = f(id);", "f() may look at the rows"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("before", "sql", "words"), REFUSED)
def test_what_cannot_be_the_same_in_batches_is_refused_before_anything_runs(
    apply: Apply, database: str, before: str, sql: str, words: str
) -> None:
    start = replace(INIT, sql=INIT.sql + before)
    change = migration("20260102000000_more", f"CREATE TABLE first ();\n{BATCH}{sql}")

    with pytest.raises(UsageError) as error:
        apply(start, change)

    assert error.value.message.startswith("20260102000000_more, line 3: ")
    assert words in error.value.message
    assert ask(database, "SELECT to_regclass('first') IS NULL") == [(True,)]
    assert ask(database, "SELECT count(*) FROM _prisma_migrations") == [(1,)]


ALLOWED = [
    ("CREATE TABLE b (id int PRIMARY KEY, up int REFERENCES b ON DELETE CASCADE);"
     "INSERT INTO b SELECT i, nullif(i / 2, 0) FROM generate_series(1, 30) AS i;",
     "DELETE FROM b WHERE id % 3 = 0;", "SELECT * FROM b ORDER BY 1"),
    ("CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE SET NULL);"
     "INSERT INTO b SELECT i, i FROM generate_series(1, 30) AS i;",
     "DELETE FROM a WHERE id % 3 = 0;", "SELECT * FROM b ORDER BY 1"),
    ("CREATE TABLE b (id int, k int, n int, PRIMARY KEY (id, k)) PARTITION BY RANGE (id);"
     "CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (0) TO (10);"
     "CREATE TABLE b2 PARTITION OF b DEFAULT;"
     "INSERT INTO b SELECT i % 20, i, 0 FROM generate_series(1, 60) AS i;",
     "UPDATE b SET n = n + 1 WHERE k > 3;", "SELECT * FROM b ORDER BY 1, 2"),
    ("CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + 1';",
     "UPDATE a SET n = f(n) WHERE f(n) > 2;", "SELECT * FROM a ORDER BY 1"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("before", "sql", "query"), ALLOWED)
def test_what_is_the_same_in_batches_is_let_run(
    apply: Apply, database: str, before: str, sql: str, query: str
) -> None:
    start = replace(INIT, sql=INIT.sql + before)
    apply(start)
    with psycopg.connect(database) as connection:
        connection.execute(sql.encode())
        expected = connection.execute(query.encode()).fetchall()
        connection.rollback()

    apply(start, more(sql))

    assert ask(database, query) == expected


def test_a_server_without_standbys_has_nobody_to_wait_for(database: str) -> None:
    with open_target(STAGING, parse_url(database)) as opened:
        found = opened.replication()
    assert found.written > 0
    assert (found.standbys, found.unseen) == ((), 0)
