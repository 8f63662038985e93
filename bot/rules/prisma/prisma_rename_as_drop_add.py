"""A rename in schema.prisma becomes a drop and an add, and the data is lost.

Prisma cannot tell a renamed field from one that was removed and another that was added, so it
writes DROP COLUMN and ADD COLUMN. The new column is empty for every row.
"""

import re
from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.judge.replay.births import key_of
from bot.rules.objects.lifecycle import comes_back
from bot.sql.actions import AddColumn, CreateTable, DropColumn, DropObjects
from bot.sql.names import bare
from bot.sql.values import Column

SEVERITY = Severity.ERROR

ABOUT = (DropColumn, DropObjects)
SIZED = Sized.SHOWN

FIX = "If this is a rename, keep the old name in the database with `@map` (`@@map` for a model)."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "name" TEXT, "age" INTEGER);
CREATE TABLE "_PostToTag" ("A" INTEGER NOT NULL, "B" INTEGER NOT NULL);
"""

BAD = """
ALTER TABLE "User" DROP COLUMN "name",
ADD COLUMN     "fullName" TEXT;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN     "fullName" TEXT;
"""

QUIET = [
    'ALTER TABLE "User" DROP COLUMN "name", ADD COLUMN "active" BOOLEAN;',
    'ALTER TABLE "User" DROP COLUMN "name"; CREATE TABLE n (a TEXT);',
    "CREATE TABLE n (a TEXT); ALTER TABLE n DROP COLUMN a, ADD COLUMN b TEXT;",
    'ALTER TABLE "User" ADD COLUMN "x" TEXT;',
    'DROP TABLE "User"; CREATE TABLE "Other" ("a" INT, "b" INT);',
    'CREATE TABLE "new_User" ("id" TEXT NOT NULL, "name" TEXT, "age" INTEGER); DROP TABLE "User"; '
    'ALTER TABLE "new_User" RENAME TO "User";',
]


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropColumn):
        column = context.catalogue.column(drop.table, drop.name)
        new = _replacement(drop, column, context) if column else None
        if new and not context.is_new(drop.table):
            yield Hit(
                f"{drop.name} is dropped and {new} of the same type is added: if "
                f"{shown(drop.table)}.{drop.name} is meant to be renamed, its data is lost.",
                fix=f'If this is a rename, write `@map("{drop.name}")` beside the field {new}; or '
                "rename the column itself in a planned release, in place of the two:"
                + _renaming(drop.table, f"RENAME COLUMN {quoted(drop.name)} TO {quoted(new)}"),
                about=drop,
            )
    for old, created in _replaced_tables(context):
        yield Hit(
            f"{shown(old)} is dropped and {shown(created)} with the same columns is created: if it "
            "is meant to be renamed, its rows are lost.",
            fix=f'If this is a rename, write `@@map("{bare(old)}")` in the model; or rename the '
            "table itself in a planned release, in place of the two:"
            + _renaming(old, f"RENAME TO {quoted(bare(created))}"),
            about=old,
        )


def _replacement(drop: DropColumn, old: Column, context: Context) -> str | None:
    """The one column added in this file that could be the old one under a new name."""
    added = [
        each.column
        for each in context.file.everything.all(AddColumn, about=drop.table)
        if each.table == drop.table
        and each.column.name != drop.name
        and each.column.type == old.type
    ]
    dropped = [*context.file.everything.all(DropColumn, about=drop.table)]
    if len(added) == 1 and len(dropped) == 1:
        return added[0].name
    related = (each.name for each in added if _words(each.name) & _words(drop.name))
    return next(related, None)


def _renaming(table: str, action: str) -> str:
    """On a line of its own, to be pasted; nothing if a name would not stay on it."""
    schema, _, name = table.partition(".")
    named = quoted(name) if schema == "public" else quoted(schema, name)
    sql = f"ALTER TABLE {named} {action};"
    return f"\n{sql}" if sql.isprintable() else " ALTER TABLE … RENAME …"


def _words(name: str) -> set[str]:
    found = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return {word.lower() for word in found if len(word) > 2}


def _replaced_tables(context: Context) -> Iterator[tuple[str, str]]:
    drops = (each for each in context.all(DropObjects) if each.kind == "TABLE")
    for name in (name for drop in drops for name in drop.names):
        old = context.catalogue.tables.get(name)
        if old is None or not old.columns or context.is_new(name):
            continue
        if comes_back(context, key_of("TABLE", name)):
            continue  # table-replaced: the name stays.
        for created in context.file.all(CreateTable):
            types = {each.name: each.type for each in created.columns}
            if created.table != name and types == {k: v.type for k, v in old.columns.items()}:
                yield name, created.table
