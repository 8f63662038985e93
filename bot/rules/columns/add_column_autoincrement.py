"""A column that numbers itself makes PostgreSQL rewrite the table.

Each row gets its own number, so every row and every index is written anew while nobody can read or
write the table: for a large one the application is down for minutes.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.columns import numbered_after
from bot.sql.actions import AddColumn

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddColumn,)

FIX = (
    "Add a plain bigint column, create the sequence, set the default to nextval(…), and fill the "
    "old rows in batches."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "number" SERIAL;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "number" BIGINT;
CREATE SEQUENCE "User_number_seq" OWNED BY "User"."number";
ALTER TABLE "User" ALTER COLUMN "number" SET DEFAULT nextval('"User_number_seq"');
"""

QUIET = [
    "CREATE TABLE n (id SERIAL PRIMARY KEY);",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN id BIGINT GENERATED ALWAYS AS IDENTITY;",
    'ALTER TABLE "User" ADD COLUMN n INT;',
    'ALTER TABLE "User" ADD COLUMN n INT DEFAULT 0;',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddColumn):
        if not action.column.numbers_itself or context.is_new(action.table):
            continue
        yield Hit(
            f"All reads and writes of {shown(action.table)} wait while every row is rewritten "
            f"with a number in {action.column.name}.",
            about=action,
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return numbered_after(statement, context)
