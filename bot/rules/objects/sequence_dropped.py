"""Dropping a sequence loses its counter, and breaks what still counts with it.

Every INSERT that takes its number from the sequence fails from this moment on, and nothing
remembers how far it had come.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.objects.lifecycle import dropped
from bot.rules.objects.sequences import columns_of, is_new
from bot.sql.actions import DropDefault, DropObjects

SEVERITY = Severity.WARNING

ABOUT = (DropObjects,)

FIX = "Drop the default that uses it first, and the sequence in the release after that."

BEFORE = """
CREATE SEQUENCE "invoice_number";
CREATE TABLE "Invoice" ("id" SERIAL NOT NULL, CONSTRAINT "Invoice_pkey" PRIMARY KEY ("id"));
"""

BAD = """
DROP SEQUENCE "invoice_number";
"""

GOOD = """
COMMENT ON SEQUENCE "invoice_number" IS 'unused since 2.1, to be dropped with 2.2';
"""

QUIET = [
    'ALTER TABLE "Invoice" ALTER COLUMN "id" DROP DEFAULT; DROP SEQUENCE "Invoice_id_seq";',
    "CREATE SEQUENCE s; DROP SEQUENCE s;",
    "CREATE TABLE n (id SERIAL); DROP SEQUENCE n_id_seq CASCADE;",
    'DROP SEQUENCE "invoice_number"; CREATE SEQUENCE "invoice_number" AS BIGINT;',
]


def check(statement: Statement, context: Context) -> Hits:
    for name in dropped(context, "SEQUENCE"):
        if not is_new(context, name) and not _let_go(name, context):
            yield Hit(
                f"Whatever takes its numbers from {shown(name)} fails once it is dropped.",
                about=name,
            )


def _let_go(sequence: str, context: Context) -> bool:
    """Whether this file took the default away, as Prisma does when autoincrement() goes."""
    users = set(columns_of(context.file.start, sequence))
    return any(
        each.name == column
        for table, column in users
        for each in context.earlier.all(DropDefault, about=table)
    )
