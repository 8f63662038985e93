"""Statements as people really write them, alone and in any company.

Rewritten, they must lead to the same schema and rows; the rest must stay byte by byte.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.findings.finding import Severity
from bot.core.findings.fixed import Fixing
from bot.core.findings.review import Review
from bot.core.migrations.history import Change
from bot.core.schemas.schema import differences
from bot.fixing.chunks import chunks_of
from bot.fixing.fix import fix
from bot.judge.judge import judge
from bot.rules import RULES
from bot.sql.parse import parse
from tests.conftest import RunningServer
from tests.fixing import servers
from tests.judging import change

BEFORE = """
CREATE TYPE "Mood" AS ENUM ('SAD', 'GLAD');
CREATE SCHEMA app;
CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT, "age" INT, "name" TEXT, "mood" "Mood",
    CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Post" ("id" TEXT NOT NULL PRIMARY KEY, "userId" TEXT, "title" TEXT, "rank" INT,
    "Ünïcode" TEXT);
CREATE TABLE "Pair" ("a" INT, "b" INT NOT NULL, "c" INT);
CREATE TABLE app.thing (id INT, owner TEXT, size INT);
CREATE INDEX "User_name_idx" ON "User"("name");
CREATE INDEX "User_age_name_idx" ON "User"("age", "name");
CREATE TABLE "Log" ("at" DATE NOT NULL, "kind" INT) PARTITION BY RANGE ("at");
CREATE TABLE "Log_2024" PARTITION OF "Log" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE "Log_2025" PARTITION OF "Log" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE "Old" ("at" DATE NOT NULL, "kind" INT);
CREATE TABLE "Region" ("code" TEXT NOT NULL) PARTITION BY LIST ("code");
CREATE TABLE "North" ("code" TEXT NOT NULL);
"""
ROWS = """
INSERT INTO "User" VALUES ('1', 'a@x', 30, 'Ada', 'GLAD'), ('2', 'b@x', 40, 'Bob', 'SAD');
INSERT INTO "Post" VALUES ('1', '1', 'One', 1, 'ä'), ('2', '2', 'Two', 2, 'ö');
INSERT INTO "Pair" VALUES (1, 1, 1), (2, 2, 2);
INSERT INTO app.thing VALUES (1, '1', 5), (2, '2', 6);
INSERT INTO "Log" VALUES ('2024-05-05', 1), ('2025-05-05', 2);
INSERT INTO "Old" VALUES ('2023-05-05', 1);
INSERT INTO "North" VALUES ('N');
"""
# Each stands alone, and all of them together in any order.
SHAPES = [
    'CREATE INDEX "Post_userId_idx" ON "Post" ("userId")',
    'create unique index if not exists "User_email_key" on public."User" using btree (email)',
    'CREATE INDEX ON "Post" ("rank")',
    'CREATE INDEX "Post_lower_idx" ON "Post" (lower("title")) WHERE "rank" > 0',
    'CREATE INDEX "Post_Ünïcode_idx" ON "Post" ("Ünïcode")',
    'DROP INDEX "User_name_idx"',
    'DROP INDEX IF EXISTS public."User_age_name_idx", "missing_idx"',
    'ALTER TABLE "Post" ADD CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") '
    'REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE',
    'ALTER TABLE app.thing ADD FOREIGN KEY (owner) REFERENCES "User" ("id") DEFERRABLE',
    "alter table app.thing add check (size > 0), add constraint small check (size < 100)",
    'ALTER TABLE ONLY "Pair" ADD CONSTRAINT "Pair_c_check" CHECK ("c" > 0), ALTER "c" SET NOT NULL',
    'ALTER TABLE "Pair" ADD PRIMARY KEY ("a", "b")',
    "ALTER TABLE app.thing ADD CONSTRAINT thing_key UNIQUE (id, owner) INCLUDE (size) DEFERRABLE",
    'ALTER TABLE "User" ADD UNIQUE NULLS NOT DISTINCT ("age")',
    'ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL, -- they all have one\n'
    '  ALTER COLUMN "email" SET NOT NULL /* and this */',
    'ALTER TABLE "User" ADD COLUMN "token" UUID NOT NULL DEFAULT gen_random_uuid() -- volatile\n',
    'ALTER TABLE "Post" ADD "Größe" TEXT DEFAULT \'ä,b\' COLLATE "C" NOT NULL CONSTRAINT g '
    "CHECK (\"Größe\" <> '('), ADD COLUMN plain INT",
    'ALTER TABLE "Post" ADD COLUMN "boss" TEXT REFERENCES "User" DEFERRABLE INITIALLY DEFERRED '
    "UNIQUE, ADD COLUMN counted INT NOT NULL DEFAULT 0",
    "ALTER TABLE app.thing ADD number BIGSERIAL",
    "ALTER TYPE \"Mood\" ADD VALUE 'CALM' AFTER 'SAD';\n"
    'ALTER TABLE "User" ALTER COLUMN "mood" SET DEFAULT \'CALM\'',
    'CREATE INDEX "Log_kind_idx" ON "Log" ("kind" DESC)',
    'ALTER TABLE "Log" ATTACH PARTITION "Old" FOR VALUES FROM (MINVALUE) TO (\'2024-01-01\')',
    "ALTER TABLE \"Region\" ATTACH PARTITION \"North\" FOR VALUES IN ('N', 'NN')",
    'CREATE TABLE "Log_2026" PARTITION OF "Log" '
    "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    'CREATE TABLE "Fresh" ("id" TEXT PRIMARY KEY, "userId" TEXT REFERENCES "User"("id"))',
    'COMMENT ON TABLE "Post" IS \'it says; "this"\'',
    'ALTER TABLE "Pair" ADD COLUMN "note" TEXT;\nUPDATE "Pair" SET "note" = "a"::text',
]
HIDDEN = ("token",)


def judging(made: Change) -> Review:
    return judge(made, RULES, severities={"table-no-primary-key": None})


def fixed(*statements: str) -> Fixing:
    return fix(change(written(*statements), before=[BEFORE]), judging)


def written(*statements: str) -> str:
    return "".join(f"-- {n}\n{each};\n\n" for n, each in enumerate(statements))


def built(server: RunningServer, made: Change) -> tuple[Any, servers.Rows]:
    with servers.fresh(server) as connection:
        servers.run(connection, judging(change(BEFORE)).migrations)
        connection.execute(ROWS.encode())
        servers.run(connection, judging(made).migrations)
        return servers.schema(connection), servers.rows(connection, hide=HIDDEN)


def same(server: RunningServer, statements: Sequence[str]) -> None:
    original = change(written(*statements), before=[BEFORE])
    one, other = built(server, original), built(server, fix(original, judging).change)
    assert differences(one[0], other[0]).lines == ()
    assert one[1] == other[1]


@pytest.mark.slow
@pytest.mark.parametrize("statement", SHAPES)
def test_a_shape_leads_to_the_same_schema(statement: str, embedded: RunningServer) -> None:
    same(embedded, [statement])


@pytest.mark.parametrize("statement", SHAPES)
def test_no_error_is_left_of_a_shape(statement: str) -> None:
    left = [each for one in fixed(statement).migrations for each in one.left]
    assert [
        (each.finding.rule, each.reason)
        for each in left
        if each.finding.severity is Severity.ERROR and each.finding.rewrite
    ] == []


companies = st.lists(st.sampled_from(SHAPES), min_size=2, max_size=6, unique=True)


@given(companies)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shapes_in_company_lead_to_the_same_schema(
    embedded: RunningServer, statements: list[str]
) -> None:
    same(embedded, statements)


@given(companies)
@settings(max_examples=15)
def test_what_is_not_rewritten_stays_byte_by_byte(statements: list[str]) -> None:
    """Every statement either stands in one of the folders with its comment, or was replaced."""
    original = written(*statements)
    made = fix(change(original, before=[BEFORE]), judging)
    texts = [each.sql for one in made.migrations for each in one.after]
    quiet = {
        judged.statement.index
        for one in judging(change(original, before=[BEFORE])).migrations
        for judged in one.statements
    } - {
        each.statement
        for one in judging(change(original, before=[BEFORE])).migrations
        for each in one.findings
    }
    for chunk in chunks_of(original, parse(original)):
        if chunk.statement.index in quiet:
            assert sum(chunk.text.strip() in text for text in texts) == 1
        comments = chunk.above.strip()
        if comments:
            assert any(comments in text for text in texts)


@given(companies)
@settings(max_examples=15)
def test_fixing_is_done_in_one_go(statements: list[str]) -> None:
    once = fix(change(written(*statements), before=[BEFORE]), judging).change
    again = fix(once, judging)
    assert [each.before.name for each in again.changed] == []
