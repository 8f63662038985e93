"""Kept rows where it is hard: failures, rights, odd names and types, triggers, constraints."""

import secrets
from dataclasses import replace

import psycopg
import pytest

from bot.adapters.postgres.target.opening import open_target
from bot.core.kept.policy import KeepPolicy
from bot.core.targets.url import parse_url
from bot.errors import PostgresError
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.keeping.taking_back import INIT, KEEP, MORE, more, run, shelves, take_back
from tests.rollout.real import STAGING, Apply


def test_a_migration_that_fails_leaves_nothing_kept_and_names_its_own_line(
    apply: Apply, database: str
) -> None:
    apply(INIT, **KEEP)

    with pytest.raises(PostgresError, match=r"_more, line 3: .*nothing.* does not exist"):
        apply(
            INIT,
            more("UPDATE a SET n = 1;\nALTER TABLE a DROP COLUMN note;\nDROP TABLE nothing;"),
            **KEEP,
        )

    assert ask(database, "SELECT to_regnamespace('migration_bot') IS NULL") == [(True,)]
    assert ask(database, "SELECT count(note) FROM a") == [(10,)]


def test_where_keeping_fails_the_migration_goes_on_and_says_so(apply: Apply, database: str) -> None:
    policy = KeepPolicy(budget=50_000)
    start = migration(
        "20260101000000_init",
        "CREATE TABLE a (id int PRIMARY KEY, n text);\n"
        "INSERT INTO a SELECT i, repeat(md5(i::text), 50) FROM generate_series(1, 2000) AS i;\n"
        "ALTER TABLE a SET (autovacuum_enabled = off);\n",
    )
    apply(start, keep_rows=policy)

    # Nobody has counted the table, so that its size is a guess.
    apply(start, more("UPDATE a SET n = '' WHERE n LIKE '%';\nDROP TABLE a;"), keep_rows=policy)

    said = "\n".join(apply.said)
    assert "not kept: 20260102000000_more, line 2: what DROP TABLE destroys of public.a" in said
    assert ask(database, "SELECT to_regclass('a') IS NULL") == [(True,)]
    assert ask(database, "SELECT to_regclass('migration_bot.kept') IS NULL") == [(True,)]


def test_nobody_else_may_read_what_is_kept(apply: Apply, database: str) -> None:
    stranger = f"stranger_{secrets.token_hex(4)}"
    apply(INIT, **KEEP)
    run(
        database,
        f"CREATE ROLE {stranger}",
        f"GRANT USAGE ON SCHEMA public TO {stranger}",
        f"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {stranger}, PUBLIC",
        "ALTER TABLE b ENABLE ROW LEVEL SECURITY",
    )
    try:
        apply(INIT, more("UPDATE a SET n = 1; DROP TABLE b;"), **KEEP)
        take_back(database, MORE, "CREATE TABLE b (id int PRIMARY KEY)")

        found = ask(
            database,
            "SELECT relname, relrowsecurity FROM pg_class AS c "
            "WHERE relnamespace = 'migration_bot'::regnamespace AND relkind = 'r' "
            f"AND has_table_privilege('{stranger}', c.oid, 'SELECT')",
        )
        assert found == []
        closed = ask(
            database,
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'migration_bot'::regnamespace "
            "AND relkind = 'r' AND relrowsecurity",
        )
        assert closed == [(2,)]
    finally:
        run(database, f"DROP OWNED BY {stranger}", f"DROP ROLE {stranger}")


def test_odd_names_and_types_come_back_to_the_bit(apply: Apply, database: str) -> None:
    odd = '"we""ird $migration_bot$ %s {x}"'
    start = migration(
        "20260101000000_init",
        f"""CREATE SCHEMA "S p";
CREATE TYPE mood AS ENUM ('a b', 'c,"d');
CREATE DOMAIN short AS varchar(5);
CREATE TYPE pair AS (x int, y timestamptz);
CREATE TABLE "S p".{odd} ("Order" uuid, "state" text, "low" int NOT NULL, j json, p point, f float8,
    m mood, ms mood[], s short, c pair, ts timestamptz, b bytea, ns numeric[], r int4range,
    PRIMARY KEY ("Order", "state"));
INSERT INTO "S p".{odd}
SELECT gen_random_uuid(), E'x\\'' || i, i, '{{"a": 1,  "a": 2}}', point(0.1, i), 'NaN', 'c,"d',
       '{{a b,NULL}}', 'ab', ROW(i, now())::pair, now(), E'\\\\x00ff', ARRAY[1.10, NULL], '[1,5)'
  FROM generate_series(1, 20) AS i;
""",
    )
    apply(start, **KEEP)
    name = parse_url(database).database
    look = f'SELECT t::text FROM "S p".{odd} AS t ORDER BY "Order", "state"'
    before = ask(database, look)
    run(database, f"ALTER DATABASE {name} SET datestyle = 'German'")
    apply(
        start,
        more(
            f"""UPDATE "S p".{odd} SET "low" = 0, j = '{{}}', p = NULL, f = 1, m = NULL, ms = NULL,
    s = 'x', c = NULL, ts = now(), b = NULL, ns = NULL, r = 'empty' WHERE "low" > 5;
DELETE FROM "S p".{odd} AS "low" WHERE "low"."low" > 0 AND "low".m = 'c,"d';
ALTER TABLE "S p".{odd} DROP COLUMN c, DROP COLUMN m;
DROP TYPE pair;"""
        ),
        **KEEP,
    )

    run(database, f"ALTER DATABASE {name} SET datestyle = 'SQL, MDY'")
    given = take_back(
        database,
        MORE,
        "CREATE TYPE pair AS (x int, y timestamptz)",
        f'ALTER TABLE "S p".{odd} ADD COLUMN m mood, ADD COLUMN c pair',
    )

    assert given.conflicts == ()
    run(database, f"ALTER DATABASE {name} RESET datestyle")
    columns = '"Order", "state", "low", j, p, f, m, ms, s, c, ts, b, ns, r'
    again = ask(database, f'SELECT ({columns})::text FROM "S p".{odd} ORDER BY "Order", "state"')
    assert again == before


def test_triggers_rest_while_rows_come_back_and_are_as_before_afterwards(
    apply: Apply, database: str
) -> None:
    start = migration(
        "20260101000000_init",
        """CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int);
CREATE TABLE told (n int);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO told VALUES (1); RETURN NEW; END $$;
CREATE TRIGGER one BEFORE INSERT OR UPDATE ON a FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER two AFTER INSERT OR UPDATE ON a FOR EACH ROW EXECUTE FUNCTION tell();
CREATE TRIGGER off AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION tell();
ALTER TABLE a ENABLE ALWAYS TRIGGER two, DISABLE TRIGGER off;
INSERT INTO a (n) SELECT i FROM generate_series(1, 9) AS i;
""",
    )
    apply(start, more("UPDATE a SET n = 0 WHERE id < 4;\nDELETE FROM a WHERE id > 6;"), **KEEP)
    run(database, "TRUNCATE told")

    given = take_back(database, MORE)

    assert (given.rows, given.conflicts) == (6, ())
    assert ask(database, "SELECT n FROM a ORDER BY id") == [(n,) for n in range(1, 10)]
    assert ask(database, "SELECT count(*) FROM told") == [(0,)]
    assert ask(database, "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal "
               "ORDER BY tgname") == [("off", "D"), ("one", "O"), ("two", "A")]  # fmt: skip
    assert ask(database, "SELECT attidentity FROM pg_attribute WHERE attrelid = 'a'::regclass "
               "AND attname = 'id'") == [("a",)]  # fmt: skip


@pytest.mark.parametrize("drop", ["DROP TABLE p, c, d;", "DROP TABLE d, c, p;", "TRUNCATE c, d, p"])
def test_tables_that_point_to_each_other_come_back_in_any_order(
    apply: Apply, database: str, drop: str
) -> None:
    tables = (
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TABLE d (id int PRIMARY KEY, c int REFERENCES c)",
    )
    fill = "INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1, 2); INSERT INTO d VALUES (1, 1)"
    start = migration("20260101000000_init", ";\n".join((*tables, fill)))
    apply(start, more(drop), **KEEP)

    given = take_back(database, MORE, *(() if drop.startswith("TRUNCATE") else tables))

    assert (given.rows, given.conflicts) == (4, ())
    joined = "SELECT d.id, c.id, p.id FROM d JOIN c ON c.id = d.c JOIN p ON p.id = c.p"
    assert ask(database, joined) == [(1, 1, 2)]


def test_an_old_value_that_another_row_has_by_now_is_left_to_that_row(
    apply: Apply, database: str
) -> None:
    start = migration(
        "20260101000000_init",
        "CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE, n int CHECK (n < 100));\n"
        "INSERT INTO a SELECT i, 'c' || i, i FROM generate_series(1, 50) AS i;",
    )
    apply(start, more("UPDATE a SET code = 'd' || id;"), **KEEP)
    run(
        database,
        "INSERT INTO a VALUES (51, 'c7', 1)",
        "INSERT INTO a VALUES (52, 'c31', 1)",
    )

    given = take_back(database, MORE)

    assert [(each.why, each.rows) for each in given.conflicts] == [
        ("another row has a unique value of it", 2)
    ]
    assert ask(database, "SELECT count(*) FROM a WHERE code = 'c' || id") == [(48,)]
    assert ask(database, "SELECT id FROM a WHERE code IN ('d7', 'd31') ORDER BY id") == [
        (7,), (31,),
    ]  # fmt: skip


def test_without_its_table_everything_is_a_conflict_and_nothing_fails(
    apply: Apply, database: str
) -> None:
    apply(INIT, more("DROP TABLE b;\nALTER TABLE a DROP COLUMN note;"), **KEEP)

    given = take_back(database, MORE)

    assert given.rows == 0
    assert {each.why: each.rows for each in given.conflicts} == {
        "a column of it is not there": 10,
        "its table is not there": 3,
    }


def test_a_partitioned_table_and_one_in_segments_come_back(apply: Apply, database: str) -> None:
    table = "CREATE TABLE m (id int, at date, n int, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)"
    parts = (
        "CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
        "CREATE TABLE m_2 PARTITION OF m DEFAULT",
    )
    fill = "INSERT INTO m SELECT i, date '2026-01-20' + i, i FROM generate_series(1, 30) AS i"
    start = migration("20260101000000_init", ";\n".join((table, *parts, fill)))
    apply(
        start,
        more(
            "UPDATE m SET n = -1 WHERE id % 2 = 0;\nCREATE TABLE z (id int);\n"
            "CREATE INDEX CONCURRENTLY z_id ON z (id);\nDELETE FROM m WHERE id % 5 = 0;\n"
            "VACUUM z;\nDROP TABLE m;"
        ),
        **KEEP,
    )
    assert [each[1:] for each in shelves(database)] == [
        ("update", "m", 15), ("delete", "m", 6), ("drop table", "m", 24),
    ]  # fmt: skip

    given = take_back(database, MORE, table, *parts)

    assert (given.rows, given.conflicts) == (45, ())
    assert ask(database, "SELECT count(*) FROM m WHERE n = id") == [(30,)]


def test_a_publication_of_all_tables_would_send_them_on(apply: Apply, database: str) -> None:
    apply(INIT, **KEEP)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET client_min_messages = error")
        connection.execute("CREATE PUBLICATION everything FOR ALL TABLES")

    apply(INIT, more("DROP TABLE b;"), **KEEP)

    assert "the publication everything is of all tables" in "\n".join(apply.said)
    assert ask(database, "SELECT to_regnamespace('migration_bot') IS NULL") == [(True,)]


def test_what_has_had_its_time_is_deleted_but_not_of_what_is_unfinished(
    apply: Apply, database: str
) -> None:
    apply(INIT, more("UPDATE a SET n = 1;\nDROP TABLE b;"), **KEEP)
    run(database, "UPDATE migration_bot.kept SET until = now() - interval '1 day'")
    run(database, "UPDATE _prisma_migrations SET finished_at = NULL")
    with open_target(replace(STAGING, keep_rows=True), parse_url(database)) as opened:
        assert opened.prune_kept() == ()
        assert all(each.unfinished and each.expired for each in opened.kept())

        run(database, "UPDATE _prisma_migrations SET finished_at = now()")

        assert len(opened.prune_kept()) == 2
        assert opened.kept() == ()
    left = "relnamespace = 'migration_bot'::regnamespace AND relkind = 'r'"
    assert ask(database, f"SELECT relname FROM pg_class WHERE {left}") == [("kept",)]
