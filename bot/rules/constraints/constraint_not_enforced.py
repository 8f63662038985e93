"""A constraint that is NOT ENFORCED protects nothing, whatever its name says.

PostgreSQL 18 neither checks the rows that are there nor those to come. Whoever reads the schema
will believe that it does.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.constraints.constraints_of import constraints_of
from bot.sql.actions import AlterConstraint, CreateTable

SEVERITY = Severity.WARNING

FIX = (
    "Add it NOT VALID instead: new rows are checked at once, and those that are there when a later "
    "migration runs VALIDATE CONSTRAINT."
)

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL, "total" INTEGER);
"""

BAD = """
ALTER TABLE "Order" ADD CONSTRAINT "total_positive" CHECK ("total" >= 0) NOT ENFORCED;
"""

GOOD = """
ALTER TABLE "Order" ADD CONSTRAINT "total_positive" CHECK ("total" >= 0) NOT VALID;
"""

QUIET = [
    "CREATE TABLE n (a INT, CONSTRAINT c CHECK (a > 0));",
    'ALTER TABLE "Order" ADD CONSTRAINT c CHECK ("total" > 0) ENFORCED;',
    "CREATE TEMP TABLE n (a INT, CONSTRAINT c CHECK (a > 0) NOT ENFORCED);",
    'ALTER TABLE "Order" ADD CONSTRAINT k UNIQUE ("id");',
    'ALTER TABLE "Order" ALTER CONSTRAINT c ENFORCED;',
]


def check(statement: Statement, context: Context) -> Hits:
    for table, name, about in _unenforced(context):
        yield Hit(
            f"Rows of {shown(table)} are never checked for {name or 'this'}, neither old nor new.",
            about=about,
        )


def _unenforced(context: Context) -> Iterator[tuple[str, str, object]]:
    for table, constraint in constraints_of(context.step):
        if not constraint.enforced and not _scratch(table, context):
            yield table, constraint.name, constraint
    for change in context.all(AlterConstraint):
        if change.enforced is False:
            yield change.table, change.name, change


def _scratch(table: str, context: Context) -> bool:
    found = context.catalogue.tables.get(table)
    made_here = any(each.temporary for each in context.all(CreateTable) if each.table == table)
    return made_here or bool(found and found.temporary)
