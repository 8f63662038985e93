"""What the judge predicts of a statement, against what a real server does to run it.

Each statement of the files in `statements` runs in a transaction of its own on the schema there,
with rows in it; those about data run without rows, too. [15] says that a statement is there since
that major version, [none] that the rows there are give it nothing to change.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bot.core.migrations.effects import Effects
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.effects.effects import effects_of
from bot.judge.replay.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of
from tests.judge.comparing import differences
from tests.judge.observed import Observation, Observer

FOLDER = Path(__file__).parent / "statements"
SUBJECTS = ("columns", "types", "constraints", "tables", "objects", "data", "changes", "code")
ABOUT_ROWS = ("data", "changes")
_MARKED = re.compile(r"\[(?:(?P<since>\d+)|none)\] (?P<sql>.*)")

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


class Server:
    """A database that holds the schema, and the catalogue that should equal it."""

    def __init__(self, url: str, *, rows: bool = True) -> None:
        files = ("schema.sql", "rows.sql") if rows else ("schema.sql",)
        history = "".join((FOLDER / each).read_text() for each in files)
        self.observer = Observer(url)
        self.observer.run(history)
        self.major = self.observer.major
        self.before = self.observer.snapshot()
        self.catalogue = Catalogue()
        for statement in parse(history).statements:
            replay(self.catalogue, actions_of(statement), born=0)

    def predicted(self, sql: str) -> Effects:
        (statement,) = parse(sql).statements
        actions = actions_of(statement)
        return effects_of(actions, self.catalogue, postgres=self.major, fresh_from=1)

    def observed(self, sql: str) -> Observation:
        return self.observer.observe(sql, before=self.before)


@dataclass(frozen=True)
class Case:
    """A statement, the major version it is there since, and whether it finds rows to change."""

    sql: str
    since: int = 0
    rows: bool = True


def statements(subject: str) -> Iterator[Case]:
    """The statements of a file, one a line."""
    for line in (FOLDER / f"{subject}.sql").read_text().splitlines():
        match = _MARKED.match(line)
        if match and match["since"]:
            yield Case(match["sql"], since=int(match["since"]))
        elif match:
            yield Case(match["sql"], rows=False)
        elif not line.startswith("--"):
            yield Case(line)


def cases(server: Server, subjects: Sequence[str] = SUBJECTS) -> list[Case]:
    found = (each for subject in subjects for each in statements(subject))
    return [each for each in found if server.major >= each.since]


def disagreements(server: Server, sql: str, *, rows: bool) -> list[str]:
    try:
        seen = server.observed(sql)
    except psycopg.Error as error:
        return [f"{sql}: the server refuses: {error}"]
    found = differences(sql, server.predicted(sql), seen, rows=rows)
    return [f"{sql}: {each}" for each in found]


def test_predictions_agree_with_the_server(database: str) -> None:
    server = Server(database)
    with server.observer.connection:
        found = [disagreements(server, each.sql, rows=each.rows) for each in cases(server)]
    assert "\n".join(line for lines in found for line in lines) == ""


def test_predictions_agree_where_there_are_no_rows(database: str) -> None:
    """What depends on rows is locked with them alone, and what is certain without them, too."""
    server = Server(database, rows=False)
    with server.observer.connection:
        about = cases(server, ABOUT_ROWS)
        found = [disagreements(server, each.sql, rows=False) for each in about]
    lines = [line for lines in found for line in lines if "the server refuses" not in line]
    assert "\n".join(lines) == ""
    assert sum(not each for each in found) > 130


def test_there_are_many_statements_and_none_twice() -> None:
    found = [each.sql for subject in SUBJECTS for each in statements(subject)]
    assert len(found) >= 850
    assert [sql for sql in found if found.count(sql) > 1] == []


def test_what_cannot_run_in_a_transaction_is_known(database: str) -> None:
    server = Server(database)
    connection = server.observer.connection
    with connection:
        for sql in ALONE:
            assert not server.predicted(sql).transactional, sql
            with pytest.raises(psycopg.errors.ActiveSqlTransaction), connection.transaction():
                connection.execute(sql.encode())
        for each in cases(server):
            assert server.predicted(each.sql).transactional, each.sql
