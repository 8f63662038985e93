"""An index that belongs to a constraint cannot be dropped.

PostgreSQL refuses to drop what a primary key, a UNIQUE or an EXCLUDE constraint stands on, so the
migration fails on every database, production included, and the deployment stops.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import Context, shown
from bot.sql.actions import DropObjects
from bot.sql.values import ConstraintKind

SEVERITY = Severity.ERROR

ABOUT = (DropObjects,)

FIX = "Drop the constraint, which takes its index along: ALTER TABLE … DROP CONSTRAINT …."

BEFORE = """
CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    CONSTRAINT "User_email_key" UNIQUE ("email")
);
CREATE INDEX "User_email_idx" ON "User"("email");
CREATE UNIQUE INDEX "User_id_email_key" ON "User"("id", "email");
"""

BAD = """
DROP INDEX "User_email_key";
"""

GOOD = """
-- The constraint has an index of its own, "User_email_key": this one is of no use beside it.
DROP INDEX CONCURRENTLY "User_email_idx";
"""

QUIET = [
    'DROP INDEX "User_id_email_key";',
    'ALTER TABLE "User" DROP CONSTRAINT "User_email_key"; DROP INDEX IF EXISTS "User_email_key";',
    'DROP TABLE "User" CASCADE; DROP INDEX IF EXISTS "User_email_key";',
    'DROP INDEX "Unknown_email_key";',
]

_OWNING = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.EXCLUDE)


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropObjects):
        for name in drop.names if drop.kind == "INDEX" else ():
            table = _owner(name, context.catalogue)
            if table:
                yield _hit(name, shown(table))


def _owner(index: str, catalogue: Catalogue) -> str | None:
    """The table whose constraint the index belongs to."""
    found = catalogue.indexes.get(index)
    if found:
        return found.table if found.constraint else None
    schema, _, bare = index.partition(".")
    for table in catalogue.tables.values():
        constraint = table.constraints.get(bare)
        if constraint and constraint.kind in _OWNING and table.name.startswith(f"{schema}."):
            return table.name
    return None


def _hit(index: str, table: str) -> Hit:
    name = index.partition(".")[2]
    return Hit(
        f"{name} belongs to the constraint of that name on {table}; PostgreSQL does not drop it.",
        fix=f'Drop the constraint, which takes its index along:\nALTER TABLE "{table}" '
        f'DROP CONSTRAINT "{name}";',
        about=index,
    )
