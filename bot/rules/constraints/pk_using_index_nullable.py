"""A primary key from an index still reads the whole table if a column of it may be NULL.

The index is there already, but PostgreSQL must also prove that no row lacks a value, and holds up
all reads and writes while it looks.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.constraints import proved_before_key
from bot.sql.actions import AddConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.WARNING
SIZED = Sized.WORK

ABOUT = (AddConstraint,)

FIX = (
    "Make the columns NOT NULL first: CHECK (… IS NOT NULL) NOT VALID in one migration folder, "
    "VALIDATE CONSTRAINT in the next; the primary key then needs no look."
)

BEFORE = """
CREATE TABLE "Tag" ("name" TEXT, "code" TEXT NOT NULL);
CREATE UNIQUE INDEX "Tag_name_key" ON "Tag"("name");
CREATE UNIQUE INDEX "Tag_code_key" ON "Tag"("code");
"""

BAD = """
ALTER TABLE "Tag" ADD CONSTRAINT "Tag_pkey" PRIMARY KEY USING INDEX "Tag_name_key";
"""

GOOD = """
ALTER TABLE "Tag" ADD CONSTRAINT "Tag_pkey" PRIMARY KEY USING INDEX "Tag_code_key";
"""

QUIET = [
    "CREATE TABLE n (a INT); CREATE UNIQUE INDEX i ON n (a); "
    "ALTER TABLE n ADD PRIMARY KEY USING INDEX i;",
    'ALTER TABLE "Tag" ADD CONSTRAINT c CHECK ("name" IS NOT NULL); '
    'ALTER TABLE "Tag" ADD PRIMARY KEY USING INDEX "Tag_name_key";',
    'ALTER TABLE "Tag" ALTER "name" SET NOT NULL; '
    'ALTER TABLE "Tag" ADD PRIMARY KEY USING INDEX "Tag_name_key";',
    'ALTER TABLE "Tag" ADD UNIQUE USING INDEX "Tag_name_key";',
    'ALTER TABLE "Tag" ADD PRIMARY KEY ("name");',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddConstraint):
        constraint = action.constraint
        if constraint.kind is not ConstraintKind.PRIMARY_KEY or not constraint.using_index:
            continue
        if not context.is_new(action.table) and not _known_not_null(action, context):
            yield Hit(
                f"Every row of {shown(action.table)} is checked for missing values; reads and "
                "writes wait until that is done.",
                about=action,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return proved_before_key(statement, context)


def _known_not_null(action: AddConstraint, context: Context) -> bool:
    names = list(_columns(action, context))
    return bool(names) and all(_proved(action.table, name, context) for name in names)


def _columns(action: AddConstraint, context: Context) -> Iterator[str]:
    schema = action.table.partition(".")[0]
    index = context.catalogue.indexes.get(f"{schema}.{action.constraint.using_index}")
    for each in index.columns if index else ():
        if each.name:
            yield each.name


def _proved(table: str, name: str, context: Context) -> bool:
    column = context.catalogue.column(table, name)
    if column and column.not_null:
        return True
    return context.settings.postgres >= 12 and context.catalogue.proved_not_null(table, name)
