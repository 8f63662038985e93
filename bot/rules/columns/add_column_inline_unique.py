"""UNIQUE or PRIMARY KEY beside a new column builds its index while nobody can use the table.

ADD COLUMN shuts out reads and writes, and it lasts until the index is built, which takes minutes on
a large table. Added apart, the index can be built while everybody works.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.columns import indexed_after
from bot.rules.columns.additions import added_columns, constraints_beside
from bot.sql.actions import AddColumn
from bot.sql.values import ConstraintKind

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddColumn,)

FIX = (
    "Add the column alone; build the index with CREATE UNIQUE INDEX CONCURRENTLY, alone in its own "
    "migration folder; add the constraint with USING INDEX in the next."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "email" TEXT UNIQUE;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "email" TEXT;
"""

QUIET = [
    "CREATE TABLE n (a TEXT UNIQUE);",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN e TEXT UNIQUE;",
    "CREATE TEMP TABLE n (a INT); ALTER TABLE n ADD COLUMN e INT PRIMARY KEY;",
    'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "id" TEXT UNIQUE;',
    'CREATE UNIQUE INDEX CONCURRENTLY "User_id_key" ON "User"("id");',
]

_KEYS = (ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY)


def check(statement: Statement, context: Context) -> Hits:
    for action in added_columns(context):
        for constraint in constraints_beside(action, *_KEYS):
            yield Hit(
                f"The index behind {constraint.kind.value} on {action.column.name} is built while "
                f"reads and writes of {shown(action.table)} wait.",
                about=constraint,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return indexed_after(statement, context)
