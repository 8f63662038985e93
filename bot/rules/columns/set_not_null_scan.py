"""SET NOT NULL reads the whole table while nobody can use it.

PostgreSQL looks at every row for a missing value, and holds up all reads and writes meanwhile. With
a validated CHECK that says the same, it need not look.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.not_null import proved_first
from bot.rules.columns.proofs import validated_unseen
from bot.sql.actions import AddColumn, SetNotNull

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (SetNotNull,)

FIX = (
    "Add CHECK (… IS NOT NULL) NOT VALID in one migration folder, VALIDATE CONSTRAINT in the next, "
    "and then SET NOT NULL and drop the CHECK in a third."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT);
CREATE TABLE "Team" ("id" TEXT NOT NULL, "name" TEXT);
ALTER TABLE "Team" ADD CONSTRAINT "name_there" CHECK ("name" IS NOT NULL) NOT VALID;
CREATE TABLE "Post" ("id" TEXT NOT NULL, "title" TEXT);
ALTER TABLE "Post" ADD CONSTRAINT "title_there" CHECK ("title" IS NOT NULL);
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "email" SET NOT NULL;
"""

GOOD = """
ALTER TABLE "User" ADD CONSTRAINT "email_there" CHECK ("email" IS NOT NULL) NOT VALID;
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "id" SET NOT NULL;',
    'ALTER TABLE "Post" ALTER COLUMN "title" SET NOT NULL;',
    'ALTER TABLE "Team" VALIDATE CONSTRAINT "name_there"; '
    'ALTER TABLE "Team" ALTER "name" SET NOT NULL;',
    'ALTER TABLE "Post" RENAME "title" TO "head"; ALTER TABLE "Post" ALTER "head" SET NOT NULL;',
    "ALTER TABLE elsewhere VALIDATE CONSTRAINT email_there; "
    "ALTER TABLE elsewhere ALTER email SET NOT NULL;",
    "CREATE TABLE n (a INT); ALTER TABLE n ALTER COLUMN a SET NOT NULL;",
    'ALTER FOREIGN TABLE remote ALTER COLUMN "email" SET NOT NULL;',
]


def check(statement: Statement, context: Context) -> Hits:
    if statement.tree.get("objtype") == "OBJECT_FOREIGN_TABLE":
        return
    for action in context.all(SetNotNull):
        if context.is_new(action.table) or _known_not_null(action, context):
            continue
        yield Hit(
            f"All reads and writes of {shown(action.table)} wait while every row is checked for "
            f"NULL in {action.name}.",
            about=action,
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return proved_first(statement, context)


def _known_not_null(action: SetNotNull, context: Context) -> bool:
    catalogue = context.catalogue
    column = catalogue.column(action.table, action.name)
    if column and column.not_null:
        return True
    if any(each.column.name == action.name for each in context.all(AddColumn)):
        return False
    proved = catalogue.proved_not_null(action.table, action.name)
    return (proved or validated_unseen(action, context)) and context.settings.postgres >= 12
