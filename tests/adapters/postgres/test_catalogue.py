"""The snapshot of a schema: it sees every change, and nothing where there is none."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.server import start_server
from bot.core.schemas.schema import POSITION, Definition, Snapshot, differences
from tests.conftest import SERVERS, RunningServer

HERE = Path(__file__).parent
KITCHEN_SINK = b"".join(
    (HERE / name).read_bytes() for name in ("kitchen_sink.sql", "kitchen_cellar.sql")
)


@pytest.fixture(scope="module")
def sink(server: RunningServer) -> Iterator[tuple[Connection, Snapshot]]:
    """A database with one of everything, and its snapshot."""
    with connect(server.url(), application_name="test") as admin:
        admin.execute("CREATE DATABASE kitchen_sink TEMPLATE template0")
        with connect(server.url("kitchen_sink"), application_name="test") as connection:
            connection.execute(KITCHEN_SINK)
            yield connection, snapshot(connection, privileges=True)
        admin.execute("DROP DATABASE kitchen_sink WITH (FORCE)")


def test_what_is_as_it_was_is_taken_from_the_last_snapshot(
    sink: tuple[Connection, Snapshot],
) -> None:
    connection, before = sink
    known: dict[str, Definition] = {}
    first = snapshot(connection, privileges=True, known=known)
    with connection.transaction(force_rollback=True):
        connection.execute("DROP TABLE shop.kid")
        second = snapshot(connection, privileges=True, known=known)
        assert second == snapshot(connection, privileges=True)
    assert first == before
    assert all(second[key] is first[key] for key in second if first.get(key) == second[key])
    assert set(known.values()) == set(second.values())


CHANGES = {
    "CREATE SCHEMA extra": "added schema extra",
    "DROP EXTENSION citext": "removed extension citext",
    "CREATE TABLE extra (id int PRIMARY KEY)": "added table public.extra",
    "DROP TABLE shop.kid": "removed table shop.kid",
    'ALTER TABLE "User" ADD extra int': "added column public.User.extra",
    'ALTER TABLE "User" DROP tags': "removed column public.User.tags",
    'ALTER TABLE "User" RENAME tags TO labels': "added column public.User.labels",
    'ALTER TABLE "User" ALTER tags TYPE varchar(9)[]': "changed column public.User.tags: type",
    'ALTER TABLE "User" ALTER tags SET NOT NULL': "changed column public.User.tags: not null",
    'ALTER TABLE "User" ALTER tags DROP DEFAULT': "changed column public.User.tags: default",
    'ALTER TABLE "User" ALTER twice DROP EXPRESSION': "changed column public.User.twice",
    'ALTER TABLE "User" ALTER big SET GENERATED ALWAYS': "changed column public.User.big: identity",
    'ALTER TABLE "User" ALTER note TYPE text COLLATE "POSIX"': "public.User.note: collation",
    'ALTER TABLE "User" ALTER note SET STORAGE MAIN': "column public.User.note: storage",
    'ALTER TABLE "User" ALTER note SET COMPRESSION pglz': "public.User.note: compression",
    'ALTER TABLE "User" ALTER name SET STATISTICS 60': "column public.User.name: statistics",
    'ALTER TABLE "User" ALTER name SET (n_distinct = 5)': "column public.User.name: options",
    'ALTER TABLE "User" VALIDATE CONSTRAINT later': "changed constraint public.User.later",
    'ALTER TABLE "User" DROP CONSTRAINT later': "removed constraint public.User.later",
    'ALTER TABLE "User" RENAME CONSTRAINT later TO l': "added constraint public.User.l",
    "ALTER TABLE shop.orders DROP CONSTRAINT orders_who_fkey": "shop.orders.orders_who_fkey",
    "CREATE INDEX extra ON shop.orders (at)": "added index shop.orders.extra",
    'DROP INDEX "User_name_idx"': "removed index public.User.User_name_idx",
    'ALTER INDEX "User_name_idx" SET (fastupdate = off)': "changed index public.User.User_name_idx",
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shop.m_count_idx'::regclass": (
        "changed index shop.m.m_count_idx: valid"
    ),
    'ALTER TABLE "User" SET WITHOUT CLUSTER': "changed index public.User.User_pkey: clustered",
    'ALTER TABLE "User" REPLICA IDENTITY FULL': "changed table public.User: replica identity",
    'ALTER TABLE "User" DISABLE ROW LEVEL SECURITY': "table public.User: row level security",
    'ALTER TABLE "User" NO FORCE ROW LEVEL SECURITY': "forced row level security",
    'ALTER TABLE "User" SET (fillfactor = 50)': "changed table public.User: options",
    "ALTER TABLE shop.fast SET LOGGED": "changed table shop.fast: persistence",
    "ALTER TABLE shop.orders DETACH PARTITION shop.orders_1": "table shop.orders_1: inherits",
    'ALTER TABLE shop.kid NO INHERIT "User"': "changed table shop.kid: inherits",
    "ALTER TYPE shop.mood ADD VALUE 'glad' BEFORE 'ok'": "changed enum shop.mood: labels",
    "ALTER TYPE shop.mood RENAME VALUE 'ok' TO 'fine'": "changed enum shop.mood: labels",
    "ALTER DOMAIN shop.email DROP NOT NULL": "changed domain shop.email: not null",
    "ALTER DOMAIN shop.email DROP CONSTRAINT has_at": "changed domain shop.email: constraints",
    "ALTER TYPE shop.pair ADD ATTRIBUTE c int CASCADE": "changed composite type shop.pair",
    "DROP TYPE shop.span": "removed range type shop.span",
    "ALTER SEQUENCE shop.s INCREMENT 7": "changed sequence shop.s: increment",
    "ALTER SEQUENCE shop.s OWNED BY shop.orders.who": "changed sequence shop.s: owned by",
    "DROP SEQUENCE shop.s": "removed sequence shop.s",
    'CREATE OR REPLACE VIEW shop.w AS SELECT id, name FROM "User"': "changed view shop.w",
    "ALTER VIEW shop.v RESET (security_barrier)": "changed view shop.v: options",
    "DROP MATERIALIZED VIEW shop.m": "removed materialized view shop.m",
    "CREATE OR REPLACE FUNCTION shop.f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS"
    " 'SELECT 2'": "changed function shop.f(a integer, b text)",
    "DROP PROCEDURE shop.p": "removed procedure shop.p(IN a shop.mood)",
    "DROP AGGREGATE shop.total(int)": "removed aggregate shop.total(integer)",
    'ALTER TABLE "User" ENABLE TRIGGER touch': "changed trigger public.User.touch: enabled",
    'DROP TRIGGER touch ON "User"': "removed trigger public.User.touch",
    'ALTER POLICY own ON "User" USING (id = 2)': "changed policy public.User.own: using",
    'ALTER POLICY own ON "User" TO postgres': "changed policy public.User.own: roles",
    "DROP RULE nope ON shop.orders_1": "removed rule shop.orders_1.nope",
    "DROP STATISTICS shop.st": "removed statistics shop.st",
    "ALTER STATISTICS shop.st SET STATISTICS 7": "changed statistics shop.st: target",
    "DROP COLLATION shop.col": "removed collation shop.col",
    "DROP OPERATOR CLASS shop.oc USING btree": "removed operator class shop.oc.btree",
    "DROP OPERATOR shop.=== (int, int)": "removed operator shop.===(integer,integer)",
    "ALTER TEXT SEARCH CONFIGURATION shop.ts DROP MAPPING FOR url": "configuration shop.ts",
    "DROP TEXT SEARCH DICTIONARY shop.td": "removed text search dictionary shop.td",
    "DROP CAST (shop.pair AS int)": "removed cast shop.pair AS integer",
    "DROP EVENT TRIGGER et": "removed event trigger et",
    'ALTER PUBLICATION pub DROP TABLE ONLY "User"': "changed publication pub: tables",
    "COMMENT ON TABLE \"User\" IS 'persons'": 'changed comment table public."User": text',
    "COMMENT ON SCHEMA public IS 'ours'": "added comment schema public",
    'COMMENT ON COLUMN "User"."eMail" IS NULL': "removed comment table column",
    'REVOKE SELECT ON "User" FROM PUBLIC': 'changed grant relation public."User"',
    'GRANT SELECT (id) ON "User" TO PUBLIC': 'added grant column public."User".id',
    "REVOKE EXECUTE ON FUNCTION shop.touch FROM PUBLIC": "changed grant function shop.touch()",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA shop REVOKE SELECT ON TABLES FROM PUBLIC": "removed grant",
    "ALTER TABLE shop.kid OWNER TO pg_monitor": "changed owner relation shop.kid",
    "ALTER TABLE shop.wide DROP c; ALTER TABLE shop.wide ADD c text": "shop.wide.c: position",
    "ALTER TABLE shop.wide SET (toast.autovacuum_enabled = on)": "shop.wide: toast options",
    "ALTER TABLE shop.wide ALTER body SET STORAGE EXTERNAL": "column shop.wide.body: storage",
    "ALTER TABLE shop.narrow ALTER CONSTRAINT narrow_a_fkey DEFERRABLE": (
        "changed constraint shop.narrow.narrow_a_fkey: definition"
    ),
    "ALTER TABLE shop.narrow DISABLE TRIGGER ALL": (
        "changed constraint shop.narrow.narrow_a_fkey: triggers"
    ),
    "ALTER TABLE shop.typed NOT OF": "changed table shop.typed: of type",
    "ALTER TABLE shop.wide ALTER a ADD GENERATED ALWAYS AS IDENTITY": (
        "changed column shop.wide.a: identity"
    ),
    "ALTER TABLE shop.listed DETACH PARTITION shop.listed_x;"
    "ALTER TABLE shop.listed ATTACH PARTITION shop.listed_x FOR VALUES IN ('y')": (
        "changed table shop.listed_x: partition"
    ),
    "ALTER INDEX shop.wide_expression SET (fillfactor = 70)": "wide_expression: definition",
    "ALTER INDEX shop.wide_expression ALTER COLUMN 1 SET STATISTICS 78": (
        "changed index shop.wide.wide_expression: statistics"
    ),
    "ALTER TABLE shop.wide CLUSTER ON wide_a_key": "changed index shop.wide.wide_a_key: clustered",
    "CREATE OR REPLACE VIEW shop.checked AS SELECT a, b FROM shop.wide WHERE a > 0": (
        "changed view shop.checked: options"
    ),
    "CREATE OR REPLACE VIEW shop.both AS SELECT n.a, n.at FROM shop.wide w LEFT JOIN shop.narrow n"
    ' ON n.a = w.a WHERE w.b IN (SELECT name FROM public."User" WHERE id > 1) ORDER BY n.at DESC': (
        "changed view shop.both: definition"
    ),
    "ALTER VIEW shop.checked ALTER a SET DEFAULT 1": "changed view shop.checked: columns",
    "ALTER MATERIALIZED VIEW shop.m SET (fillfactor = 50)": "materialized view shop.m: options",
    "REFRESH MATERIALIZED VIEW shop.m WITH NO DATA": "materialized view shop.m: populated",
    "ALTER FUNCTION shop.plain SECURITY INVOKER": "changed function shop.plain",
    "ALTER FUNCTION shop.plain RESET search_path": "changed function shop.plain",
    "ALTER FUNCTION shop.plain CALLED ON NULL INPUT": "changed function shop.plain",
    "ALTER FUNCTION shop.atomic COST 8": "changed function shop.atomic",
    "ALTER FUNCTION shop.atomic PARALLEL UNSAFE": "changed function shop.atomic",
    "CREATE OR REPLACE AGGREGATE shop.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '1')": (
        "changed aggregate shop.total(integer): initial"
    ),
    "ALTER TABLE shop.wide ENABLE ALWAYS TRIGGER always": "trigger shop.wide.always: enabled",
    "ALTER TABLE shop.orders_1 ENABLE ALWAYS RULE nope": "rule shop.orders_1.nope: enabled",
    "ALTER EVENT TRIGGER et DISABLE": "changed event trigger et: enabled",
    "UPDATE pg_extension SET extversion = '0' WHERE extname = 'citext'": (
        "changed extension citext: version"
    ),
    "ALTER EXTENSION pg_trgm SET SCHEMA shop": "changed extension pg_trgm: schema",
    "ALTER TEXT SEARCH DICTIONARY shop.stopped (StopWords = danish)": "dictionary shop.stopped",
    "ALTER TEXT SEARCH CONFIGURATION shop.ts ALTER MAPPING FOR url WITH shop.td": "ts: mappings",
    "ALTER SERVER away OPTIONS (SET host 'elsewhere')": "changed foreign server away: options",
    "ALTER SERVER away VERSION '2'": "changed foreign server away: version",
    "ALTER FOREIGN TABLE shop.afar OPTIONS (SET file 'd')": "foreign table shop.afar: server",
    "ALTER FOREIGN TABLE shop.afar ALTER a OPTIONS (SET name 'c')": "shop.afar.a: foreign options",
    "DROP USER MAPPING FOR PUBLIC SERVER away": "removed user mapping public for away",
    "ALTER FOREIGN DATA WRAPPER afar OPTIONS (ADD a 'b')": "changed foreign data wrapper afar",
    "ALTER OPERATOR FAMILY shop.lone USING btree ADD FUNCTION 1 (int) btint4cmp(int, int)": (
        "changed operator family shop.lone.btree: functions"
    ),
    "ALTER OPERATOR shop.=== (int, int) SET (RESTRICT = eqsel)": "changed operator",
    "DROP CONVERSION shop.conversion": "removed conversion shop.conversion",
    "DROP LANGUAGE plodd": "removed language plodd",
    "DROP ACCESS METHOD pile": "removed access method pile",
    "CREATE TRANSFORM FOR int LANGUAGE plodd (FROM SQL WITH FUNCTION prsd_lextype(internal))": (
        "added transform integer for plodd"
    ),
    "CREATE CAST (shop.mood AS int) WITH INOUT AS ASSIGNMENT": "added cast shop.mood AS integer",
    "ALTER PUBLICATION parts SET TABLE shop.wide (a) WHERE (a > 3)": "publication parts: tables",
    "ALTER PUBLICATION parts SET TABLE shop.wide (a, b) WHERE (a > 4)": "publication parts: tables",
    "ALTER PUBLICATION parts SET (publish = 'insert')": "changed publication parts: update",
    "ALTER PUBLICATION whole ADD TABLES IN SCHEMA public": "changed publication whole: schemas",
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)": (
        "added subscription s"
    ),
    "ALTER DOMAIN shop.email SET DEFAULT 'y'": "changed domain shop.email: default",
    "ALTER DOMAIN shop.email ADD CHECK (VALUE > '') NOT VALID": "domain shop.email: constraints",
    "ALTER TYPE shop.pair ALTER ATTRIBUTE b TYPE varchar CASCADE": "composite type shop.pair",
    "GRANT USAGE ON TYPE shop.mood TO PUBLIC": "grant type shop.mood",
    "REVOKE USAGE ON SCHEMA shop FROM pg_monitor": "changed grant schema shop",
    "REVOKE GRANT OPTION FOR USAGE ON SEQUENCE shop.s FROM pg_monitor": "grant relation shop.s",
    "GRANT USAGE ON FOREIGN SERVER away TO PUBLIC": "changed grant foreign server away",
    "ALTER FUNCTION shop.f OWNER TO pg_monitor": "changed owner function shop.f(integer,text)",
    "ALTER PUBLICATION parts OWNER TO pg_monitor": "changed owner publication parts",
    "ALTER STATISTICS shop.st OWNER TO pg_monitor": "changed owner statistics object shop.st",
    "COMMENT ON TRIGGER always ON shop.wide IS 'never'": "changed comment trigger always",
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.items(), ids=lambda text: text[:50])
def test_every_change_is_seen(
    sink: tuple[Connection, Snapshot], change: str, expected: str
) -> None:
    connection, before = sink
    with connection.transaction(force_rollback=True):
        connection.execute(change.encode())
        found = differences(before, snapshot(connection, privileges=True))
    assert expected in "\n".join(found.lines)
    assert not differences(before, snapshot(connection, privileges=True))


def test_nothing_of_the_transaction_is_changed(sink: tuple[Connection, Snapshot]) -> None:
    connection, _ = sink
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL search_path = shop")
        connection.execute("CREATE TABLE mine ()")
        assert ("table", "shop.mine") in snapshot(connection)
        assert connection.execute("SHOW search_path").fetchone() == ("shop",)
        connection.execute("INSERT INTO mine DEFAULT VALUES")


def test_a_snapshot_is_hashable_and_survives_json(sink: tuple[Connection, Snapshot]) -> None:
    _, taken = sink
    assert len({hash(definition) for definition in taken.values()}) > 1
    listed = json.loads(json.dumps([[*key, list(value)] for key, value in taken.items()]))
    assert {(kind, name): tuple(map(tuple, value)) for kind, name, value in listed} == taken


def test_prisma_s_table_and_what_belongs_to_it_are_left_out(
    sink: tuple[Connection, Snapshot],
) -> None:
    connection, taken = sink
    assert not [identity for _, identity in taken if "_prisma" in identity]
    assert ("table", "public._prisma_migrations") in snapshot(connection, exclude=())


def test_members_of_extensions_are_left_out(sink: tuple[Connection, Snapshot]) -> None:
    _, taken = sink
    assert not [key for key in taken if "trgm" in key[1] and key[0] != "extension"]


def test_schemas_can_be_chosen(sink: tuple[Connection, Snapshot]) -> None:
    connection, taken = sink
    chosen = snapshot(connection, schemas=["shop"])
    assert ("table", "shop.orders") in chosen
    assert ("comment", "schema shop") in chosen
    assert not [identity for _, identity in chosen if identity.startswith("public.")]
    assert all(taken[key] == value for key, value in chosen.items())


def test_the_order_of_columns_can_be_ignored(database: str) -> None:
    with connect(database, application_name="test") as connection:
        connection.execute("CREATE TABLE t (a int, b text)")
        before = snapshot(connection)
        connection.execute("DROP TABLE t; CREATE TABLE t (b text, a int)")
        after = snapshot(connection)
    assert differences(before, after)
    assert not differences(before, after, ignore=(POSITION,))


def test_a_dropped_column_leaves_no_trace(database: str) -> None:
    with connect(database, application_name="test") as connection:
        connection.execute("CREATE TABLE t (a int, c text)")
        before = snapshot(connection)
        connection.execute("DROP TABLE t; CREATE TABLE t (a int, b int, c text)")
        connection.execute("ALTER TABLE t DROP b")
        assert not differences(before, snapshot(connection))


def test_names_with_dots_are_told_apart(database: str) -> None:
    with connect(database, application_name="test") as connection:
        connection.execute('CREATE SCHEMA a; CREATE SCHEMA "a.b"')
        connection.execute('CREATE TABLE a."b.c" (); CREATE TABLE "a.b".c ()')
        tables = {identity for kind, identity in snapshot(connection) if kind == "table"}
    assert tables == {'a."b.c"', '"a.b".c'}


def test_a_role_without_rights_sees_the_same(
    sink: tuple[Connection, Snapshot], server: RunningServer
) -> None:
    connection, taken = sink
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE ROLE outsider; SET LOCAL ROLE outsider")
        assert not differences(taken, snapshot(connection, privileges=True))


@pytest.mark.parametrize(
    ("hidden", "unseen"),
    [
        ("pg_event_trigger", ["event trigger"]),
        ("pg_ts_dict", ["text search dictionary"]),
        ("pg_publication", ["publication"]),
        ("pg_collation", ["collation"]),
        ("pg_policy", ["policy"]),
    ],
)
def test_what_may_not_be_read_is_left_out_and_named(
    sink: tuple[Connection, Snapshot], hidden: str, unseen: list[str]
) -> None:
    connection, taken = sink
    found: list[str] = []
    with connection.transaction(force_rollback=True):
        connection.execute(f"REVOKE SELECT ON {hidden} FROM PUBLIC".encode())
        connection.execute("CREATE ROLE outsider; SET LOCAL ROLE outsider")
        seen = snapshot(connection, privileges=True, unseen=found, links=True)
    assert found == unseen
    assert {kind for kind, _ in taken} - {kind for kind, _ in seen} == set(unseen)


def test_a_view_s_column_may_have_a_default(sink: tuple[Connection, Snapshot]) -> None:
    connection, _ = sink
    with connection.transaction(force_rollback=True):
        connection.execute("ALTER VIEW shop.checked ALTER a SET DEFAULT 1")
        linked = snapshot(connection, links=True)
    assert "a integer DEFAULT 1" in str(dict(linked["view", "shop.checked"])["columns"])


@pytest.mark.skipif(len(SERVERS) < 2, reason="needs two majors of PostgreSQL")
def test_across_majors_the_same_schema_is_the_same() -> None:
    taken = []
    for installation in SERVERS.values():
        with (
            start_server(installation, databases=("sink",)) as server,
            connect(server.url("sink"), application_name="test") as connection,
        ):
            connection.execute(KITCHEN_SINK)
            taken.append(snapshot(connection, privileges=True))
    assert not differences(taken[0], taken[1], across_majors=True).lines
    assert differences(taken[0], taken[1])


def test_what_a_draft_wants_to_know_is_no_difference(sink: tuple[Connection, Snapshot]) -> None:
    connection, taken = sink
    linked = snapshot(connection, privileges=True, links=True)
    assert linked.keys() == taken.keys()
    assert not differences(taken, linked)
    assert dict(linked["table", "public.User"])["called"] == 'public."User"'
    needs = json.loads(str(dict(linked["view", "shop.w"])["needs"]))
    assert ["column", "public.User.name"] in needs


def test_names_with_quotes_are_told_apart(database: str) -> None:
    with connect(database, application_name="test") as connection:
        connection.execute('CREATE SCHEMA s; CREATE TABLE s."a""b" ("c.""d" int)')
        found = snapshot(connection, links=True)
    assert ("table", 's."a""b"') in found
    column = dict(found["column", 's."a""b"."c.""d"'])
    assert column["called"] == '"c.""d"'
    assert column["part of"] == 's."a""b"'
