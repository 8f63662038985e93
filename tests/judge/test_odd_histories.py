"""Short histories that went wrong once: each statement's effects, and the catalogue after it."""

from collections.abc import Iterator

import pytest

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.effects.effects import effects_of
from bot.judge.replay.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of
from tests.judge.comparing import differences
from tests.judge.observed import Observer
from tests.judge.test_generated_histories import in_memory, on_server

HISTORIES = {
    "a column renamed under the index of a partitioned table": """
        CREATE TABLE log (id int, at date, kind text) PARTITION BY LIST (kind);
        CREATE TABLE log_a PARTITION OF log FOR VALUES IN ('a');
        CREATE INDEX log_at_idx ON log (at);
        ALTER TABLE log RENAME COLUMN at TO moment;
        CREATE TABLE log_b PARTITION OF log FOR VALUES IN ('b');
        CREATE TABLE log_c (id int, moment date, kind text);
        CREATE INDEX log_c_own ON log_c (moment);
        ALTER TABLE log ATTACH PARTITION log_c FOR VALUES IN ('c');
        DROP INDEX log_at_idx;""",
    "a partition that has the same foreign key": """
        CREATE TABLE user_ (id int PRIMARY KEY);
        CREATE TABLE log (id int, kind text, user_id int) PARTITION BY LIST (kind);
        ALTER TABLE log ADD CONSTRAINT log_user FOREIGN KEY (user_id) REFERENCES user_ (id);
        CREATE TABLE log_a (id int, kind text, user_id int REFERENCES user_ (id));
        ALTER TABLE log ATTACH PARTITION log_a FOR VALUES IN ('a');
        ALTER TABLE log DETACH PARTITION log_a;
        ALTER TABLE log_a DROP CONSTRAINT log_a_user_id_fkey;""",
    "a detached partition draws from the sequence of its parent": """
        CREATE TABLE log (id serial, kind text) PARTITION BY LIST (kind);
        CREATE TABLE log_a PARTITION OF log FOR VALUES IN ('a');
        INSERT INTO log_a (kind) VALUES ('a');
        INSERT INTO log (kind) VALUES ('a');
        ALTER TABLE log DETACH PARTITION log_a;
        INSERT INTO log_a (kind) VALUES ('a');
        ALTER TABLE log_a ALTER COLUMN id DROP DEFAULT;
        DROP TABLE log;""",
    "an heir draws from the sequence of its parent": """
        CREATE TABLE animal (id serial, name text);
        CREATE TABLE cat (lives int) INHERITS (animal);
        INSERT INTO cat (name) VALUES ('x');
        INSERT INTO cat (id, name) VALUES (DEFAULT, 'y');""",
    "a type that reaches a table made of a query": """
        CREATE TYPE role AS ENUM ('a', 'b');
        CREATE TABLE user_ (id int, role role, roles role[]);
        CREATE TABLE copied AS SELECT id, role AS kind FROM user_;
        CREATE TABLE all_of_it AS SELECT * FROM user_;
        SELECT u.roles INTO third FROM user_ u;
        ALTER TABLE copied DROP COLUMN id;
        DROP TYPE role CASCADE;""",
    "a rule that is not there": """
        CREATE TABLE a (id int);
        DROP RULE IF EXISTS quiet ON a;
        CREATE RULE quiet AS ON DELETE TO a DO INSTEAD NOTHING;
        DROP RULE IF EXISTS quiet ON a;
        DROP RULE IF EXISTS quiet ON a;""",
    "rows that a history brings": """
        CREATE TABLE role (id int PRIMARY KEY);
        CREATE TABLE user_ (id int PRIMARY KEY, role_id int REFERENCES role (id));
        INSERT INTO role VALUES (1) ON CONFLICT DO NOTHING;
        INSERT INTO user_ VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET role_id = 1;
        INSERT INTO user_ VALUES (1, 1) ON CONFLICT (id) DO NOTHING;
        TRUNCATE user_;
        INSERT INTO user_ VALUES (1, 1) ON CONFLICT (id) DO NOTHING;""",
}


def disagreements(observer: Observer, script: str) -> Iterator[str]:
    catalogue = Catalogue()
    for place, statement in enumerate(parse(script).statements):
        actions, sql = actions_of(statement), statement.sql
        effects = effects_of(actions, catalogue, postgres=observer.major, fresh_from=place)
        seen = observer.observe(sql, before=observer.snapshot(), keep=True)
        yield from (f"{sql}: {each}" for each in differences(sql, effects, seen))
        replay(catalogue, actions, born=place)
        known, real = set(in_memory(catalogue)), set(on_server(observer))
        if known != real:
            yield f"after {sql}: only here {known - real}, only there {real - known}"


@pytest.mark.parametrize("script", HISTORIES.values(), ids=HISTORIES)
def test_a_history_is_followed(script: str, database: str) -> None:
    observer = Observer(database)
    with observer.connection:
        assert "\n".join(disagreements(observer, script)) == ""
