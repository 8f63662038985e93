"""A domain with CHECK or NOT NULL cannot be changed without stopping the tables that use it.

PostgreSQL has no gradual way to change a domain's rule: each table with a column of it is locked
and read as a whole.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreateDomain

SEVERITY = Severity.WARNING

ABOUT = (CreateDomain,)

FIX = "Leave the domain without a rule, or use the plain type, and put a CHECK on each column."

BAD = """
CREATE DOMAIN "EmailAddress" AS TEXT CHECK (VALUE LIKE '%@%');
"""

GOOD = """
CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    CONSTRAINT "email_has_at" CHECK ("email" LIKE '%@%')
);
"""

QUIET = [
    'CREATE DOMAIN "EmailAddress" AS TEXT;',
    "CREATE DOMAIN amount AS NUMERIC(12, 2) DEFAULT 0;",
    "CREATE TYPE mood AS ENUM ('good', 'bad');",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(CreateDomain):
        if action.constrained and not context.file.baseline:
            yield Hit(
                f"Whoever changes the rule of {shown(action.name)} later stops writes to every "
                "table that uses it.",
                about=action,
            )
