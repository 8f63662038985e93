"""An UPDATE of every row locks them all until the migration ends.

Each row is written anew and stays locked meanwhile: requests that want to change one of them wait,
and the table grows to twice its size.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import Update

SEVERITY = Severity.ERROR
SIZED = Sized.WAIT

ABOUT = (Update,)

FIX = (
    "Write `-- migration-bot: batch size=5000 pause=100ms` above it, so that the rows are changed "
    "in batches, each a transaction of its own; or add a WHERE that chooses the few that need it."
)

BEFORE = """
CREATE TABLE "User" ("id" INTEGER NOT NULL, "active" BOOLEAN);
"""

BAD = """
UPDATE "User" SET "active" = true;
"""

GOOD = """
UPDATE "User" SET "active" = true WHERE "id" = 1;
"""

QUIET = [
    "CREATE TABLE n (a INT); UPDATE n SET a = 1;",
    'UPDATE "User" SET "active" = true WHERE "active" IS NULL;',
    'UPDATE "User" SET "active" = true WHERE 1 = 1 AND "id" > 5;',
    '-- migration-bot: batch size=5000\nUPDATE "User" SET "active" = true;',
    'WITH old AS (SELECT 1 AS id) UPDATE "User" u SET active = true FROM old WHERE u.id = old.id;',
]


def check(statement: Statement, context: Context) -> Hits:
    if context.batched:
        return
    for action in context.all(Update):
        if not action.bounded and not context.is_new(action.table):
            yield Hit(
                f"Every row of {shown(action.table)} is written, and stays locked until the "
                "migration ends.",
                about=action,
            )
