"""Dropping a foreign key stops all reads and writes of the table it points to, too.

PostgreSQL locks both tables completely. One slow query on either is enough: the drop waits for it,
and every query of both tables waits behind the drop. So it is when the referring table is dropped.
It is a notice where migration-bot applies the migration: it gives up early and tries again.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.effects import LockMode
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.moving import LOCK_TIMEOUT, after
from bot.rules.constraints.waiting import gives_up, held, while_waiting
from bot.sql.actions import DropColumn, DropConstraint, DropObjects
from bot.sql.values import Constraint, ConstraintKind

SEVERITY = Severity.WARNING

ABOUT = (DropColumn, DropConstraint, DropObjects)
SIZED = Sized.WAIT

FIX = (
    "Begin the file with SET lock_timeout = '2s', so that it gives up and can be tried again "
    "instead of holding up everybody, and drop the foreign key in a folder of its own."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Order" ("id" TEXT NOT NULL, "userId" TEXT);
CREATE INDEX "Order_userId_idx" ON "Order"("userId");
ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE;
"""

BAD = """
ALTER TABLE "Order" DROP CONSTRAINT "Order_userId_fkey";
"""

GOOD = """
SET lock_timeout = '2s';
ALTER TABLE "Order"
    DROP CONSTRAINT "Order_userId_fkey",
    ADD CONSTRAINT "Order_userId_fkey"
        FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT NOT VALID;
"""

QUIET = [
    "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE n (p INT CONSTRAINT f REFERENCES p(id)); "
    "ALTER TABLE n DROP CONSTRAINT f;",
    'ALTER TABLE "User" DROP CONSTRAINT "User_pkey";',
    'ALTER TABLE "Order" DROP CONSTRAINT "Order_userId_fkey"; DROP TABLE "User";',
    'ALTER TABLE "User" ADD COLUMN x INT; ALTER TABLE "Order" DROP CONSTRAINT "Order_userId_fkey";',
    'DROP TABLE "User";',
]


def check(statement: Statement, context: Context) -> Hits:
    if gives_up(context):
        return
    for child, constraint, about in _dropped(context):
        parent = constraint.references or ""
        if parent == child or context.is_new(parent) or _goes_too(parent, context):
            continue
        if not held(context, parent, LockMode.ACCESS_EXCLUSIVE):
            yield Hit(
                f"All reads and writes of {shown(parent)} wait too while the foreign key of "
                f"{shown(child)} is dropped.",
                severity=while_waiting(context),
                about=about,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return after(LOCK_TIMEOUT, statement)


def _dropped(context: Context) -> Iterator[tuple[str, Constraint, object]]:
    """The foreign keys that go, with their tables and what drops them."""
    catalogue = context.catalogue
    for action in context.all(DropConstraint):
        found = catalogue.constraint(action.table, action.name)
        if found and found.kind is ConstraintKind.FOREIGN_KEY:
            yield action.table, found, action
    for column in context.all(DropColumn):
        for each in catalogue.foreign_keys_of(column.table):
            if column.name in each.columns:
                yield column.table, each, column
    for drop in context.all(DropObjects):
        for name in drop.names if drop.kind == "TABLE" else ():
            yield from ((name, each, name) for each in catalogue.foreign_keys_of(name))


def _goes_too(parent: str, context: Context) -> bool:
    """Whether the file drops the referenced table as well."""
    drops = context.from_here.all(DropObjects, about=parent)
    return any(parent in drop.names for drop in drops if drop.kind == "TABLE")
