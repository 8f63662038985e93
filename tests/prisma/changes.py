"""Twenty and more changes of a schema, one after the other, as an application lives through them.

Each is what becomes of the schema's text: pieces of it, and what stands there afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MODELS = """
model User {
  id    Int     @id @default(autoincrement())
  email String
  name  String?
}
"""

POST = """
model Post {
  id       Int    @id @default(autoincrement())
  title    String
  views    Int    @default(0)
  authorId Int
  author   User   @relation(fields: [authorId], references: [id])
}
"""
ROLE = "\nenum Role {\n  ADMIN\n  MEMBER\n}\n"
TAG = """
model Tag {
  id    String @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  label String @db.VarChar(40)
  posts Post[]
}
"""
INVOICE = """
model Invoice {
  year   Int
  number Int
  total  Decimal @default(0) @db.Decimal(10, 2)
  data   Json    @default("{}")

  @@id([year, number])
  @@index([data(ops: JsonbPathOps)], type: Gin)
}
"""
END = "\n// The end.\n"


@dataclass(frozen=True)
class SchemaChange:
    """`swaps` are texts that stand in the schema, and what takes their place."""

    name: str
    swaps: tuple[tuple[str, str], ...]


def _change(name: str, *swaps: tuple[str, str]) -> SchemaChange:
    return SchemaChange(name, swaps)


def _field(model: str, line: str) -> tuple[str, str]:
    return f"model {model} {{\n", f"model {model} {{\n  {line}\n"


CHANGES = (
    _change("first"),
    _change("optional column", _field("User", "nick String?")),
    _change("required column with a default", _field("User", "active Boolean @default(true)")),
    _change("required column without a default", _field("User", "country String")),
    _change("unique", ("email String\n", "email String @unique\n")),
    _change("index", _field("User", "@@index([name, country(sort: Desc)])")),
    _change(
        "enum and a column of it", (END, ROLE + END), _field("User", "role Role @default(MEMBER)")
    ),
    _change("value of an enum", ("  MEMBER\n}", "  MEMBER\n  GUEST\n}")),
    _change("model with a relation", (END, POST + END), _field("User", "posts Post[]")),
    _change("column dropped", ("  nick String?\n", "")),
    _change("wider type", ("views    Int ", "views    BigInt ")),
    _change("narrower text", ("title    String\n", "title    String @db.VarChar(200)\n")),
    _change("type without a cast", ("country String\n", "country Int\n")),
    _change(
        "optional, required", ("name  String?", "name  String"), ("country Int\n", "country Int?\n")
    ),
    _change("default", ("@default(true)", "@default(false)")),
    _change("value of an enum removed", ("  GUEST\n", "")),
    _change("many to many", (END, TAG + END), _field("Post", "tags Tag[]")),
    _change(
        "what a foreign key does", ("references: [id])", "references: [id], onDelete: Cascade)")
    ),
    _change("composite key, decimal, JSON", (END, INVOICE + END)),
    _change("primary key", ("@@id([year, number])", "@@id([number, year])")),
    _change("name of an index", ("email String @unique\n", 'email String @unique(map: "mail")\n')),
    _change("list of texts", _field("Invoice", "lines String[] @default([])")),
    _change("field renamed", ("  active Boolean", "  enabled Boolean")),
    _change("model renamed", ("model Invoice {", "model Bill {")),
    _change("model dropped", (TAG, ""), ("  tags Tag[]\n", "")),
)


def schemas(source: str) -> Iterator[tuple[str, str]]:
    """The name of each change, and the whole schema after it."""
    text = source + MODELS + END
    for change in CHANGES:
        for old, new in change.swaps:
            assert old in text, f"{change.name}: {old}"
            text = text.replace(old, new, 1)
        yield change.name, text
