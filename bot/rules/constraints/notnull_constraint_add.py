"""Adding a NOT NULL constraint reads the whole table while nobody can use it.

PostgreSQL 18 lets NOT NULL be added by name like a CHECK. Without NOT VALID it looks at every row
for a missing value, and holds up all reads and writes meanwhile.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.constraints import NOT_NULL, validated_later
from bot.sql.actions import AddConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddConstraint,)

FIX = (
    "Add it NOT VALID, which checks new rows only, and VALIDATE CONSTRAINT in a later migration "
    "folder, which blocks nobody."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT);
"""

BAD = """
ALTER TABLE "User" ADD CONSTRAINT "User_email_not_null" NOT NULL "email";
"""

GOOD = """
ALTER TABLE "User" ADD CONSTRAINT "User_email_not_null" NOT NULL "email" NOT VALID;
"""

QUIET = [
    "CREATE TABLE n (a INT); ALTER TABLE n ADD CONSTRAINT c NOT NULL a;",
    'ALTER TABLE "User" ADD CONSTRAINT c NOT NULL "id";',
    'ALTER TABLE "User" ADD CONSTRAINT c CHECK ("email" IS NOT NULL); '
    'ALTER TABLE "User" ADD CONSTRAINT d NOT NULL "email";',
    'ALTER TABLE "User" VALIDATE CONSTRAINT "User_email_not_null";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddConstraint):
        constraint = action.constraint
        if constraint.kind is not ConstraintKind.NOT_NULL or not constraint.validated:
            continue
        if context.is_new(action.table) or context.settings.postgres < 18:
            continue
        for name in constraint.columns:
            if not _known_not_null(action.table, name, context):
                yield Hit(
                    f"Every row of {shown(action.table)} is checked for {name}; reads and writes "
                    "wait until that is done.",
                    about=action,
                )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return validated_later(statement, context, NOT_NULL)


def _known_not_null(table: str, name: str, context: Context) -> bool:
    column = context.catalogue.column(table, name)
    return bool(column and column.not_null) or context.catalogue.proved_not_null(table, name)
