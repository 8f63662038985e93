"""Without its primary key a table loses what replication and foreign keys hold on to.

On a published table every UPDATE and DELETE fails from then on, duplicate rows can get in, and
foreign keys that point to the key stop the drop, or go with it under CASCADE.
"""

from bot.core.finding import Severity
from bot.core.rule import Hits
from bot.core.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import AddConstraint, DropConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.ERROR

ABOUT = (DropConstraint,)

FIX = (
    "Build the new key's index with CREATE UNIQUE INDEX CONCURRENTLY in an earlier migration "
    "folder, and drop the old key and add the new one USING INDEX in one ALTER TABLE."
)

BEFORE = """
CREATE TABLE "Tag" (
    "id" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    CONSTRAINT "Tag_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Tag_code_key" ON "Tag"("code");
"""

BAD = """
ALTER TABLE "Tag" DROP CONSTRAINT "Tag_pkey";
"""

GOOD = """
ALTER TABLE "Tag"
    DROP CONSTRAINT "Tag_pkey",
    ADD CONSTRAINT "Tag_code_pkey" PRIMARY KEY USING INDEX "Tag_code_key";
"""

QUIET = [
    "CREATE TABLE n (a INT CONSTRAINT k PRIMARY KEY); ALTER TABLE n DROP CONSTRAINT k;",
    'ALTER TABLE "Tag" DROP CONSTRAINT IF EXISTS "Tag_code_key";',
    'ALTER TABLE "Tag" DROP CONSTRAINT "Tag_pkey", ADD CONSTRAINT "Tag_pkey" PRIMARY KEY ("code");',
]


def check(statement: Statement, context: Context) -> Hits:
    replaced = {
        each.table
        for each in context.all(AddConstraint)
        if each.constraint.kind is ConstraintKind.PRIMARY_KEY
    }
    for action in context.all(DropConstraint):
        if context.is_new(action.table) or action.table in replaced:
            continue
        if _is_primary_key(action, context):
            yield (
                f"{shown(action.table)} has no primary key from here on: duplicates can get in, "
                "and if it is replicated, updates and deletes fail."
            )


def _is_primary_key(action: DropConstraint, context: Context) -> bool:
    """By what is known of it; a constraint that is not known, by the name it would have."""
    table = context.catalogue.tables.get(action.table)
    if table is None:
        return action.name == f"{action.table.partition('.')[2]}_pkey"
    found = table.constraints.get(action.name)
    return found is not None and found.kind is ConstraintKind.PRIMARY_KEY
