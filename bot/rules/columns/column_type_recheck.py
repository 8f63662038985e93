"""A type change that is free by itself checks the column's constraints again.

A CHECK on the column is tested for every row, and a foreign key, at either end, is looked up again
for every row, with both tables shut. Reads and writes wait until that is done.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rules.columns.type_changes import ChangedType, changed_types
from bot.sql.actions import AlterColumnType
from bot.sql.values import ConstraintKind

SEVERITY = Severity.WARNING
SIZED = Sized.WORK

ABOUT = (AlterColumnType,)

FIX = (
    "Drop the constraint, change the type, add the constraint again NOT VALID, and VALIDATE "
    "CONSTRAINT in a later migration folder."
)

BEFORE = """
CREATE TABLE "Country" (
    "code" VARCHAR(2) NOT NULL, "name" VARCHAR(20), CONSTRAINT "Country_pkey" PRIMARY KEY ("code")
);
CREATE TABLE "User" ("id" TEXT NOT NULL, "name" VARCHAR(20), "land" VARCHAR(2));
ALTER TABLE "User" ADD CONSTRAINT "name_there" CHECK ("name" <> '');
ALTER TABLE "User" ADD CONSTRAINT "User_land_fkey"
    FOREIGN KEY ("land") REFERENCES "Country"("code");
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE VARCHAR(40);
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "nameNew" VARCHAR(40);
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "id" SET DATA TYPE VARCHAR;',
    'ALTER TABLE "Country" ALTER COLUMN "name" SET DATA TYPE TEXT;',
    'ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE INTEGER USING 1;',
    'ALTER TABLE "User" DROP CONSTRAINT "name_there"; '
    'ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE TEXT;',
    "CREATE TABLE n (a VARCHAR(2) CHECK (a <> '')); ALTER TABLE n ALTER a TYPE TEXT;",
]


def check(statement: Statement, context: Context) -> Hits:
    for each in changed_types(context):
        if each.cost.rewrites:
            continue
        for name, tables in _rechecked(each, context):
            yield Hit(
                f"Changing {shown(each.table)}.{each.name} checks {name} for every row again; "
                f"reads and writes of {' and '.join(map(shown, tables))} wait until that is done.",
                about=each.action,
            )


def _rechecked(changed: ChangedType, context: Context) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The constraints that depend on the column, each with the tables it holds up."""
    table = context.catalogue.tables.get(changed.table)
    for name, each in table.constraints.items() if table else ():
        expression = each.expression
        if each.kind is ConstraintKind.CHECK and expression and changed.name in expression.columns:
            if each.validated and each.enforced:
                yield name, (changed.table,)
        elif each.kind is ConstraintKind.FOREIGN_KEY and changed.name in each.columns:
            yield name, tuple(dict.fromkeys((changed.table, each.references or "")))
    # A foreign key that names no columns points to the primary key.
    primary = context.catalogue.primary_key_of(changed.table)
    for child, each in context.catalogue.references_to(changed.table):
        if changed.name in (each.referenced or primary) and child != changed.table:
            yield each.name, (changed.table, child)
