"""A new column that must have a value breaks on the rows that are already there.

PostgreSQL refuses the column if the table has a single row, and the deployment stops. On an empty
table it goes through, and then the running version of the application, which does not know the
column, can no longer insert. A new table is no better once the same file has put rows into it.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.columns import filled_first
from bot.rules.columns.additions import emptied, filled
from bot.sql.actions import AddColumn

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (AddColumn,)

FIX = (
    "Add it with a DEFAULT, or without NOT NULL; fill the old rows; make it NOT NULL in a later "
    "migration folder."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "email" TEXT NOT NULL;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "email" TEXT;
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN "kind" TEXT NOT NULL DEFAULT \'person\';',
    "CREATE TABLE n (id INT); ALTER TABLE n ADD COLUMN b INT NOT NULL;",
    'ALTER TABLE "User" ADD COLUMN n BIGSERIAL NOT NULL;',
    'ALTER TABLE "User" ADD COLUMN n INT NOT NULL GENERATED ALWAYS AS (1) STORED;',
    'TRUNCATE "User"; ALTER TABLE "User" ADD COLUMN "email" TEXT NOT NULL;',
    'DELETE FROM "User"; ALTER TABLE "User" ADD COLUMN "email" TEXT NOT NULL;',
    "CREATE TABLE n (id INT); INSERT INTO n (id) VALUES (1); ALTER TABLE n ADD b INT;",
    "CREATE TABLE n (id INT); INSERT INTO n (id) VALUES (1); TRUNCATE n; "
    "ALTER TABLE n ADD b INT NOT NULL;",
    "CREATE TABLE n (id INT); INSERT INTO n (id) SELECT id FROM old; "
    "ALTER TABLE n ADD b INT NOT NULL;",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddColumn):
        column = action.column
        given = column.default is not None and column.default.constant != "null"
        if not column.not_null or given or column.numbers_itself or column.generated:
            continue
        new = context.is_new(action.table) and not filled(action.table, context)
        if new or emptied(action.table, context):
            continue
        if action.if_not_exists and context.catalogue.column(action.table, column.name):
            continue
        yield Hit(
            f"The migration fails if {shown(action.table)} has a single row: "
            f"{column.name} must have a value, and it has none.",
            about=action,
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return filled_first(statement, context)
