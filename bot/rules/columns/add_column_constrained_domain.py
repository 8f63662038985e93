"""A new column of a type with rules of its own makes PostgreSQL rewrite the table.

A domain with a CHECK or NOT NULL is tested for every row, even where the new column is empty
throughout. Every row and every index is written anew for it, while nobody can read or write the
table: for a large one the application is down for minutes.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rules.columns.additions import added_columns
from bot.sql.actions import AddColumn

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddColumn,)

FIX = (
    "Give the column the domain's base type, add the domain's CHECK as a constraint NOT VALID, and "
    "VALIDATE CONSTRAINT in a later migration folder."
)

BEFORE = """
CREATE DOMAIN "Email" AS TEXT CHECK (VALUE LIKE '%@%');
CREATE DOMAIN "Note" AS TEXT;
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "email" "Email";
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "email" TEXT;
ALTER TABLE "User" ADD CONSTRAINT "email_at" CHECK ("email" LIKE '%@%') NOT VALID;
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN "note" "Note";',
    'ALTER TABLE "User" ADD COLUMN "x" "Unknown";',
    'CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN e "Email";',
    'CREATE TABLE n (e "Email");',
    'CREATE TEMP TABLE n (a INT); ALTER TABLE n ADD COLUMN e "Email";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in added_columns(context):
        domain = context.catalogue.domains.get(action.column.type.name)
        if domain and domain.constrained:
            yield Hit(
                f"Testing {action.column.name} against {shown(domain.name)} rewrites all of "
                f"{shown(action.table)}; reads and writes wait until it is done.",
                about=action,
            )
