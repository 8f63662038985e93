"""What was kept is given back; what was written since stays, and is told."""

from tests.asking import ask
from tests.fakes import migration
from tests.rollout.keeping.taking_back import INIT, KEEP, MORE, more, run, shelves, take_back
from tests.rollout.real import Apply

A = "SELECT id, n::text, note, mood::text FROM a ORDER BY id"


def test_everything_comes_back_where_nobody_has_written_since(apply: Apply, database: str) -> None:
    apply(INIT, **KEEP)
    before = ask(database, A), ask(database, "SELECT * FROM b ORDER BY id")
    apply(
        INIT,
        more(
            "UPDATE a SET n = n * 3, mood = 'fine' WHERE id < 9;\nDELETE FROM a WHERE id > 7;\n"
            "ALTER TABLE a DROP COLUMN note;\nALTER TABLE a ALTER COLUMN n TYPE int;\n"
            "DROP TABLE b;\nALTER TABLE a DROP COLUMN mood;\nDROP TYPE mood;"
        ),
        **KEEP,
    )

    given = take_back(
        database,
        MORE,
        "CREATE TYPE mood AS ENUM ('fine', 'sad')",
        "ALTER TABLE a ADD COLUMN mood mood",
        "CREATE TABLE b (id serial PRIMARY KEY, at timestamptz DEFAULT now(), "
        "twice int GENERATED ALWAYS AS (id * 2) STORED)",
        "ALTER TABLE a ALTER COLUMN n TYPE numeric(10,2)",
        "ALTER TABLE a ADD COLUMN note text",
    )

    assert given.conflicts == ()
    assert (ask(database, A), ask(database, "SELECT * FROM b ORDER BY id")) == before
    assert given.rows == 7 + 3 + 7 + 7 + 3 + 8
    assert ask(database, "INSERT INTO b DEFAULT VALUES RETURNING id") == [(4,)]


def test_a_value_written_since_stays_and_is_counted(apply: Apply, database: str) -> None:
    apply(INIT, more("UPDATE a SET n = 0, note = 'gone';"), **KEEP)
    run(
        database,
        "UPDATE a SET n = 5 WHERE id = 1",
        "DELETE FROM a WHERE id = 2",
        "UPDATE a SET n = 3.55, note = 'x3' WHERE id = 3",
        "INSERT INTO a VALUES (11, 0, 'gone')",
    )

    given = take_back(database, MORE)

    assert [(each.rows, each.why) for each in given.conflicts] == [
        (1, "it was written since"),
        (1, "the row is gone"),
    ]
    assert given.rows == 8
    left = ask(database, "SELECT id, n::text, note FROM a WHERE id IN (1, 2, 3, 4, 11) ORDER BY id")
    assert left == [
        (1, "5.00", "gone"), (3, "3.55", "x3"), (4, "4.55", "x4"), (11, "0.00", "gone"),
    ]  # fmt: skip
    query = given.conflicts[0].query
    assert {(each[0], each[2]) for each in ask(database, query)} == {
        ("it was written since", given_oid(database)), ("the row is gone", given_oid(database)),
    }  # fmt: skip


def given_oid(database: str) -> object:
    return ask(database, "SELECT 'a'::regclass::oid")[0][0]


def test_what_is_written_to_a_column_before_its_values_are_back_stays(
    apply: Apply, database: str
) -> None:
    apply(INIT, more("ALTER TABLE a DROP COLUMN note, DROP COLUMN n;"), **KEEP)
    run(
        database,
        "ALTER TABLE a ADD COLUMN note text, ADD COLUMN n numeric(10,2) DEFAULT 7",
        "UPDATE a SET note = 'mine' WHERE id = 3",
    )

    given = take_back(database, MORE)

    assert [(each.rows, each.why) for each in given.conflicts] == [(1, "it was written since")]
    found = ask(database, "SELECT id, n::text, note FROM a WHERE id < 5 ORDER BY id")
    assert found == [
        (1, "1.55", "x1"), (2, "2.55", "x2"), (3, "7.00", "mine"), (4, "4.55", "x4"),
    ]  # fmt: skip


def test_rows_that_are_deleted_with_others_come_back_with_them(apply: Apply, database: str) -> None:
    start = migration(
        "20260101000000_init",
        """CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE);
CREATE TABLE c (id int PRIMARY KEY, p text REFERENCES p (code) ON DELETE CASCADE, n int);
CREATE TABLE "D d" (id serial, c int REFERENCES c ON DELETE CASCADE) PARTITION BY RANGE (id);
CREATE TABLE d_1 PARTITION OF "D d" DEFAULT;
INSERT INTO p SELECT i, 'p' || i FROM generate_series(1, 10) AS i;
INSERT INTO c SELECT i, 'p' || 1 + i % 10, i FROM generate_series(1, 40) AS i;
INSERT INTO "D d" (c) SELECT 1 + i % 40 FROM generate_series(1, 80) AS i;
""",
    )
    apply(start, more("DELETE FROM p WHERE id <= 4;"), **KEEP)
    assert [each[1:] for each in shelves(database)] == [
        ("delete", "p", 4), ("delete", "c", 16), ("delete", "D d", 32),
    ]  # fmt: skip
    run(database, "INSERT INTO p VALUES (1, 'other')")

    given = take_back(database, MORE)

    # One of the four is another now: its four, and their eight, have nobody to point to.
    assert {(each.relation, each.why): each.rows for each in given.conflicts} == {
        ("public.p", "its key is there again"): 1,
        ("public.c", "what it points to is not there"): 4,
        ("public.D d", "what it points to is not there"): 8,
    }
    assert ask(database, 'SELECT count(*), (SELECT count(*) FROM "D d") FROM c') == [(36, 72)]


def test_rows_that_two_keys_delete_are_not_kept_and_the_rest_is(
    apply: Apply, database: str
) -> None:
    start = migration(
        "20260101000000_init",
        """CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES p ON DELETE CASCADE,
    b int REFERENCES p ON DELETE CASCADE);
INSERT INTO p VALUES (1), (2);
INSERT INTO c VALUES (1, 1, 2), (2, 2, 2);
""",
    )
    apply(start, more("DELETE FROM p WHERE id = 1;"), **KEEP)

    assert "public.c: its rows are deleted by more than one foreign key" in "\n".join(apply.said)
    assert [each[2] for each in shelves(database)] == ["p", "c"]
    partial = ask(database, "SELECT table_name FROM migration_bot.kept WHERE partial")
    assert partial == [("p",)]


def test_a_key_that_was_made_anew_finds_no_row(apply: Apply, database: str) -> None:
    apply(INIT, more("ALTER TABLE a DROP COLUMN note;"), **KEEP)
    run(database, "ALTER TABLE a DROP COLUMN id", "ALTER TABLE a ADD COLUMN id serial PRIMARY KEY")

    given = take_back(database, MORE, "ALTER TABLE a ADD COLUMN note text")

    assert [(each.rows, each.why) for each in given.conflicts] == [(10, "its key was made anew")]
    assert ask(database, "SELECT count(note) FROM a") == [(0,)]


def test_a_key_that_came_back_with_its_table_finds_its_rows(apply: Apply, database: str) -> None:
    drop = migration("20260103000000_drop", "DROP TABLE a;")
    apply(INIT, more("ALTER TABLE a DROP COLUMN note;"), drop, **KEEP)

    again = "CREATE TABLE a (id int PRIMARY KEY, n numeric(10,2), mood mood)"
    assert take_back(database, drop.name, again).conflicts == ()
    given = take_back(database, MORE, "ALTER TABLE a ADD COLUMN note text")

    assert (given.rows, given.conflicts) == (10, ())
    assert ask(database, "SELECT note FROM a WHERE id = 4") == [("x4",)]


def test_deleted_rows_come_back_unless_their_key_is_taken_or_they_point_to_nothing(
    apply: Apply, database: str
) -> None:
    start = migration(
        "20260101000000_init",
        """CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p, code text UNIQUE, boss int REFERENCES c);
INSERT INTO p SELECT i FROM generate_series(1, 5) AS i;
INSERT INTO c SELECT i, 1 + i % 5, 'c' || i, nullif(i - 1, 0) FROM generate_series(1, 100) AS i;
""",
    )
    apply(start, more("DELETE FROM c;"), **KEEP)
    run(
        database,
        "INSERT INTO c VALUES (50, 2, 'new', NULL)",
        "INSERT INTO c VALUES (1000, 2, 'c2', NULL)",
        "DELETE FROM p WHERE id = 5",
    )

    given = take_back(database, MORE)

    # 4, 9, 14, … pointed to 5, and the code of 2 is another's; whoever has one of them above him
    # has nobody to point to. What has is 1, and 51 to 53 below the new 50.
    assert {each.why: each.rows for each in given.conflicts} == {
        "another row has a unique value of it": 1,
        "its key is there again": 1,
        "what it points to is not there": 94,
    }
    assert given.rows == 4
    assert ask(database, "SELECT code FROM c WHERE id = 50") == [("new",)]
