"""A foreign key stops writes to the table it points to, even if the referring table is new.

PostgreSQL locks the referenced table for a moment. Should a long write be going on there, the
statement waits for it, and every other write to that table waits behind the statement. It is a
notice where migration-bot applies the migration: it gives up early and tries again.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.effects import LockMode
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.moving import LOCK_TIMEOUT, after
from bot.rules.constraints.foreign_keys import ForeignKey, foreign_keys_of
from bot.rules.constraints.waiting import gives_up, held, while_waiting
from bot.sql.actions import AddColumn, AddConstraint, CreateTable

SEVERITY = Severity.WARNING
SIZED = Sized.WAIT

ABOUT = (AddColumn, AddConstraint, CreateTable)

FIX = (
    "Begin the file with SET lock_timeout = '2s', so that it gives up and can be tried again "
    "instead of holding up everybody, and put each busy table's foreign key into its own folder."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Order" ("id" TEXT NOT NULL, "userId" TEXT);
CREATE INDEX "Order_userId_idx" ON "Order"("userId");
"""

BAD = """
CREATE TABLE "Profile" ("userId" TEXT NOT NULL PRIMARY KEY);
ALTER TABLE "Profile" ADD CONSTRAINT "Profile_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
"""

GOOD = """
SET lock_timeout = '2s';
CREATE TABLE "Profile" ("userId" TEXT NOT NULL PRIMARY KEY);
ALTER TABLE "Profile" ADD CONSTRAINT "Profile_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
"""

QUIET = [
    "CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY REFERENCES a(id));",
    'ALTER TABLE "Order" ADD FOREIGN KEY ("userId") REFERENCES "User"("id");',
    "CREATE TABLE n (id INT PRIMARY KEY, up INT REFERENCES n(id)); CREATE INDEX ON n (up);",
    "SET LOCAL lock_timeout = 500; "
    'ALTER TABLE "Order" ADD FOREIGN KEY ("userId") REFERENCES "User"("id") NOT VALID;',
    'ALTER TABLE "User" ADD COLUMN x INT; CREATE TABLE n (u TEXT UNIQUE REFERENCES "User"(id));',
]


def check(statement: Statement, context: Context) -> Hits:
    for each in foreign_keys_of(context.step):
        parent = each.constraint.references or ""
        if parent == each.table or context.is_new(parent) or _said_elsewhere(each, context):
            continue
        if not gives_up(context) and not held(context, parent, LockMode.SHARE_ROW_EXCLUSIVE):
            yield Hit(
                f"Writes to {shown(parent)} stop while the foreign key is added, and first the "
                "statement waits for every long write that is going on there.",
                severity=while_waiting(context),
                about=each.constraint,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return after(LOCK_TIMEOUT, statement)


def _said_elsewhere(key: ForeignKey, context: Context) -> bool:
    """Checking the rows of a table that is in use is the graver matter: fk-add-validating."""
    if context.is_new(key.table) or not (key.constraint.validated and key.constraint.enforced):
        return False
    return any(each.constraint == key.constraint for each in context.all(AddConstraint))
