"""A foreign key whose columns no index starts with makes changes to the other table slow.

Each time a row of the referenced table is deleted, or its key changes, PostgreSQL looks for rows
that point to it. Without an index it reads the whole referring table, for every single row, and
holds locks meanwhile. Nothing shows while tables are small, so it is a notice on a new table.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.judge.timeline import Step
from bot.rules.constraints.foreign_keys import ForeignKey, foreign_keys_of
from bot.sql.actions import AddColumn, AddConstraint, CreateIndex, CreateTable
from bot.sql.values import Constraint, ConstraintKind

SEVERITY = Severity.WARNING
SIZED = Sized.SHOWN

ABOUT = (AddColumn, AddConstraint, CreateTable)

FIX = (
    "Add an index that starts with the foreign key's columns; on a table that is in use, with "
    "CREATE INDEX CONCURRENTLY, alone in its own migration folder."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Post" ("id" TEXT NOT NULL PRIMARY KEY, "authorId" TEXT);
ALTER TABLE "Post" ADD CONSTRAINT "author" FOREIGN KEY ("authorId") REFERENCES "User"("id");
"""

BAD = """
CREATE TABLE "Order" ("id" TEXT NOT NULL PRIMARY KEY, "userId" TEXT REFERENCES "User"("id"));
"""

GOOD = """
SET lock_timeout = '2s';
CREATE TABLE "Order" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT REFERENCES "User"("id") ON DELETE SET NULL
);
CREATE INDEX "Order_userId_idx" ON "Order"("userId");
"""

QUIET = [
    'ALTER TABLE "Post" DROP CONSTRAINT "author"; ALTER TABLE "Post" ADD CONSTRAINT "author" '
    'FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE CASCADE NOT VALID;',
    'CREATE TABLE m (u TEXT REFERENCES "User"(id), g INT, PRIMARY KEY (u, g));',
    'CREATE TABLE p (u TEXT PRIMARY KEY REFERENCES "User"(id));',
    "CREATE TABLE p (u TEXT); CREATE INDEX i ON p (u); "
    'ALTER TABLE p ADD FOREIGN KEY (u) REFERENCES "User"(id);',
    'CREATE TABLE p (a INT, u TEXT REFERENCES "User"(id)); CREATE UNIQUE INDEX i ON p (u, a);',
    'CREATE TABLE p (u TEXT UNIQUE REFERENCES "User"(id));',
]

_INDEXED = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)


def check(statement: Statement, context: Context) -> Hits:
    for each in foreign_keys_of(context.step):
        wanted = set(each.columns)
        if (
            wanted
            and not _was_there(each, context)
            and not any(set(led[: len(wanted)]) == wanted for led in _indexes(each, context))
        ):
            columns = ", ".join(each.columns)
            yield Hit(
                f"No index of {shown(each.table)} starts with {columns}, so every delete in "
                f"{shown(each.constraint.references or '')} reads all of {shown(each.table)}.",
                severity=Severity.NOTICE if context.is_new(each.table) else None,
                about=each.constraint,
            )


def _was_there(key: ForeignKey, context: Context) -> bool:
    """Whether the table had the same foreign key before, as Prisma drops one to change its action.

    It was reported when it was new, and nothing gets slower.
    """
    return any(
        (each.kind, each.columns, each.references)
        == (ConstraintKind.FOREIGN_KEY, key.columns, key.constraint.references)
        for each in context.file.start.constraints_of(key.table).values()
    )


def _indexes(key: ForeignKey, context: Context) -> Iterator[tuple[str | None, ...]]:
    """The columns of every index the table has, or is given further down the file."""
    for index in context.catalogue.indexes_of(key.table):
        if not index.partial:
            yield tuple(column.name for column in index.columns)
    kinds = (CreateIndex, AddConstraint, CreateTable)
    for step in context.from_here.steps_with(*kinds, about=key.table):
        yield from _added(step, key.table)


def _added(step: Step, table: str) -> Iterator[tuple[str | None, ...]]:
    for index in step.all(CreateIndex):
        if index.table == table and not index.partial:
            yield tuple(column.name for column in index.columns)
    for action in step.all(AddConstraint):
        if action.table == table:
            yield from _owned(action.constraint, action.constraint.columns)
    for created in step.all(CreateTable):
        if created.table == table:
            for constraint in created.constraints:
                yield from _owned(constraint, constraint.columns)
            for column in created.columns:
                for constraint in column.constraints:
                    yield from _owned(constraint, (column.name,))


def _owned(constraint: Constraint, columns: tuple[str, ...]) -> Iterator[tuple[str | None, ...]]:
    if constraint.kind in _INDEXED:
        yield columns
