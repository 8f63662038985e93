"""Changing to timestamptz with less than full precision always rewrites the table.

`@db.Timestamptz(3)` makes Prisma write TIMESTAMPTZ(3), and PostgreSQL then rounds every row, which
takes minutes on a large table while nobody can read or write it. Full precision stores the same
values, and costs nothing if the session's time zone is UTC and no index is on the column.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rules.columns.type_changes import changed_types
from bot.sql.actions import AlterColumnType
from bot.sql.values import Type

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AlterColumnType,)

FIX = "Use `@db.Timestamptz(6)`, with the session's time zone set to UTC (`SET timezone = 'UTC'`)."

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL, "at" TIMESTAMP(3), "due" DATE, "paid" TIMESTAMPTZ(3));
"""

BAD = """
ALTER TABLE "Order" ALTER COLUMN "at" SET DATA TYPE TIMESTAMPTZ(3);
"""

GOOD = """
ALTER TABLE "Order" ADD COLUMN "atNew" TIMESTAMPTZ(3);
"""

QUIET = [
    'ALTER TABLE "Order" ALTER COLUMN "at" SET DATA TYPE TIMESTAMPTZ(6);',
    'ALTER TABLE "Order" ALTER COLUMN "at" SET DATA TYPE TIMESTAMPTZ;',
    'ALTER TABLE "Order" ALTER COLUMN "paid" SET DATA TYPE TIMESTAMPTZ(3);',
    'ALTER TABLE "Order" ALTER COLUMN "due" SET DATA TYPE TIMESTAMPTZ(3);',
    "CREATE TABLE n (a TIMESTAMP(3)); ALTER TABLE n ALTER a TYPE TIMESTAMPTZ(3);",
]

_FULL = 6


def check(statement: Statement, context: Context) -> Hits:
    for each in changed_types(context):
        if each.before and each.before.type.name == "timestamp" and _rounded(each.type):
            yield Hit(
                f"Changing {shown(each.table)}.{each.name} to {each.type} rewrites every row; "
                "with timestamptz(6), in a session whose time zone is UTC, the rows could stay.",
                about=each.action,
            )


def _rounded(type_: Type) -> bool:
    return type_.name == "timestamptz" and bool(type_.modifiers) and type_.modifiers[0] < _FULL
