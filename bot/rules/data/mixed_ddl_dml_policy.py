"""One migration changes both the schema and the data.

Where the two are kept apart, each can be reviewed, timed and repeated by itself, and no schema
change holds its locks while rows are being changed.
"""

from bot.core.findings.rule import Hit, Hits
from bot.judge.context import MigrationContext
from bot.judge.timeline import Step
from bot.sql import actions as act

SEVERITY = None

FIX = "Move the data changes into a migration folder of their own."

BEFORE = """
CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "plan" TEXT);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "tier" TEXT;
UPDATE "User" SET "tier" = 'free' WHERE "id" = 1;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "tier" TEXT;
"""

QUIET = [
    'UPDATE "User" SET "plan" = \'free\' WHERE "id" = 1;',
    'BEGIN; SET LOCAL lock_timeout = \'1s\'; UPDATE "User" SET "plan" = \'a\' WHERE "id" = 1; '
    "COMMIT;",
    'CREATE TEMP TABLE n AS SELECT 1 AS a; DELETE FROM "User" WHERE "id" = 1;',
    'ALTER TABLE "User" ADD COLUMN "a" TEXT; SELECT 1;',
    'UPDATE "User" SET "plan" = \'free\' WHERE "id" = 1; ANALYZE "User";',
]

_DATA = (act.Insert, act.Update, act.Delete, act.Merge, act.Copy, act.Truncate)
_NEITHER = (
    act.Transaction, act.SetVariable, act.Query, act.LockTable, act.Vacuum, act.RunBlock,
    act.Call, act.Other, act.Unread, act.RefreshView,
)  # fmt: skip


def check_migration(context: MigrationContext) -> Hits:
    data = [each for each in context.steps if _of(each, _DATA)]
    if data and any(_changes_schema(each) for each in context.steps):
        yield Hit(
            "This changes data in a file that also changes the schema.", at=data[0].statement.start
        )


def _of(step: Step, kinds: tuple[type[act.Action], ...]) -> bool:
    return any(isinstance(each, kinds) for each in step.actions)


def _changes_schema(step: Step) -> bool:
    return any(
        not isinstance(each, (*_DATA, *_NEITHER)) and not getattr(each, "temporary", False)
        for each in step.actions
    )
