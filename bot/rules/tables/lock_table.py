"""LOCK TABLE makes others wait until the migration is over.

The lock is kept to the end of the transaction, whatever comes in between. Without a mode it is the
strongest there is: nobody can even read the table.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.effects import LockMode
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import LockTable

SEVERITY = Severity.ERROR
SIZED = Sized.WAIT

ABOUT = (LockTable,)

FIX = (
    "Leave it out, or lock the rows in question with SELECT … FOR UPDATE; where the table must be "
    "locked, use the weakest mode that does and set a lock_timeout before it."
)

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL, CONSTRAINT "Order_pkey" PRIMARY KEY ("id"));
"""

BAD = """
LOCK TABLE "Order";
"""

GOOD = """
LOCK TABLE "Order" IN ROW SHARE MODE;
"""

QUIET = [
    'LOCK TABLE "Order" IN ACCESS SHARE MODE;',
    "CREATE TABLE n (a INT); LOCK TABLE n;",
    "CREATE TEMP TABLE n (a INT); LOCK TABLE n;",
    'SELECT "id" FROM "Order" WHERE "id" = \'a\' FOR UPDATE;',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(LockTable):
        mode = LockMode(action.mode)
        locked = ", ".join(shown(each) for each in action.tables if not context.is_new(each))
        if not locked or mode <= LockMode.ROW_SHARE:
            continue
        # The two modes above that let reads and writes through stop other migrations alone.
        waits = mode > LockMode.SHARE_UPDATE_EXCLUSIVE
        yield Hit(
            f"{_who(mode)} {locked} wait until the migration is over.",
            severity=None if waits else Severity.NOTICE,
            about=action,
        )


def _who(mode: LockMode) -> str:
    if mode <= LockMode.SHARE_UPDATE_EXCLUSIVE:
        return "Other changes to the structure of"
    return "Reads and writes of" if mode is LockMode.ACCESS_EXCLUSIVE else "Writes to"
