"""What the judge predicts of a statement, against what a real server does to run it.

Each statement of the files in `statements` runs in a transaction of its own on the schema there,
with rows in it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.core.effects import Effects
from bot.judge.catalogue import Catalogue
from bot.judge.effects import effects_of
from bot.judge.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of
from tests.judge.comparing import differences
from tests.judge.observed import Observation, Observer

FOLDER = Path(__file__).parent / "statements"
SUBJECTS = ("columns", "types", "constraints", "tables", "objects", "data", "code")
_SINCE = re.compile(r"\[(\d+)\] (.*)")

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

    def __init__(self, url: str) -> None:
        schema = (FOLDER / "schema.sql").read_text()
        self.observer = Observer(url)
        self.observer.run(schema)
        self.observer.run((FOLDER / "rows.sql").read_text())
        self.major = self.observer.major
        self.before = self.observer.snapshot()
        self.catalogue = Catalogue()
        for statement in parse(schema).statements:
            replay(self.catalogue, actions_of(statement), born=0)

    def predicted(self, sql: str) -> Effects:
        (statement,) = parse(sql).statements
        actions = actions_of(statement)
        return effects_of(actions, self.catalogue, postgres=self.major, fresh_from=1)

    def observed(self, sql: str) -> Observation:
        return self.observer.observe(sql, before=self.before)


def statements(subject: str) -> Iterator[tuple[int, str]]:
    """The statements of a file, one a line, with the major version each is there since."""
    for line in (FOLDER / f"{subject}.sql").read_text().splitlines():
        if not line.startswith("--"):
            match = _SINCE.match(line)
            yield (int(match[1]), match[2]) if match else (0, line)


def cases(server: Server) -> list[str]:
    found = (each for subject in SUBJECTS for each in statements(subject))
    return [sql for since, sql in found if server.major >= since]


def disagreements(server: Server, sql: str) -> list[str]:
    try:
        seen = server.observed(sql)
    except psycopg.Error as error:
        return [f"{sql}: the server refuses: {error}"]
    return [f"{sql}: {each}" for each in differences(sql, server.predicted(sql), seen)]


def test_predictions_agree_with_the_server(database: str) -> None:
    server = Server(database)
    with server.observer.connection:
        wrong = [each for sql in cases(server) for each in disagreements(server, sql)]
    assert "\n".join(wrong) == ""


def test_there_are_many_statements_and_none_twice() -> None:
    found = [sql for subject in SUBJECTS for _, sql in statements(subject)]
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
        for sql in cases(server):
            assert server.predicted(sql).transactional, sql
