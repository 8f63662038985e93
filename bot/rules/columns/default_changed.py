"""Another default changes what the running version writes, without its knowing.

From the moment of the change, every insert that leaves the column out stores the new value, also
those of code that was written for the old one. Rows that are there keep what they have.
"""

from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import SetDefault

SEVERITY = None

ABOUT = (SetDefault,)

FIX = (
    "Make sure that the running version can live with the new value; fill old rows if they should."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "kind" TEXT DEFAULT 'person');
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "kind" SET DEFAULT 'human';
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "sort" TEXT DEFAULT 'human';
"""

QUIET = [
    "CREATE TABLE n (a INT); ALTER TABLE n ALTER COLUMN a SET DEFAULT 1;",
    'ALTER TABLE "User" ADD x INT; ALTER TABLE "User" ALTER x SET DEFAULT 1;',
    'ALTER TABLE "User" ALTER COLUMN "kind" SET DEFAULT \'person\';',
    "CREATE TEMP TABLE n (a INT); ALTER TABLE n ALTER COLUMN a SET DEFAULT 1;",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(SetDefault):
        if context.is_new(action.table) or context.file.adds_column(action.table, action.name):
            continue
        column = context.file.base.column(action.table, action.name)
        if column is None or column.default != action.default:
            yield Hit(
                f"Inserts of the running version that leave out "
                f"{shown(action.table)}.{action.name} store another value.",
                about=action,
            )
