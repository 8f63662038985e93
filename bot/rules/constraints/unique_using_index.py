"""A unique constraint cannot be made of an index whose concurrent build did not finish.

The step itself is the right one and quick. But a build that is cancelled, or meets a duplicate,
leaves an invalid index behind, and then this fails, on whichever database it happened.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import AddConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.NOTICE

ABOUT = (AddConstraint,)

FIX = (
    "Look at pg_index.indisvalid on every database before this is rolled out; REINDEX INDEX "
    "CONCURRENTLY, alone in its own migration folder, mends an invalid index."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT);
CREATE UNIQUE INDEX CONCURRENTLY "User_email_key" ON "User"("email");
CREATE UNIQUE INDEX "User_id_key" ON "User"("id");
"""

BAD = """
ALTER TABLE "User" ADD CONSTRAINT "User_email_key" UNIQUE USING INDEX "User_email_key";
"""

GOOD = """
REINDEX INDEX CONCURRENTLY "User_email_key";
"""

QUIET = [
    'ALTER TABLE "User" ADD CONSTRAINT "User_id_key" UNIQUE USING INDEX "User_id_key";',
    'REINDEX INDEX "User_email_key"; ALTER TABLE "User" ADD UNIQUE USING INDEX "User_email_key";',
    "CREATE TABLE n (a INT); CREATE UNIQUE INDEX i ON n (a); "
    "ALTER TABLE n ADD UNIQUE USING INDEX i;",
    'ALTER TABLE "User" ADD UNIQUE ("email");',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddConstraint):
        constraint = action.constraint
        if constraint.kind is not ConstraintKind.UNIQUE or not constraint.using_index:
            continue
        schema = action.table.partition(".")[0]
        index = context.catalogue.indexes.get(f"{schema}.{constraint.using_index}")
        if not context.is_new(action.table) and (index is None or index.doubtful):
            yield Hit(
                f"This fails where the build of {constraint.using_index} on "
                f"{shown(action.table)} did not finish.",
                about=action,
            )
