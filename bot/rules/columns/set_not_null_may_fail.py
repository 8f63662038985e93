"""SET NOT NULL fails if one row has no value.

Test data is complete more often than production's: the migration works everywhere else, and stops
the deployment there. Rows must be filled first, and new ones must not come without a value.
"""

from collections.abc import Iterable

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rules.columns.additions import emptied
from bot.rules.columns.proofs import validated_unseen
from bot.sql.actions import Action, AddColumn, SetNotNull, Update
from bot.sql.parse import parse
from bot.sql.read import actions_of

SEVERITY = Severity.WARNING
SIZED = Sized.SHOWN

ABOUT = (SetNotNull,)

FIX = (
    "Fill the rows that have none with UPDATE … WHERE … IS NULL, in an earlier migration folder, "
    "once the running version writes the column always."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT, "name" TEXT, "kind" TEXT DEFAULT 'person');
UPDATE "User" SET "name" = '' WHERE "name" IS NULL;
CREATE TABLE "Post" ("id" TEXT NOT NULL, "title" TEXT);
ALTER TABLE "Post" ADD CONSTRAINT "title_there" CHECK ("title" IS NOT NULL);
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "email" SET NOT NULL;
"""

GOOD = """
ALTER TABLE "Post" ALTER COLUMN "title" SET NOT NULL;
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "name" SET NOT NULL;',
    'ALTER TABLE "User" ALTER COLUMN "kind" SET NOT NULL;',
    'ALTER TABLE "User" ALTER COLUMN "id" SET NOT NULL;',
    'UPDATE "User" SET "email" = \'\' WHERE "email" IS NULL; '
    'ALTER TABLE "User" ALTER COLUMN "email" SET NOT NULL;',
    'TRUNCATE "User"; ALTER TABLE "User" ALTER COLUMN "email" SET NOT NULL;',
    "ALTER TABLE elsewhere VALIDATE CONSTRAINT email_there; "
    "ALTER TABLE elsewhere ALTER email SET NOT NULL;",
    'ALTER FOREIGN TABLE remote ALTER COLUMN "email" SET NOT NULL;',
    "CREATE TABLE n (a INT); ALTER TABLE n ALTER COLUMN a SET NOT NULL;",
    'ALTER TABLE "User" ADD n INT; UPDATE "User" SET n = 1 WHERE n IS NULL; '
    'ALTER TABLE "User" ADD CONSTRAINT c CHECK (n IS NOT NULL) NOT VALID; '
    'ALTER TABLE "User" VALIDATE CONSTRAINT c; ALTER TABLE "User" ALTER n SET NOT NULL;',
    'ALTER TABLE "User" ADD n INT DEFAULT 0; ALTER TABLE "User" ALTER n SET NOT NULL;',
    'ALTER TABLE "User" ADD n INT DEFAULT 0, ALTER n SET NOT NULL;',
]


def check(statement: Statement, context: Context) -> Hits:
    if statement.tree.get("objtype") == "OBJECT_FOREIGN_TABLE":
        return  # No row of a foreign table is looked at.
    for action in context.all(SetNotNull):
        if context.is_new(action.table) or _complete(action, context):
            continue
        yield Hit(
            f"The migration stops if a single row of {shown(action.table)} has no {action.name}, "
            "and no earlier statement fills them.",
            about=action,
        )


def _complete(action: SetNotNull, context: Context) -> bool:
    catalogue = context.catalogue
    beside = (each.column for each in context.all(AddColumn) if each.table == action.table)
    column = next((each for each in beside if each.name == action.name), None)
    column = column or catalogue.column(action.table, action.name)
    if column and (column.not_null or column.filled or column.generated):
        return True
    return (
        _proved(action, context)
        or validated_unseen(action, context)
        or emptied(action.table, context)
        or _fills(context.earlier.all(Update, about=action.table), action)
        or _filled_earlier(action, context)
    )


def _proved(action: SetNotNull, context: Context) -> bool:
    """Whether a CHECK went through all rows. That of a column as new as itself would stop there."""
    proved = context.catalogue.proved_not_null(action.table, action.name)
    return proved and not context.file.adds_column(action.table, action.name)


def _filled_earlier(action: SetNotNull, context: Context) -> bool:
    """Only the texts that may hold such an UPDATE are read again."""
    for migration in context.file.history:
        if action.name in migration.sql and "update" in migration.sql.lower():
            statements = parse(migration.sql).statements
            if any(_fills(actions_of(each), action) for each in statements):
                return True
    return False


def _fills(actions: Iterable[Action], wanted: SetNotNull) -> bool:
    return any(
        isinstance(each, Update) and each.table == wanted.table and wanted.name in each.sets
        for each in actions
    )
