"""A timeout that stops a CONCURRENTLY statement leaves a broken index behind.

Such a statement waits for every transaction that is older, as long as that takes. When the timeout
cancels it, the index stays, marked invalid: it slows writes, answers no query, and the next try
fails because the name is taken.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context
from bot.rewriting.moving import moved_apart
from bot.rules.transactions.timeouts import milliseconds
from bot.sql.actions import DetachPartition, SetVariable

SEVERITY = Severity.WARNING
SIZED = Sized.SHOWN

FIX = (
    "Leave the timeout out of this migration: put the statement alone into its folder. "
    "It blocks nobody while it waits."
)

BEFORE = """
CREATE TABLE "Order" ("id" INT, "userId" INT);
"""

BAD = """
SET lock_timeout = '5s';
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

GOOD = """
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

QUIET = [
    'SET lock_timeout = 0; CREATE INDEX CONCURRENTLY i ON "Order"("userId");',
    'SET statement_timeout = \'15min\'; CREATE INDEX CONCURRENTLY i ON "Order"("userId");',
    "SET lock_timeout = '5s'; RESET lock_timeout; DROP INDEX CONCURRENTLY i;",
    "SET lock_timeout = '5s'; RESET ALL; DROP INDEX CONCURRENTLY i;",
    "SET lock_timeout = '5s'; SET lock_timeout TO DEFAULT; DROP INDEX CONCURRENTLY i;",
    "SET LOCAL lock_timeout = '5s'; DROP INDEX CONCURRENTLY i;",
    "SET lock_timeout = '5s'; DROP INDEX i;",
    "DROP INDEX CONCURRENTLY i; SET lock_timeout = '5s';",
]

_TIMEOUTS = ("lock_timeout", "statement_timeout")
_LONG = 10 * 60_000


def check(statement: Statement, context: Context) -> Hits:
    if not context.step.concurrent:
        return
    for name, value in _in_effect(context).items():
        limit = milliseconds(value)
        if limit and 0 < limit < _LONG:
            yield f"If {name} ({value}) cancels it while it waits, {_left(context)}."


def _left(context: Context) -> str:
    """What a cancelled statement leaves behind."""
    if context.all(DetachPartition):
        return "the partition stays half detached, until DETACH PARTITION … FINALIZE"
    return "a broken index stays behind"


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_apart(statement, "index")


def _in_effect(context: Context) -> dict[str, str]:
    """The timeouts that the file has set for the whole session, as they were written."""
    found: dict[str, str] = {}
    for each in context.earlier.all(SetVariable):
        if each.local:
            continue
        if each.name == "all":
            found.clear()
        elif each.name in _TIMEOUTS:
            found[each.name] = each.value or "0"
    return found
