"""Dropping this index takes a guarantee away that something still relies on.

Without a unique index duplicates get in, and an upsert of the version that is still running fails
with an error, because ON CONFLICT finds no unique index for its columns. Without the only index of
a foreign key every delete in the other table reads the whole table.
"""

from collections.abc import Iterable, Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.catalogue.schema import Index
from bot.judge.context import Context, shown
from bot.sql.actions import CreateIndex, DropColumn, DropConstraint, DropObjects
from bot.sql.values import IndexedColumn

SEVERITY = Severity.WARNING

ABOUT = (DropObjects,)

FIX = (
    "Create the index that takes its place in an earlier migration folder; where none is needed, "
    "drop this one a release after the code stopped relying on it, and allow it with the reason."
)

BEFORE = """
CREATE TABLE "Team" ("id" TEXT NOT NULL PRIMARY KEY);
CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "teamId" TEXT REFERENCES "Team"("id"),
    "bossId" TEXT REFERENCES "Team"("id")
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "User_name_idx" ON "User"("name");
CREATE INDEX "User_teamId_idx" ON "User"("teamId");
CREATE INDEX "User_bossId_idx" ON "User"("bossId");
CREATE INDEX "User_bossId_name_idx" ON "User"("bossId", "name");
"""

BAD = """
DROP INDEX CONCURRENTLY "User_email_key";
"""

GOOD = """
-- "User_bossId_name_idx" starts with the same column and takes its place.
DROP INDEX CONCURRENTLY "User_bossId_idx";
"""

QUIET = [
    'DROP INDEX "User_name_idx";',
    'DROP INDEX "User_email_key"; ALTER TABLE "User" DROP COLUMN "email";',
    'CREATE UNIQUE INDEX "i" ON "User"("email"); DROP INDEX "User_email_key";',
    'DROP INDEX "User_email_key"; CREATE UNIQUE INDEX "i" ON "User"("email");',
    'ALTER TABLE "User" DROP CONSTRAINT "User_teamId_fkey"; DROP INDEX "User_teamId_idx";',
    'DROP INDEX "User_teamId_idx"; DROP TABLE "User";',
    "CREATE TABLE n (a INT); CREATE UNIQUE INDEX i ON n (a); DROP INDEX i;",
    'DROP INDEX "Unknown_key";',
]


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropObjects):
        for name in drop.names if drop.kind == "INDEX" else ():
            index = context.catalogue.indexes.get(name)
            if index and not index.constraint and not _pointless(index, context):
                yield from _lost(index, context)


def _pointless(index: Index, context: Context) -> bool:
    """Whether there is nobody to miss it: its table or one of its columns goes too, or is new."""
    if context.is_new(index.table):
        return True
    columns = {each.name for each in index.columns}
    if any(True for _ in context.from_here.all(DropObjects, about=index.table)):
        return True
    gone = {each.name for each in context.from_here.all(DropColumn, about=index.table)}
    return bool(gone & columns)


def _lost(index: Index, context: Context) -> Hits:
    columns = _names(index.columns)
    table = shown(index.table)
    others = [each for each in _others(index, context) if index.partial or not each.partial]
    if index.unique:
        if not any(each.unique and set(_names(each.columns)) == set(columns) for each in others):
            shown_columns = ", ".join(columns) or "what it covers"
            yield Hit(
                f"Without {shown(index.name)} nothing keeps {shown_columns} of {table} unique, "
                f"and an upsert on it fails in the version that is still running.",
                about=index.name,
            )
        return
    for key in _covered(index, context):
        wanted = set(key)
        if not any(set(_names(each.columns)[: len(key)]) == wanted for each in others):
            yield Hit(
                f"{shown(index.name)} is the only index of the foreign key on {', '.join(key)}: "
                f"without it, deletes in the other table read all of {table}.",
                about=index.name,
            )


def _others(index: Index, context: Context) -> Iterator[Index | CreateIndex]:
    """The indexes that are there once this one is gone, or that come in the same transaction."""
    dropped = {name for drop in context.all(DropObjects) for name in drop.names}
    for each in context.catalogue.indexes_of(index.table):
        if each.name not in dropped:
            yield each
    together = context.same_transaction(context.later)
    yield from (each for each in together.all(CreateIndex, about=index.table))


def _covered(index: Index, context: Context) -> Iterator[tuple[str, ...]]:
    """The foreign keys that stay and whose columns the index starts with."""
    table = context.catalogue.tables.get(index.table)
    gone = {each.name for each in context.later.all(DropConstraint, about=index.table)}
    for key in table.foreign_keys() if table and not index.partial else ():
        led = set(_names(index.columns)[: len(key.columns)])
        if key.name not in gone and key.columns and led == set(key.columns):
            yield key.columns


def _names(columns: Iterable[IndexedColumn]) -> tuple[str, ...]:
    return tuple(each.name or "(an expression)" for each in columns)
