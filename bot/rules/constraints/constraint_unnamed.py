"""A constraint without a name is called what the server makes up.

The name depends on what is there already, so it can differ from one database to the next; whoever
changes or drops it later has to look it up in each, and Prisma reports a difference.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rewriting.constraints import given_a_name
from bot.sql.actions import AddConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.NOTICE

ABOUT = (AddConstraint,)

FIX = 'Give it a name, as in ADD CONSTRAINT "Order_total_check" CHECK (…).'

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL, "total" INTEGER);
"""

BAD = """
ALTER TABLE "Order" ADD CHECK ("total" >= 0) NOT VALID;
"""

GOOD = """
ALTER TABLE "Order" ADD CONSTRAINT "Order_total_check" CHECK ("total" >= 0) NOT VALID;
"""

QUIET = [
    "CREATE TABLE n (a INT UNIQUE, CHECK (a > 0));",
    "CREATE TEMP TABLE n (a INT); ALTER TABLE n ADD UNIQUE (a);",
    'ALTER TABLE "Order" ADD PRIMARY KEY ("id");',
    'ALTER TABLE "Order" ADD UNIQUE USING INDEX "Order_id_key";',
    "CREATE TABLE n (a INT); ALTER TABLE n ADD CONSTRAINT c UNIQUE (a);",
]

_NAMED_WELL = (ConstraintKind.PRIMARY_KEY, ConstraintKind.NOT_NULL)


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddConstraint):
        constraint = action.constraint
        if constraint.name or constraint.using_index or constraint.kind in _NAMED_WELL:
            continue
        table = context.catalogue.tables.get(action.table)
        if not (context.file.baseline or (table and table.temporary)):
            yield Hit(
                f"The {constraint.kind.value} of {shown(action.table)} has no name of its own.",
                about=action,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return given_a_name(statement, context)
