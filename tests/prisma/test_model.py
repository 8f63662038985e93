"""What we say of schema.prisma and a migrated database, beside what Prisma itself says of them."""

import os
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.model import agreement_of
from bot.adapters.prisma.cli import PrismaCli, find_prisma
from bot.core.migrations.project import Project
from bot.core.rehearsals.rehearsal import SchemaAgreement
from bot.core.rehearsals.rehearsal_order import Limits, ModelOrder
from bot.flows.reviewing.model import model_order
from tests.conftest import SERVERS
from tests.prisma import oracle

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

PLATFORM = Path(__file__).parents[2] / "prisma"
SOURCE = 'datasource db {\n  provider = "postgresql"\n}\n'
one_server = pytest.mark.parametrize("server", [*SERVERS][:1], indirect=True, scope="session")

MODEL = (
    SOURCE
    + """
enum Role {
  admin
  member
}

model User {
  id    Int      @id @default(autoincrement())
  email String   @unique
  name  String?
  role  Role     @default(member)
  tags  String[] @default([])
  born  DateTime @default(now())
  worth Decimal  @default(0) @db.Decimal(10, 2)
  posts Post[]

  @@index([name])
}

model Post {
  id      String @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  title   String @default("it's") @db.VarChar(200)
  owner   Int
  data    Json   @default("{}")
  user    User   @relation(fields: [owner], references: [id], onDelete: Cascade)

  @@index([owner, title(sort: Desc)])
  @@index([data(ops: JsonbPathOps)], type: Gin)
}
"""
)


@pytest.fixture(scope="session")
def judge() -> oracle.Prisma:
    return oracle.find_prisma()


@pytest.fixture(scope="session")
def prisma(judge: oracle.Prisma) -> PrismaCli:
    return cli_of(judge)


def cli_of(judge: oracle.Prisma) -> PrismaCli:
    found = find_prisma(
        {
            "MIGRATION_BOT_PRISMA": str(judge.home / "node_modules" / ".bin" / "prisma"),
            "PRISMA_SCHEMA_ENGINE_BINARY": str(judge.home / "schema-engine"),
            "PATH": os.environ["PATH"],
        },
        None,
    )
    assert found is not None
    return found


def order_of(prisma: PrismaCli, text: str) -> ModelOrder:
    order = model_order(Project({"prisma/schema.prisma": text}), prisma)
    assert order is not None
    return order


def agreement(url: str, order: ModelOrder) -> SchemaAgreement:
    """What is said of the database; whatever that takes, the database is afterwards as before."""

    def no_server(pid: int = 0) -> None:
        raise AssertionError(pid)

    guard = Guard(Limits(), terminate=no_server, disk_used=lambda: 0, kill=no_server)
    with connect(url, application_name="test") as connection:
        before = snapshot(connection, privileges=True)
        found = agreement_of(lambda: connect(url, application_name="test"), guard, order, before)
        assert snapshot(connection, privileges=True) == before
    return found


def run(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode())


@pytest.fixture(scope="session")
def made(prisma: PrismaCli) -> ModelOrder:
    return order_of(prisma, MODEL)


@pytest.fixture
def migrated(database: str, made: ModelOrder) -> str:
    """A database that is what MODEL says."""
    run(database, ";".join(made.statements))
    return database


def prisma_agrees(judge: oracle.Prisma, url: str, folder: Path, text: str) -> bool:
    folder.mkdir(exist_ok=True)
    (folder / "schema.prisma").write_text(text)
    answer = judge.diff(url, folder)
    assert answer.code in (0, 2), answer.text
    return answer.code == 0


DIFFERENT = (
    ('CREATE TABLE "Extra" (id int PRIMARY KEY)', "The table public.Extra is made by the migr"),
    ('DROP TABLE "Post"', "The table public.Post is in schema.prisma, and no migration makes it."),
    ('ALTER TABLE "User" ADD COLUMN nick text', "The column public.User.nick is made by"),
    ('ALTER TABLE "User" DROP COLUMN worth', "The column public.User.worth is in schema.prisma"),
    ('ALTER TABLE "User" ALTER COLUMN name TYPE varchar(10)', "is text in schema.prisma, and ch"),
    ('ALTER TABLE "User" ALTER COLUMN name SET NOT NULL', "is optional in schema.prisma, and NOT"),
    ('ALTER TABLE "User" ALTER COLUMN email DROP NOT NULL', "is required in schema.prisma, and"),
    ("ALTER TABLE \"Post\" ALTER COLUMN title SET DEFAULT 'other'", "has the default"),
    ('ALTER TABLE "User" ALTER COLUMN role DROP DEFAULT', "no default by the migrations"),
    ('ALTER TABLE "User" ALTER COLUMN worth SET DEFAULT 1', "User.worth has the default 0"),
    ('DROP INDEX "User_name_idx"', "The index User_name_idx of public.User on (name)"),
    ('CREATE INDEX extra ON "User" (born)', "The index extra of public.User on (born)"),
    ('ALTER INDEX "User_name_idx" RENAME TO other', "is named User_name_idx in schema.prisma"),
    (
        'DROP INDEX "User_email_key"; CREATE INDEX "User_email_key" ON "User" (email)',
        "is on unique (email) in schema.prisma, and on (email) by the migrations",
    ),
    (
        'DROP INDEX "User_name_idx"; CREATE INDEX "User_name_idx" ON "User" (name) INCLUDE (born)',
        "and on (name, born) by the migrations",
    ),
    (
        'DROP INDEX "User_name_idx"; CREATE INDEX "User_name_idx" ON "User" (name DESC)',
        "and on (name DESC) by the migrations",
    ),
    ('ALTER TABLE "Post" DROP CONSTRAINT "Post_owner_fkey"', "The foreign key Post_owner_fkey"),
    (
        'ALTER TABLE "Post" DROP CONSTRAINT "Post_owner_fkey", ADD CONSTRAINT "Post_owner_fkey"'
        ' FOREIGN KEY (owner) REFERENCES "User"(id) ON UPDATE CASCADE ON DELETE SET NULL',
        "ON DELETE CASCADE in schema.prisma",
    ),
    ('ALTER TABLE "User" RENAME CONSTRAINT "User_pkey" TO other_pkey', "The primary key of"),
    (
        'ALTER TABLE "Post" DROP CONSTRAINT "Post_pkey", ADD CONSTRAINT "Post_pkey"'
        " PRIMARY KEY (id, owner)",
        "The primary key Post_pkey",
    ),
    ("ALTER TYPE \"Role\" ADD VALUE 'guest'", "has the value 'guest' by the migrations"),
    ("CREATE TYPE extra AS ENUM ('a')", "The enum public.extra is made by the migrations"),
    (
        'DROP TABLE "Post"; CREATE VIEW "Post" AS SELECT 1 AS id',
        "The table public.Post is in schema.prisma, and no migration makes it.",
    ),
)

SAME = (
    "SELECT 1",
    'ALTER TABLE "User" ADD CHECK (worth >= 0)',
    'CREATE EXTENSION IF NOT EXISTS btree_gist; ALTER TABLE "User" ADD CONSTRAINT ex'
    " EXCLUDE USING gist (email WITH =, name WITH <>)",
    'CREATE INDEX part ON "User" (name) WHERE worth > 0',
    'CREATE INDEX expr ON "User" (lower(name))',
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
    ' CREATE TRIGGER t BEFORE INSERT ON "User" FOR EACH ROW EXECUTE FUNCTION f()',
    'ALTER TABLE "User" ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON "User" USING (true)',
    'COMMENT ON TABLE "User" IS \'people\'; GRANT SELECT ON "User" TO PUBLIC',
    "CREATE SCHEMA other; CREATE TABLE other.t (id int)",
    "CREATE TABLE _prisma_migrations (id text PRIMARY KEY)",
    'ALTER TABLE "User" ALTER COLUMN born SET DEFAULT now()',
    'ALTER TABLE "User" ALTER COLUMN worth SET DEFAULT 0.00',
    "ALTER TABLE \"User\" ALTER COLUMN tags SET DEFAULT '{}'",
    'ALTER TABLE "User" ALTER COLUMN tags SET NOT NULL',
    'ALTER TABLE "User" ALTER COLUMN id DROP DEFAULT;'
    ' ALTER TABLE "User" ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY',
    'DROP INDEX "User_email_key"; ALTER TABLE "User" ADD CONSTRAINT "User_email_key"'
    " UNIQUE (email)",
    'ALTER TABLE "Post" ALTER CONSTRAINT "Post_owner_fkey" DEFERRABLE INITIALLY DEFERRED',
    "CREATE DOMAIN d AS text; CREATE SEQUENCE s; CREATE TYPE c AS (a int)",
    'ALTER TABLE "User" DROP COLUMN born; ALTER TABLE "User" ADD COLUMN born timestamp(3)'
    " NOT NULL DEFAULT CURRENT_TIMESTAMP",
    # The last: no column of a view's can be dropped.
    'CREATE VIEW v AS SELECT * FROM "User"; CREATE MATERIALIZED VIEW mv AS SELECT 1 AS x',
)


@one_server
@pytest.mark.parametrize(("sql", "said"), DIFFERENT)
def test_a_difference_is_named_and_prisma_sees_one_as_well(
    sql: str, said: str, migrated: str, made: ModelOrder, judge: oracle.Prisma, tmp_path: Path
) -> None:
    run(migrated, sql)
    found = agreement(migrated, made)
    assert not found.problem
    assert said in "\n".join(found.differences)
    assert len(found.differences) == 1
    assert not prisma_agrees(judge, migrated, tmp_path / "project", MODEL)


@one_server
@pytest.mark.parametrize("sql", SAME)
def test_what_prisma_does_not_see_is_no_difference(
    sql: str, migrated: str, made: ModelOrder
) -> None:
    run(migrated, sql)
    assert agreement(migrated, made) == SchemaAgreement("7.10.1")


@one_server
def test_prisma_sees_none_of_these_either(
    migrated: str, judge: oracle.Prisma, tmp_path: Path
) -> None:
    """All of them in one database: Prisma takes seconds to be asked."""
    for sql in SAME:
        run(migrated, sql)
    assert prisma_agrees(judge, migrated, tmp_path / "project", MODEL)


@one_server
def test_the_platforms_own_schema_agrees(
    database: str, prisma: PrismaCli, judge: oracle.Prisma, tmp_path: Path
) -> None:
    for script in sorted(PLATFORM.glob("migrations/*/migration.sql")):
        run(database, script.read_text())
    text = (PLATFORM / "schema.prisma").read_text()
    assert agreement(database, order_of(prisma, text)) == SchemaAgreement("7.10.1")
    assert prisma_agrees(judge, database, tmp_path / "project", text)


GENERATED = """
model Note {
  id     Int @id @default(autoincrement())
  body   String
  search Unsupported("tsvector")? @default(dbgenerated("to_tsvector('english'::regconfig, body)"))
  loose  String @default(dbgenerated())
  kind   Unsupported("mood")?
  code   String @default(dbgenerated("public.code()"))
}
"""


@one_server
def test_what_prisma_only_mentions_is_found_in_the_migrated_database(
    database: str, prisma: PrismaCli
) -> None:
    run(
        database,
        """CREATE DOMAIN mood AS text;
        CREATE FUNCTION code() RETURNS text LANGUAGE sql AS 'SELECT 1::text';
        CREATE TABLE "Note" (id serial, body text NOT NULL, search tsvector
            GENERATED ALWAYS AS (to_tsvector('english'::regconfig, body)) STORED,
            loose text NOT NULL DEFAULT code() || 'x', kind mood,
            code text NOT NULL DEFAULT code(), CONSTRAINT "Note_pkey" PRIMARY KEY (id))""",
    )
    assert agreement(database, order_of(prisma, SOURCE + GENERATED)) == SchemaAgreement("7.10.1")


SEVERAL = """
datasource db {
  provider = "postgresql"
  schemas  = ["one", "two"]
}
model A {
  id Int @id
  @@schema("one")
}
model A2 {
  id Int @id
  @@map("A")
  @@schema("two")
  @@ignore
}
"""


@one_server
def test_schemas_that_prisma_does_not_look_after_do_not_count(
    database: str, prisma: PrismaCli
) -> None:
    order = order_of(prisma, SEVERAL)
    run(database, ";".join(order.statements) + "; CREATE TABLE public.other (id int)")
    assert agreement(database, order) == SchemaAgreement("7.10.1")
    run(database, 'ALTER TABLE two."A" ADD x int')
    assert agreement(database, order).differences == (
        "The column two.A.x is made by the migrations, and is not in schema.prisma.",
    )


@pytest.mark.soak
def test_no_generator_is_run_and_no_variable_is_read(prisma: PrismaCli, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    script = tmp_path / "generator"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    generators = "".join(
        f'generator {name} {{\n  provider = "{command}"\n  output = "{tmp_path}/made"\n}}\n'
        for name, command in {
            "one": script,
            "two": f"touch {marker}",
            "three": "prisma-client",
            "four": "env:PATH",
        }.items()
    )
    before = sorted(tmp_path.iterdir())
    order = order_of(prisma, generators + MODEL)
    assert not order.problem
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model {", "does not start with any known Prisma schema keyword"),
        (SOURCE.replace("\n}", '\n  url = env("GITHUB_TOKEN")\n}'), "no longer supported"),
        ("", "made no SQL"),
        (SOURCE + "model A {\n  id Int @id\n" * 3, "made no SQL"),
        (SOURCE + "// " + "x" * 5_000_000, "too large"),
    ],
)
def test_a_schema_that_prisma_refuses_is_a_problem(text: str, said: str, prisma: PrismaCli) -> None:
    assert said in order_of(prisma, text).problem


@one_server
@pytest.mark.parametrize(
    "default",
    [
        "1); COMMIT; DROP TABLE kept; --",
        "1); CREATE TABLE stays (); COMMIT; --",
        "pg_read_file('/etc/passwd')",
        "(SELECT 1)",
    ],
)
def test_sql_inside_a_schema_does_nothing(default: str, database: str, prisma: PrismaCli) -> None:
    run(database, "CREATE TABLE kept (id int PRIMARY KEY)")
    text = f'{SOURCE}model A {{\n  id Int @id @default(dbgenerated("{default}"))\n}}\n'
    found = agreement(database, order_of(prisma, text))
    assert found.problem or "The table public.A is in" in found.differences[0]
