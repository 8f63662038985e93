"""Reading a Prisma schema: what is in it, and when it is better not to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.datamodel import Datamodel, Field, PrismaEnum, read_datamodel

SOURCE = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'
PATH = "prisma/schema.prisma"


def read(text: str) -> Datamodel:
    made = read_datamodel({PATH: SOURCE + text})
    assert made is not None
    return made


def columns(text: str) -> list[str]:
    made = read(text)
    return [each.column for each in made.columns_of(made.models[0])]


def test_a_model_has_its_table_its_columns_and_its_place() -> None:
    (model,) = read("/// Who.\nmodel User {\n  id   Int     @id\n  name String?\n}\n").models

    assert (model.name, model.table, model.path, model.line) == ("User", "public.User", PATH, 6)
    assert model.fields == (
        Field("id", "Int", attributes="@id"),
        Field("name", "String", optional=True),
    )


def test_names_of_the_database_are_those_that_are_mapped() -> None:
    text = (
        'model User {\n  id Int @id @map("user_id")\n  mail String @map( name : "e mail" )\n'
        '  @@map("users")\n  @@schema("auth")\n}\n'
        'enum Role {\n  ADMIN @map("admin")\n  USER\n  @@map("role")\n}\n'
    )
    made = read(text)

    assert made.models[0].table == "auth.users"
    assert columns(text) == ["user_id", "e mail"]
    assert made.enums == (PrismaEnum("Role", PATH, 11, "public.role", ("admin", "USER")),)


def test_relations_are_no_columns_and_lists_enums_and_unsupported_types_are() -> None:
    text = """
model User {
  id    Int @id
  tags  String[]
  role  Role @default(USER)
  area  Unsupported("circle")?
  posts Post[]
  team  Team? @relation(fields: [teamId], references: [id])
  teamId Int?
}
model Post { \n id Int @id\n}
model Team {\n id Int @id\n}
enum Role {\n USER\n}
"""
    assert columns(text) == ["id", "tags", "role", "area", "teamId"]


def test_layout_comments_and_texts_with_signs_in_them_do_not_matter() -> None:
    text = (
        "// model Gone {\n/* model Gone {\n} */\n"
        "model User { // here\n  id Int @id @default(dbgenerated(\"f('//') } ]\"))\n"
        "\n  @@index([\n    id, // the key\n    id\n  ])\n}\n"
    )
    (model,) = read(text).models

    assert model.attributes == ("@@index([id,id])",)
    assert model.fields[0].attributes == "@id@default(dbgenerated(\"f('//') } ]\"))"


def test_generators_and_composite_types_are_passed_over() -> None:
    text = 'generator client {\n  provider = "a"\n  output = "../b"\n}\ntype Pair {\n  a Int\n}\n'
    assert read(text).models == ()


def test_the_source_is_known_with_its_lines() -> None:
    source = read("").source
    assert source is not None
    assert source.text("provider") == "postgresql"
    assert source.text("url") is None
    assert source.lines["url"] == 3


def test_several_files_are_one_schema() -> None:
    made = read_datamodel({"a.prisma": SOURCE, "b.prisma": "model User {\n  id Int @id\n}\n"})
    assert made is not None
    assert made.models[0].path == "b.prisma"


@pytest.mark.parametrize(
    "schemas",
    [
        {},
        {"a": "model User {\n  id Int @id\n}\n"},
        {"a": SOURCE, "b": SOURCE},
        {"a": SOURCE + "model User {\n  id Int @id\n}\nmodel User {\n  id Int @id\n}\n"},
        {"a": SOURCE + "model User {\n  id Int @id\n"},
        {"a": SOURCE + "model User {\n  id\n}\n"},
        {"a": SOURCE + "model User {\n  id Int is the key\n}\n"},
        {"a": SOURCE + "table User {\n}\n"},
        {"a": SOURCE + "CREATE TABLE a ();\n"},
        {"a": SOURCE + "enum Role {\n  A B\n}\n"},
        {"a": "datasource db {\n  provider\n}\n"},
    ],
)
def test_what_cannot_be_read_whole_is_not_read(schemas: dict[str, str]) -> None:
    assert read_datamodel(schemas) is None


@given(st.text(alphabet='modelenu {}[]()@"\\/\n*ab?', max_size=120))
def test_any_text_is_read_or_not(text: str) -> None:
    made = read_datamodel({"a": SOURCE + text})
    assert made is None or isinstance(made, Datamodel)
