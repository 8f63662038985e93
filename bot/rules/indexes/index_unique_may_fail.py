"""A unique index on columns that hold data already fails if there are duplicates.

Whether there are any is known only on each database: it may work everywhere but in production. The
deployment then stops halfway, and a concurrent build leaves a broken index behind.
"""

from collections.abc import Iterable, Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import (
    Action,
    AddConstraint,
    CreateIndex,
    Delete,
    DropColumn,
    DropConstraint,
    DropObjects,
    Rename,
)
from bot.sql.values import ConstraintKind

SEVERITY = Severity.WARNING

ABOUT = (AddConstraint, CreateIndex)
SIZED = Sized.SHOWN

FIX = (
    "Count the duplicates in production first (SELECT columns, count(*) FROM table GROUP BY "
    "columns HAVING count(*) > 1), and remove them in an earlier migration folder."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT, "name" TEXT, "slug" TEXT);
CREATE UNIQUE INDEX "User_slug_key" ON "User"("slug");
"""

BAD = """
CREATE UNIQUE INDEX CONCURRENTLY "User_email_key" ON "User"("email");
"""

GOOD = """
CREATE TABLE "Invitation" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT NOT NULL);
CREATE UNIQUE INDEX "Invitation_email_key" ON "Invitation"("email");
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN a INT, ADD COLUMN b INT; CREATE UNIQUE INDEX i ON "User"(a, b);',
    'ALTER TABLE "User" ADD COLUMN a INT; ALTER TABLE "User" ADD CONSTRAINT c UNIQUE (a);',
    'CREATE UNIQUE INDEX CONCURRENTLY i ON "User"("slug", "name");',
    'CREATE UNIQUE INDEX i ON "User"("email", "id");',
    'DROP INDEX "User_slug_key"; CREATE UNIQUE INDEX i ON "User"("slug", "name");',
    'ALTER TABLE "User" ADD CONSTRAINT "User_slug_key" UNIQUE USING INDEX "User_slug_key";',
    'DELETE FROM "User" a USING "User" b WHERE a.email = b.email AND a.id > b.id; '
    'CREATE UNIQUE INDEX i ON "User"("email");',
    'CREATE INDEX CONCURRENTLY i ON "User"("email");',
    'CREATE UNIQUE INDEX IF NOT EXISTS "User_slug_key" ON "User"("email");',
]


_TAKING = (DropColumn, DropConstraint, DropObjects, Rename)


def check(statement: Statement, context: Context) -> Hits:
    for table, columns, about in _made_unique(context):
        if not context.is_new(table) and not _known_unique(table, columns, context):
            named = ", ".join(columns) or "what it covers"
            yield Hit(
                f"The migration fails if two rows of {shown(table)} have the same {named}.",
                about=about,
            )


def _made_unique(context: Context) -> Iterator[tuple[str, tuple[str, ...], Action]]:
    for index in context.all(CreateIndex):
        there = index.if_not_exists and index.name in context.catalogue.indexes
        if index.unique and not there:
            names = (each.name or "(an expression)" for each in index.columns)
            yield index.table, tuple(names), index
    for action in context.all(AddConstraint):
        constraint = action.constraint
        if constraint.kind is ConstraintKind.UNIQUE and not constraint.using_index:
            yield action.table, constraint.columns, action


def _known_unique(table: str, columns: Iterable[str], context: Context) -> bool:
    """Whether they cannot hold duplicates: fewer of them are unique already, or all are new, or
    the file has just deleted the duplicates."""
    wanted = set(columns)
    if wanted and all(context.file.adds_column(table, name) for name in wanted):
        return True
    # What the file has dropped was unique until then.
    dropped = not context.file.kinds.isdisjoint(_TAKING)
    for catalogue in (context.catalogue, *([context.file.start] if dropped else [])):
        for index in catalogue.indexes_of(table):
            if index.unique and not index.partial and _columns(index.columns) <= wanted:
                return True
    return any(True for _ in context.earlier.all(Delete, about=table))


def _columns(columns: Iterable[object]) -> set[str]:
    return {getattr(each, "name", None) or "" for each in columns}
