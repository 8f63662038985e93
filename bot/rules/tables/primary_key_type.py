"""A primary key should outlast the table's growth.

An integer key ends at 2,147,483,647, a smallint at 32,767: the insert after that fails, and the way
to a larger type rewrites the table and all that refer to it. A key of text with a limit, or of many
columns, is copied into every table that refers to it.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.constraints.foreign_keys import foreign_keys_of
from bot.rules.tables.primary_keys import PrimaryKey, primary_keys_of
from bot.sql.actions import AddColumn, AddConstraint, CreateTable
from bot.sql.values import Column

SEVERITY = Severity.NOTICE

ABOUT = (AddColumn, AddConstraint, CreateTable)

FIX = "Use BIGINT (`BigInt` in schema.prisma) or UUID, while the table is still small."

BAD = """
CREATE TABLE "Order" ("id" SERIAL NOT NULL, CONSTRAINT "Order_pkey" PRIMARY KEY ("id"));
"""

GOOD = """
CREATE TABLE "Order" ("id" BIGSERIAL NOT NULL, CONSTRAINT "Order_pkey" PRIMARY KEY ("id"));
"""

QUIET = [
    "CREATE TABLE n (id UUID PRIMARY KEY);",
    "CREATE TABLE n (id TEXT PRIMARY KEY);",
    # Without numbers of its own, it is as small as what it lists, or as what it refers to.
    "CREATE TABLE n (id SMALLINT PRIMARY KEY, name TEXT);",
    "CREATE TABLE n (id INT PRIMARY KEY REFERENCES m (id));",
    "CREATE TABLE n (id INT, PRIMARY KEY (id), FOREIGN KEY (id) REFERENCES m (id));",
    "CREATE TABLE n (a INT, b INT, PRIMARY KEY (a, b));",
    "CREATE TABLE n (id INT, code VARCHAR(8) UNIQUE, PRIMARY KEY (id, code));",
    "CREATE TEMP TABLE n (id INT PRIMARY KEY);",
]

_LAST = {"int4": "2,147,483,647", "int2": "32,767"}
_MANY_COLUMNS = 5


def check(statement: Statement, context: Context) -> Hits:
    temporary = {each.table for each in context.all(CreateTable) if each.temporary}
    for key in primary_keys_of(context.step):
        known = context.catalogue.tables.get(key.table)
        if key.table in temporary or (known and known.temporary) or context.file.baseline:
            continue
        if len(key.columns) >= _MANY_COLUMNS:
            yield Hit(
                f"The primary key of {shown(key.table)} has {len(key.columns)} columns.", about=key
            )
        elif len(key.columns) == 1:
            yield from _about(key, context)


def _about(key: PrimaryKey, context: Context) -> Iterator[str]:
    column = _column(key, context)
    if column is None or column.type.dimensions or _refers(key, context):
        return
    last = _LAST.get(column.type.name)
    place = f"{shown(key.table)}.{column.name}"
    if last and (column.numbers_itself or column.type.name == "int4"):
        yield f"{place} is of type {column.type}, which ends at {last}; inserts fail after that."
    elif column.type.name == "varchar":
        yield f"{place} is a primary key of type {column.type}, copied wherever it is referred to."


def _column(key: PrimaryKey, context: Context) -> Column | None:
    (name,) = key.columns
    created = (each for table in context.all(CreateTable) for each in table.columns)
    added = (each.column for each in context.all(AddColumn) if each.table == key.table)
    found = next((each for each in (*created, *added) if each.name == name), None)
    return found or context.catalogue.column(key.table, name)


def _refers(key: PrimaryKey, context: Context) -> bool:
    """Whether the column is a foreign key too, which decides its type."""
    known = context.catalogue.tables.get(key.table)
    written = (
        each.columns
        for step in context.from_here.steps_with(
            CreateTable, AddColumn, AddConstraint, about=key.table
        )
        for each in foreign_keys_of(step)
        if each.table == key.table
    )
    before = (each.columns for each in known.foreign_keys()) if known else ()
    return key.columns in (*written, *before)
