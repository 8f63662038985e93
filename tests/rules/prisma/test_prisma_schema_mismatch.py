"""schema.prisma against the migrations: what is told, and above all what is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.findings.review import Review
from bot.core.migrations.layout import Layout
from bot.judge.judge import judge
from bot.rules.prisma import prisma_schema_mismatch
from tests.layouts import change_of

SOURCE = 'datasource db {\n  provider = "postgresql"\n}\n'
MODEL = "model User {\n  id   Int    @id\n  name String\n}\n"
INIT = 'CREATE TABLE "User" ("id" INTEGER NOT NULL, "name" TEXT NOT NULL, PRIMARY KEY ("id"));\n'


def found(
    model: str, sql: str = "", *, before: str = MODEL, init: str = INIT, source: str = SOURCE
) -> Layout:
    """A branch that changes the model and adds a migration, if there is SQL for one."""
    base = {"schema.prisma": SOURCE + before, "migrations/20260101000000_init/migration.sql": init}
    head = {**base, "schema.prisma": source + model}
    if sql:
        head["migrations/20260201000000_new/migration.sql"] = sql
    return Layout(base=base, head=head)


def judged(layout: Layout, place: Path) -> Review:
    return judge(change_of(layout, place), [prisma_schema_mismatch])


def messages(layout: Layout, place: Path) -> list[str]:
    return [each.message for each in judged(layout, place).all_findings]


ADDED = MODEL.replace("}", "  age Int?\n}")


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        (found(ADDED), "schema.prisma has User.age, and no migration makes its column."),
        (
            found(MODEL + "model Post {\n  id Int @id\n}\n", "SELECT 1;"),
            "schema.prisma has the model Post, and no migration makes its table.",
        ),
        (
            found(MODEL, 'CREATE TABLE "Post" ("id" INTEGER PRIMARY KEY);'),
            "The migrations make Post, and schema.prisma has no model for it.",
        ),
        (
            found(MODEL, 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;'),
            "User has the column age, and User no field for it.",
        ),
        (
            found(MODEL, 'ALTER TABLE "User" DROP COLUMN "name";'),
            "schema.prisma has User.name, and no migration makes its column.",
        ),
        (
            found(MODEL.replace("String", "String?")),
            "In schema.prisma User.name may be empty; its column may not be.",
        ),
        (
            found(MODEL, 'ALTER TABLE "User" ALTER COLUMN "name" DROP NOT NULL;'),
            "In schema.prisma User.name is always there; its column may be empty.",
        ),
        (
            found(MODEL.replace("String", "String @db.VarChar(40)")),
            "This changes the model User, and no migration changes its table.",
        ),
        (
            found(MODEL.replace("}", "  @@index([name])\n}")),
            "This changes the model User, and no migration changes its table.",
        ),
        (
            found(MODEL, source=SOURCE.replace("postgresql", "mysql")),
            "schema.prisma is for mysql, and the migrations are for PostgreSQL.",
        ),
    ],
)
def test_a_difference_that_the_branch_brings_is_told(
    layout: Layout, message: str, tmp_path: Path
) -> None:
    assert messages(layout, tmp_path) == [message]


@pytest.mark.parametrize(
    "layout",
    [
        found(ADDED, 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;'),
        found(MODEL.replace("name String", 'title String @map("name")')),
        found(MODEL.replace("@id", "@id @default(cuid())")),
        found(MODEL.replace("String", 'String @default(uuid(7)) // "why"')),
        found(MODEL.replace("name", "  name").replace("model", "/// A user.\nmodel")),
        found(MODEL, 'CREATE TABLE "_UserToTag" ("A" INTEGER, "B" INTEGER);'),
        found(MODEL, "CREATE TEMP TABLE t (id INTEGER);"),
        found(MODEL, "CREATE TABLE audit.log (id INTEGER PRIMARY KEY);"),
        found(ADDED, "DO $$ BEGIN EXECUTE 'ALTER TABLE \"User\" ADD COLUMN age INT'; END $$;"),
        found(f"{ADDED}\nthis is not Prisma's"),
        found(ADDED, before=f"{MODEL}\nthis is not Prisma's"),
        found(MODEL + "view Old {\n  id Int @unique\n}\n"),
    ],
)
def test_what_is_no_difference_or_cannot_be_told_is_quiet(layout: Layout, tmp_path: Path) -> None:
    assert messages(layout, tmp_path) == []


def test_a_file_that_cannot_be_read_leaves_the_rest_untold(tmp_path: Path) -> None:
    findings = judged(found(ADDED, "SELEC 1;"), tmp_path).all_findings
    assert [each.rule for each in findings] == ["syntax-error"]


def test_what_the_base_disagrees_about_already_is_not_told_again(tmp_path: Path) -> None:
    layout = found(ADDED, 'ALTER TABLE "User" ADD COLUMN "more" INTEGER;', before=ADDED)
    assert messages(layout, tmp_path) == ["User has the column more, and User no field for it."]


def test_a_partition_needs_no_model(tmp_path: Path) -> None:
    model = "model Event {\n  id Int\n  @@id([id])\n}\n"
    init = 'CREATE TABLE "Event" ("id" INTEGER NOT NULL PRIMARY KEY) PARTITION BY RANGE ("id");'
    sql = 'CREATE TABLE "Event_1" PARTITION OF "Event" FOR VALUES FROM (1) TO (9);'
    assert messages(found(model, sql, before=model, init=init), tmp_path) == []


def test_enums_are_compared_by_their_values(tmp_path: Path) -> None:
    init = "CREATE TYPE \"Role\" AS ENUM ('A', 'B');\n" + INIT.replace("TEXT", '"Role"')
    model = MODEL.replace("String", "Role")
    before = f"{model}enum Role {{\n  A\n  B\n}}\n"
    after = f"{model}enum Role {{\n  A\n  C\n}}\n"
    assert messages(found(after, before=before, init=init), tmp_path) == [
        "schema.prisma has Role.C, and no migration adds the value.",
        "The type Role has the value B, and Role has not.",
    ]


def test_tables_that_prisma_is_told_to_leave_alone_need_no_model(tmp_path: Path) -> None:
    layout = found(MODEL, 'CREATE TABLE "Post" ("id" INTEGER PRIMARY KEY);')
    config = 'export default { tables: { external: ["public.Post"] } }'
    told = Layout(base=layout.base, head={**layout.head, "../prisma.config.ts": config})
    assert messages(told, tmp_path) == []


def test_the_place_is_the_models_and_the_table_is_known(tmp_path: Path) -> None:
    (finding,) = judged(found(ADDED), tmp_path).findings
    assert (finding.path, finding.line, finding.relation) == (
        "prisma/schema.prisma",
        4,
        "public.User",
    )


def test_without_a_base_all_differences_are_told_unless_there_is_a_baseline(tmp_path: Path) -> None:
    change = change_of(found(ADDED, "SELECT 1;"), tmp_path)
    whole = replace(change, base=None)
    assert len(judge(whole, [prisma_schema_mismatch]).all_findings) == 1
    later = whole.after("20260101000000_init")
    assert judge(later, [prisma_schema_mismatch]).all_findings == ()
