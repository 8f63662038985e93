"""Changing a column's type disturbs the version of the application that is running.

Its open connections have queries prepared for the old type: PostgreSQL answers them with "cached
plan must not change result type" until they reconnect, and the old code may send values, or expect
them, in a form that no longer fits. Where the table is rewritten too it is a notice, because what
that graver finding asks for, a new column, is the way out of both.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, listed
from bot.rules.columns.afterwards import happens
from bot.rules.columns.type_changes import ChangedType, changed_types
from bot.sql.actions import AlterColumnType, DropColumn

SEVERITY = Severity.WARNING

ABOUT = (AlterColumnType,)

FIX = (
    "Add a new column of the new type, let the application write both, switch over, and drop the "
    "old column in a later release."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "name" VARCHAR(20));
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE VARCHAR(40);
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "nameNew" VARCHAR(40);
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE VARCHAR(20);',
    "CREATE TABLE n (a INT); ALTER TABLE n ALTER a TYPE BIGINT;",
    'ALTER TABLE "User" ADD x INT; ALTER TABLE "User" ALTER x TYPE BIGINT;',
    'ALTER TABLE "User" ALTER "name" TYPE TEXT; ALTER TABLE "User" DROP COLUMN "name";',
    "CREATE TEMP TABLE n (a INT); ALTER TABLE n ALTER a TYPE BIGINT;",
]


def check(statement: Statement, context: Context) -> Hits:
    changes = [each for each in changed_types(context) if _disturbs(each, context)]
    if changes:
        names = listed(f"{each.table}.{each.name}" for each in changes)
        kinds = {str(each.type) for each in changes}
        now = f"once it is {kinds.pop()}" if len(changes) == 1 else "once their types are others"
        yield Hit(
            f"Queries of the running version that use {names} may fail {now}, until every "
            "instance is replaced.",
            about=changes[0].action,
            severity=None if any(not each.cost.rewrites for each in changes) else Severity.NOTICE,
        )


def _disturbs(change: ChangedType, context: Context) -> bool:
    """Whether a query that is prepared for the old type would find another."""
    same = change.before is not None and change.before.type == change.type
    return not (
        same
        or context.file.adds_column(change.table, change.name)
        or happens(context.later, change.table, change.name, DropColumn)
    )
