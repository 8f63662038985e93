"""A client that stops in the middle of a transaction keeps its locks.

If the deployment is paused, or its network goes away, the server waits for the next statement and
holds the tables meanwhile. idle_in_transaction_session_timeout ends such a session.
"""

from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context
from bot.rewriting.moving import after
from bot.rules.transactions.blocking import blocks_first
from bot.rules.transactions.timeouts import is_set

SEVERITY = None
SIZED = Sized.FILE

FIX = "Set idle_in_transaction_session_timeout for the role that migrates, or first in the file."

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "userId" INTEGER);
"""

BAD = """
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

GOOD = """
SET idle_in_transaction_session_timeout = '10s';
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

QUIET = [
    'CREATE TABLE "New" ("id" INT); ALTER TABLE "New" ADD COLUMN a INT;',
    'CREATE INDEX CONCURRENTLY "i" ON "Order"("userId");',
    'SET LOCAL idle_in_transaction_session_timeout = 500; ALTER TABLE "Order" ADD COLUMN a INT;',
]


def check(statement: Statement, context: Context) -> Hits:
    name = "idle_in_transaction_session_timeout"
    if blocks_first(context) and not is_set(name, context):
        yield "The lock taken here outlives a client that stops before the end."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return after("SET idle_in_transaction_session_timeout = '10s'", statement)
