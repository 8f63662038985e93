"""Rows in the base of a rehearsal, on real servers."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.adapters.postgres.rehearsal.rows.fill import fill
from bot.core.rehearsals.rehearsal import DataKind, RehearsalData
from bot.core.rehearsals.rehearsal_order import DataOrder
from bot.core.rehearsals.sizes import ColumnSize, RelationSize, Sizes
from tests.adapters.postgres.rehearsal.bases import Base, Unwatched, new_base
from tests.conftest import RunningServer
from tests.fakes import NOON

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
KITCHEN_SINK = ROOT / "tests/adapters/postgres/kitchen_sink.sql"
PLATFORM = sorted((ROOT / "prisma/migrations").glob("*/migration.sql"))
MEGA = 1_000_000


@pytest.fixture
def base(server: RunningServer, database: str) -> Iterator[Base]:
    with new_base(server.url(), database) as made:
        yield made


def make_up(
    base: Base, *relations: RelationSize, budget: int = MEGA
) -> tuple[RehearsalData, dict[str, RelationSize]]:
    sizes = Sizes("production", NOON, 16, relations) if relations else None
    order = DataOrder(DataKind.SYNTHETIC, budget=budget, sizes=sizes)
    data, found = fill(base, order, Unwatched(), base.note)
    return data, {each.relation: each for each in found}


def run_seed(base: Base, *statements: str) -> RehearsalData:
    order = DataOrder(DataKind.SEED, seed=statements)
    data, _ = fill(base, order, Unwatched(), base.note)
    return data


def count(base: Base, table: str, condition: str = "true") -> int:
    found = base.one(f"SELECT count(*) FROM {table} WHERE {condition}")
    assert isinstance(found, int)
    return found


def target(
    relation: str, rows: int, size: int, *columns: ColumnSize, partition_of: str | None = None
) -> RelationSize:
    return RelationSize(
        relation, bytes=size, heap=size, rows=rows, columns=columns, partition_of=partition_of
    )


def test_without_data_nothing_is_put_there(base: Base) -> None:
    base.run("CREATE TABLE a (id int)", "CREATE TABLE b (id int)", "INSERT INTO b VALUES (1)")

    data, sizes = fill(base, DataOrder(), Unwatched(), base.note)

    assert (data.kind, data.rows, data.skipped) == (DataKind.NONE, 1, ())
    assert [(each.relation, each.rows) for each in sizes] == [("public.a", 0), ("public.b", 1)]


def test_a_seed_puts_its_rows_there(base: Base) -> None:
    base.run("CREATE TABLE a (id int)")

    data = run_seed(base, "BEGIN", "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)", "COMMIT")

    assert (data.rows, data.skipped) == (2, ())
    assert data.bytes > 0


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("INSERT INTO a VALUES (1), (1)", 'violates unique constraint "a_pkey"'),
        ("INSERT INTO a VALUES ('canary')", 'invalid input syntax for type integer: "…"'),
        ("INSERT INTO nowhere VALUES (1)", 'relation "nowhere" does not exist'),
        ("ROLLBACK", "it takes back what it did"),
        ("/* odd */ ROLLBACK", "it ends its transaction"),
        ("COPY a FROM PROGRAM 'id'", "external program"),
    ],
)
def test_of_a_seed_that_is_refused_nothing_stays(base: Base, statement: str, said: str) -> None:
    base.run("CREATE TABLE a (id int PRIMARY KEY)")

    data = run_seed(base, "INSERT INTO a VALUES (7)", statement)

    assert data.rows == count(base, "a") == 0
    assert len(data.skipped) == 1
    assert "at statement 2" in data.skipped[0]
    assert said in data.skipped[0]
    assert "canary" not in data.skipped[0]


def test_a_deferred_constraint_refuses_a_seed_at_its_end(base: Base) -> None:
    base.run(
        "CREATE TABLE a (id int PRIMARY KEY)",
        "CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
    )

    data = run_seed(base, "INSERT INTO b VALUES (1)")

    assert data.rows == 0
    assert "at its end" in data.skipped[0]


def test_a_savepoint_of_a_seed_is_its_own(base: Base) -> None:
    base.run("CREATE TABLE a (id int)")

    data = run_seed(
        base, "INSERT INTO a VALUES (1)", "SAVEPOINT s", "INSERT INTO a VALUES (2)",
        "ROLLBACK TO SAVEPOINT s",
    )  # fmt: skip

    assert (data.rows, data.skipped) == (1, ())


def test_every_table_of_the_platform_gets_rows(base: Base) -> None:
    base.run(*(each.read_text(encoding="utf-8") for each in PLATFORM))

    data, sizes = make_up(base, budget=4 * MEGA)

    assert data.skipped == ()
    assert {name for name, each in sizes.items() if not each.rows} == set()
    assert data.rows == sum(each.rows or 0 for each in sizes.values())
    assert data.bytes < 8 * MEGA


def test_every_table_of_the_kitchen_sink_gets_rows(base: Base) -> None:
    base.run(KITCHEN_SINK.read_text(encoding="utf-8"))

    data, sizes = make_up(base)

    assert data.skipped == ()
    empty = {name for name, each in sizes.items() if not each.rows}
    assert empty == {"public._prisma_migrations"}
    assert base.one("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'User'") is True


def test_the_same_history_gets_the_same_rows(base: Base) -> None:
    script = "CREATE TABLE {} (id serial PRIMARY KEY, at date, note text, amount numeric(6, 2))"
    child = "CREATE TABLE {}_child (id uuid PRIMARY KEY, parent int REFERENCES {} (id))"
    base.run(*(each.replace("{}", name) for name in ("a", "b") for each in (script, child)))

    make_up(base)

    for first, second in (("a", "b"), ("a_child", "b_child")):
        assert count(base, first) > 100
        assert base.ask(f"SELECT * FROM {first} EXCEPT SELECT * FROM {second}") == []


def test_rows_and_bytes_follow_the_target_and_never_exceed_it(base: Base) -> None:
    base.run(
        "CREATE TABLE great (id int PRIMARY KEY, note text)",
        "CREATE TABLE less (id int PRIMARY KEY, note text)",
        "CREATE TABLE few (id int)",
        "CREATE TABLE nothing (id int)",
        "CREATE TABLE fresh (id int)",
    )

    data, sizes = make_up(
        base,
        target("public.great", 200_000, 60 * MEGA),
        target("public.less", 100_000, 10 * MEGA),
        target("public.few", 7, 8192),
        target("public.nothing", 0, 0),
        budget=7 * MEGA,
    )

    rows = {name.removeprefix("public."): each.rows for name, each in sizes.items()}
    assert rows["few"] == 7
    assert rows["nothing"] == 0
    assert rows["fresh"] == 300
    assert rows["great"] == pytest.approx(20_000, rel=0.05)
    assert rows["less"] == pytest.approx(10_000, rel=0.05)
    assert sizes["public.great"].heap == pytest.approx(6 * MEGA, rel=0.2)
    assert data.skipped == ("public.nothing: it is empty in the target too",)


def test_a_target_that_fits_the_budget_is_made_whole(base: Base) -> None:
    base.run("CREATE TABLE a (id int PRIMARY KEY, note text)")

    _, sizes = make_up(base, target("public.a", 5000, 500_000), budget=100 * MEGA)

    assert sizes["public.a"].rows == 5000


def test_columns_follow_what_was_counted_of_them(base: Base) -> None:
    base.run("CREATE TABLE a (full_one int, half text, few text, own text)")

    make_up(
        base,
        target(
            "public.a", 1000, 100_000,
            ColumnSize("full_one", nulls=0.0, distinct=0), ColumnSize("half", nulls=0.5),
            ColumnSize("few", distinct=3, width=40), ColumnSize("own", distinct=-1),
        ),
    )  # fmt: skip

    assert count(base, "a", "full_one IS NULL") == 0
    assert count(base, "a", "half IS NULL") == pytest.approx(500, abs=20)
    assert base.one("SELECT count(DISTINCT few) FROM a") == 3
    assert base.one("SELECT max(length(few)) FROM a") == 40
    assert base.one("SELECT count(DISTINCT own) FROM a") == 1000


def test_without_counts_there_are_nulls_and_duplicates(base: Base) -> None:
    base.run("CREATE TABLE a (id int PRIMARY KEY, note text, kind int NOT NULL)")

    make_up(base)

    total = count(base, "a")
    assert 0.05 * total < count(base, "a", "note IS NULL") < 0.15 * total
    assert base.one("SELECT count(DISTINCT kind) < count(*) FROM a") is True


TYPES = re.split(
    " ",
    "bool int2 int4 int8 numeric numeric(3,1) numeric(2,2) numeric(78) float4 float8 money text "
    "varchar varchar(1) varchar(40) char(1) char(7) name bytea json jsonb uuid date time time(0) "
    "timetz timestamp timestamp(0) timestamptz interval inet cidr macaddr macaddr8 oid bit(1) "
    "bit(3) bit(100) varbit varbit(5) point line lseg box path polygon circle tsvector tsquery "
    "pg_lsn int4range int8range numrange daterange tsrange tstzrange xid8 jsonpath regclass "
    'int4[] text[] uuid[] varchar(3)[] jsonb[] "char" mood pair positive words mood[]',
)


def made_types(base: Base) -> None:
    base.run(
        "CREATE TYPE mood AS ENUM ('sad', 'it''s', 'ok')",
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE DOMAIN positive AS int NOT NULL CHECK (VALUE > 0)",
        "CREATE DOMAIN words AS varchar(20) CHECK (VALUE ~ '^[a-z]+$')",
    )


def test_every_common_type_has_values(base: Base) -> None:
    made_types(base)
    names = [f"c{place}" for place, _ in enumerate(TYPES)]
    pairs = zip(names, TYPES, strict=True)
    base.run(f"CREATE TABLE a ({', '.join(f'{name} {type_}' for name, type_ in pairs)})")

    data, _ = make_up(base)

    assert data.skipped == ()
    total = count(base, "a")
    without = [
        type_
        for name, type_ in zip(names, TYPES, strict=True)
        if count(base, "a", f"{name} IS NOT NULL") < total * 0.8
    ]
    assert without == []


@pytest.mark.parametrize(
    "type_",
    [each for each in TYPES if each not in ("bool", "line", "path", "circle", "jsonpath",
     "json", "point", "lseg", "box", "polygon", "regclass", "jsonb[]", "numeric(2,2)",
     "varchar(1)", "char(1)", "bit(1)", "bit(3)", "varbit(5)", '"char"', "mood", "xid8",
     "mood[]")],
)  # fmt: skip
def test_a_unique_column_of_many_values_gets_many_rows(base: Base, type_: str) -> None:
    made_types(base)
    base.run(f"CREATE TABLE a (id {type_} UNIQUE)")

    make_up(base, budget=50_000)

    assert count(base, "a") > 190


def test_a_unique_column_of_few_values_gets_each_of_them_once(base: Base) -> None:
    made_types(base)
    base.run(
        "CREATE TABLE a (id mood PRIMARY KEY)", "CREATE TABLE b (id bool, m mood, UNIQUE (id, m))"
    )

    data, _ = make_up(base)

    assert data.skipped == ()
    assert count(base, "a") == 3
    assert count(base, "b", "id IS NOT NULL AND m IS NOT NULL") >= 3


def test_generated_identity_and_serial_columns_are_the_servers_own(base: Base) -> None:
    base.run(
        "CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n bigserial UNIQUE, "
        "m int GENERATED BY DEFAULT AS IDENTITY, twice int GENERATED ALWAYS AS (id * 2) STORED)"
    )

    make_up(base)

    total = count(base, "a")
    assert total > 100
    assert base.ask("SELECT max(id), max(n), max(m), max(twice) FROM a") == [
        (total, total, total, 2 * total)
    ]
    base.run("INSERT INTO a DEFAULT VALUES")
    assert count(base, "a") == total + 1


KEYS = [
    ["CREATE TABLE a (id int PRIMARY KEY, up int NOT NULL REFERENCES a)"],
    ["CREATE TABLE a (id uuid PRIMARY KEY, up uuid REFERENCES a)"],
    ["CREATE TABLE a (id serial PRIMARY KEY, up int NOT NULL REFERENCES a)"],
    ["CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a CHECK (up <> id))"],
    [
        "CREATE TABLE a (id int PRIMARY KEY, b int)",
        "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a)",
        "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b",
    ],
    [
        "CREATE TABLE z (tenant int, id int, PRIMARY KEY (tenant, id))",
        "CREATE TABLE y (tenant int, id int, z int NOT NULL, PRIMARY KEY (tenant, id), "
        "FOREIGN KEY (tenant, z) REFERENCES z (tenant, id))",
        "CREATE TABLE a (tenant int NOT NULL, y int NOT NULL, z int NOT NULL, "
        "FOREIGN KEY (tenant, z) REFERENCES z (tenant, id), "
        "FOREIGN KEY (tenant, y) REFERENCES y (tenant, id))",
    ],
    ["CREATE TABLE z (id int PRIMARY KEY)", "CREATE TABLE a (id int PRIMARY KEY REFERENCES z)"],
    [
        "CREATE TABLE z (id int PRIMARY KEY)",
        "CREATE TABLE y (id int PRIMARY KEY)",
        "CREATE TABLE a (z int REFERENCES z, y int REFERENCES y, PRIMARY KEY (z, y))",
    ],
    [
        "CREATE TABLE z (id int PRIMARY KEY)",
        "CREATE TABLE a (z int NOT NULL REFERENCES z, first bool NOT NULL)",
        "CREATE UNIQUE INDEX ON a (z) WHERE first",
    ],
    ["CREATE TABLE a (name text)", "CREATE UNIQUE INDEX ON a (lower(name))"],
    ["CREATE TABLE a (at tstzrange NOT NULL, EXCLUDE USING gist (at WITH &&))"],
    ["CREATE TABLE a (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"],
]


@pytest.mark.parametrize("script", KEYS, ids=lambda script: script[-1][:60])
def test_keys_and_foreign_keys_hold(base: Base, script: Sequence[str]) -> None:
    base.run(*script)

    data, _ = make_up(base)

    assert data.skipped == ()
    assert count(base, "a") > 100


CHECKS = [
    "kind text NOT NULL CHECK (kind IN ('new', 'paid', 'it''s'))",
    "grade int NOT NULL CHECK (grade BETWEEN 3 AND 5)",
    "rate numeric(4, 3) NOT NULL CHECK (rate > 0 AND rate < 1)",
    "loss int NOT NULL CHECK (loss < 0)",
    "mail text NOT NULL UNIQUE CHECK (mail ~ '^[^@ ]+@[^@ ]+[.][a-z]+$')",
    "country char(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$')",
    "colour text NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$')",
    "low int NOT NULL, high int NOT NULL, CHECK (high > low)",
    "a int, b int, c int, CHECK (num_nonnulls(a, b, c) = 1)",
    "state text NOT NULL, at date, CHECK (state = 'open' OR state = 'shut' AND at IS NOT NULL)",
    "value positive NOT NULL, word words NOT NULL",
    "address text NOT NULL CHECK (length(address) = 42 AND left(address, 2) = '0x')",
    '"value" int NOT NULL CHECK ("value" > 10), number int CHECK (number % 2 = 0)',
]


@pytest.mark.parametrize("columns", CHECKS)
def test_checks_hold(base: Base, columns: str) -> None:
    made_types(base)
    base.run(f"CREATE TABLE a ({columns})")

    data, _ = make_up(base)

    assert data.skipped == ()
    assert count(base, "a") > 100


EMPTY = [
    ("id int CHECK (id > 5 AND id < 4 AND id IS NOT NULL)", "CHECK constraint a_id_check"),
    ("id aclitem NOT NULL", "we cannot make up values of pg_catalog.aclitem for id"),
    ("id int) PARTITION BY LIST (id", "it has no partition"),
]


@pytest.mark.parametrize(("columns", "said"), EMPTY)
def test_a_table_that_cannot_be_filled_says_why(base: Base, columns: str, said: str) -> None:
    base.run(f"CREATE TABLE a ({columns})")

    data, _ = make_up(base)

    assert [said in each for each in data.skipped] == [True]
    assert data.skipped[0].startswith("public.a: ")
    assert count(base, "a") == 0


def test_a_circle_that_no_null_opens_stays_empty_and_the_rest_does_not(base: Base) -> None:
    base.run(
        "CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL)",
        "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a)",
        "ALTER TABLE a ADD CONSTRAINT round FOREIGN KEY (b) REFERENCES b",
        "CREATE TABLE c (a int REFERENCES a)",
    )

    data, sizes = make_up(base)

    assert len(data.skipped) == 2
    assert "its foreign key round has no rows in public.b to point to" in data.skipped[0]
    assert sizes["public.c"].rows


def test_a_trigger_that_refuses_is_told_and_nothing_stays(base: Base) -> None:
    base.run(
        "CREATE TABLE a (id int)",
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'not here'; END $$",
        "CREATE TRIGGER no BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION no()",
    )

    data, _ = make_up(base)

    assert data.skipped == ("public.a: PostgreSQL did not let me fill it: not here",)


def test_a_trigger_fires_as_the_author(base: Base) -> None:
    base.run(
        "CREATE TABLE a (id int)",
        "CREATE TABLE who (name text)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO public.who VALUES (current_user); RETURN NEW; END $$",
        "CREATE TRIGGER note AFTER INSERT ON a FOR EACH STATEMENT EXECUTE FUNCTION note()",
    )

    make_up(base)

    assert base.ask("SELECT DISTINCT name FROM who WHERE name ~ '^author_'") == [(base.role,)]


PARTITIONS = [
    ("at date NOT NULL) PARTITION BY RANGE (at", ["FROM ('2024-01-01') TO ('2025-01-01')",
      "FROM ('2025-01-01') TO (MAXVALUE)", "FROM (MINVALUE) TO ('2024-01-01')"]),
    ("at timestamptz) PARTITION BY RANGE (at", ["FROM ('2024-01-01') TO ('2024-01-02')"]),
    ("id int PRIMARY KEY) PARTITION BY RANGE (id", ["FROM (0) TO (150)", "FROM (150) TO (1000)"]),
    ("kind text) PARTITION BY LIST (kind", ["IN ('a', 'it''s')", "IN (NULL, 'b')"]),
    ("id uuid PRIMARY KEY) PARTITION BY HASH (id", ["WITH (modulus 2, remainder 0)",
      "WITH (modulus 2, remainder 1)"]),
    ("name text) PARTITION BY RANGE (name", ["FROM ('a') TO ('m')", "FROM ('m') TO (MAXVALUE)"]),
    ("year int, month int) PARTITION BY RANGE (year, month", ["FROM (2024, 1) TO (2024, 7)",
      "FROM (2024, 7) TO (2025, 1)"]),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "bounds"), PARTITIONS, ids=lambda each: each[0][:40])
def test_every_partition_gets_rows(base: Base, columns: str, bounds: Sequence[str]) -> None:
    base.run(f"CREATE TABLE a ({columns})")
    base.run(
        *(
            f"CREATE TABLE a_{place} PARTITION OF a FOR VALUES {bound}"
            for place, bound in enumerate(bounds)
        )
    )

    data, _ = make_up(base)

    assert data.skipped == ()
    assert [place for place, _ in enumerate(bounds) if not count(base, f"a_{place}")] == []


def test_partitions_of_partitions_and_a_default_get_rows(base: Base) -> None:
    base.run(
        "CREATE TABLE a (kind text, at date) PARTITION BY LIST (kind)",
        "CREATE TABLE a_x PARTITION OF a FOR VALUES IN ('x') PARTITION BY RANGE (at)",
        "CREATE TABLE a_x_1 PARTITION OF a_x FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')",
        "CREATE TABLE a_rest PARTITION OF a DEFAULT",
    )

    data, _ = make_up(base)

    assert data.skipped == ()
    assert count(base, "a_x_1") > 50
    assert count(base, "a_rest") > 50


def test_partitions_share_the_rows_as_in_the_target(base: Base) -> None:
    base.run(
        "CREATE TABLE a (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE a_1 PARTITION OF a FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE a_2 PARTITION OF a FOR VALUES FROM (10) TO (20)",
    )

    make_up(
        base,
        target("public.a", 1000, 100_000),
        target("public.a_1", 900, 90_000, partition_of="public.a"),
        target("public.a_2", 100, 10_000, partition_of="public.a"),
    )

    assert (count(base, "a_1"), count(base, "a_2")) == (900, 100)


def test_partitions_that_stay_empty_are_counted(base: Base) -> None:
    base.run(
        "CREATE TABLE a (id int, CHECK (id < 10)) PARTITION BY RANGE (id)",
        "CREATE TABLE a_1 PARTITION OF a FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE a_2 PARTITION OF a FOR VALUES FROM (10) TO (20)",
    )

    data, _ = make_up(base)

    (skipped,) = data.skipped
    assert skipped.startswith("public.a: 1 of 2 partitions: no row that we make up meets ")
    assert count(base, "a_1")


def test_without_sizes_it_is_said_that_none_were_known(base: Base) -> None:
    base.run("CREATE TABLE a (id int)")
    assert make_up(base)[0].guessed
    assert not make_up(base, target("public.a", 5, 8192))[0].guessed


def test_rows_that_the_history_left_do_not_stand_in_the_way(base: Base) -> None:
    base.run(
        "CREATE TABLE a (id int PRIMARY KEY)",
        "INSERT INTO a SELECT generate_series(0, 20)",
    )

    data, _ = make_up(base)

    assert data.skipped == ()
    assert count(base, "a") > 100


def test_odd_names_are_quoted(base: Base) -> None:
    base.run(
        'CREATE SCHEMA "Odd ""one"""',
        'CREATE TABLE "Odd ""one"""."a b" ("i""d" int PRIMARY KEY, "n" text, "s" int, "made" int, '
        '"migration_bot" int CHECK ("migration_bot" >= 0))',
        'CREATE TABLE c (x int REFERENCES "Odd ""one"""."a b")',
    )

    data, _ = make_up(base)

    assert data.skipped == ()
    assert count(base, "c", "x IS NOT NULL") > 100


def test_when_time_is_over_the_rest_is_told(base: Base) -> None:
    base.run("CREATE TABLE a (id int)", "CREATE TABLE b (id int)")
    order = DataOrder(DataKind.SYNTHETIC, budget=MEGA)

    data, _ = fill(base, order, Unwatched(exhausted_after=1), base.note)

    assert data.skipped[0] == "public.b: no time was left"
    assert count(base, "a") > 100


def test_a_connection_that_is_ended_ends_the_filling_and_no_more(base: Base) -> None:
    base.run(
        "CREATE TABLE a (id int)",
        "ALTER TABLE a FORCE ROW LEVEL SECURITY",
        "CREATE FUNCTION off() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$",
        "CREATE TRIGGER off BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION off()",
    )

    data, _ = make_up(base)

    assert len(data.skipped) == 1
    assert base.one("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'a'") is True


def test_materialized_views_are_as_the_rows_are(base: Base) -> None:
    base.run("CREATE TABLE a (id int)", "CREATE MATERIALIZED VIEW m AS SELECT * FROM a")

    make_up(base)

    assert count(base, "m") == count(base, "a") > 100
