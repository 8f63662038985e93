from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.migrations.project import Project
from bot.core.rehearsals.rehearsal_order import ModelOrder
from bot.errors import UsageError
from bot.flows.reviewing.model import model_order

SCHEMA = """\
datasource db {
  provider = "postgresql"
  schemas  = ["one", "empty"]
}
model A {
  id     Int @id
  search Unsupported("tsvector")? @default( dbgenerated( ) ) @map("found")
  other  String @default(dbgenerated("f()"))
  @@schema("one")
}
"""
PROJECT = Project({"schema.prisma": SCHEMA})


@dataclass
class FakePrisma:
    sql: str = ""
    refused: str = ""
    version: str = "7.1.0"

    def sql_of(self, schemas: Mapping[str, str]) -> str:
        assert schemas
        if self.refused:
            raise UsageError(self.refused, hint="Mend it.")
        return self.sql


def test_there_is_nothing_to_ask_without_a_schema_or_without_prisma() -> None:
    assert model_order(None, FakePrisma()) is None
    assert model_order(PROJECT, None) is None


def test_statements_schemas_and_open_defaults_are_known() -> None:
    sql = (
        '-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "one";\n\n-- CreateTable\nCREATE TABLE x ();'
    )
    assert model_order(PROJECT, FakePrisma(sql)) == ModelOrder(
        "7.1.0",
        statements=('CREATE SCHEMA IF NOT EXISTS "one"', "CREATE TABLE x ()"),
        schemas=("one", "empty"),
        open_defaults=("one.A.found",),
    )


def test_schemas_come_from_the_sql_where_the_schema_is_beyond_us() -> None:
    project = Project({"schema.prisma": "model {"})
    order = model_order(project, FakePrisma('CREATE SCHEMA "a";CREATE SCHEMA "b";'))
    assert order is not None
    assert order.schemas == ("a", "b")


def test_an_empty_model_is_about_public() -> None:
    order = model_order(Project({"a": "model {"}), FakePrisma("-- This is an empty migration."))
    assert order == ModelOrder("7.1.0")


def test_what_the_configuration_leaves_to_others_is_outside() -> None:
    config = """export default defineConfig({
      tables: { external: ["public.users", 'auth.sessions'] },
      enums: {
        external: ["public.role"],
      },
    });"""
    order = model_order(Project({"a": SCHEMA}, config=config), FakePrisma("CREATE TABLE x ();"))
    assert order is not None
    assert order.outside == ("public.users", "auth.sessions", "public.role")


def test_a_refusal_is_a_problem() -> None:
    assert model_order(PROJECT, FakePrisma(refused="No.")) == ModelOrder("7.1.0", problem="No.")


def test_sql_that_cannot_be_read_is_a_problem() -> None:
    order = model_order(PROJECT, FakePrisma("CREATE TABEL x ();"))
    assert order is not None
    assert "cannot be read" in order.problem
