"""What ROLLBACK takes back, here and on a server."""

import pytest

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.replay.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of
from tests.judge.observed import Observer
from tests.judge.test_generated_histories import in_memory, on_server

SCRIPTS = {
    "rollback": """
        CREATE TABLE a (id int); BEGIN; DROP TABLE a; CREATE TYPE m AS ENUM ('x'); ROLLBACK;""",
    "commit": "CREATE TABLE a (id int); BEGIN; DROP TABLE a; CREATE TABLE b (id int); COMMIT;",
    "to a savepoint": """
        BEGIN; CREATE TABLE a (id int); SAVEPOINT one; DROP TABLE a; ROLLBACK TO one;
        ALTER TABLE a ADD COLUMN b text; SAVEPOINT two; DROP TABLE a; ROLLBACK TO SAVEPOINT two;
        ROLLBACK TO one; CREATE INDEX ON a (id); COMMIT;""",
    "released": """
        BEGIN; CREATE TABLE a (id int); SAVEPOINT one; DROP TABLE a; RELEASE one; COMMIT;""",
    "everything after a savepoint": """
        BEGIN; CREATE TABLE a (id int); SAVEPOINT one; CREATE TABLE b (id int); ROLLBACK;
        CREATE TABLE c (id int);""",
    "the same name twice": """
        BEGIN; SAVEPOINT s; CREATE TABLE a (id int); SAVEPOINT s; DROP TABLE a; ROLLBACK TO s;
        RELEASE s; CREATE TABLE b (id int); ROLLBACK TO s; CREATE TABLE c (id int); COMMIT;""",
    "begun again": "BEGIN; CREATE TABLE a (id int); BEGIN; CREATE TABLE b (id int); ROLLBACK;",
    "nothing open": "CREATE TABLE a (id int); COMMIT; CREATE TABLE b (id int);",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_the_catalogue_follows_transactions(script: str, database: str) -> None:
    catalogue, observer = Catalogue(), Observer(database)
    with observer.connection:
        for statement in parse(script).statements:
            observer.run(statement.sql)
            replay(catalogue, actions_of(statement), born=0)
        assert set(in_memory(catalogue)) == set(on_server(observer))


def test_a_transaction_ends_with_its_file() -> None:
    catalogue = Catalogue()
    for born, script in enumerate(["BEGIN; CREATE TABLE a (id int);", "ROLLBACK;"]):
        for statement in parse(script).statements:
            replay(catalogue, actions_of(statement), born=born)
    assert "public.a" in catalogue.tables
    assert catalogue.marks == ()
