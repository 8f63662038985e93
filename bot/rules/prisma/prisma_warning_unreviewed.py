"""Prisma wrote a warning into the file, and nobody has dealt with it.

`prisma migrate dev` puts what may fail or lose data into a comment at the top. Where one of these
rules reports the statement, that finding says it better; what is left was read by nobody.
"""

import re
from collections.abc import Iterator

from bot.core.finding import Severity
from bot.core.rule import Hit, Hits
from bot.core.statement import Position
from bot.judge.context import MigrationContext
from bot.sql.lexer import Lines, Part, pieces
from bot.sql.names import bare

SEVERITY = Severity.WARNING

FIX = "Check what the warning says against real data, then take it out of the comment."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
/*
  Warnings:

  - Added the required column `name` to the `User` table without a default value.

*/
ALTER TABLE "User" ADD COLUMN     "name" TEXT;
"""

GOOD = """
-- The application fills it in from the next release on.
ALTER TABLE "User" ADD COLUMN     "name" TEXT;
"""

QUIET = [
    "/*\n  Warnings:\n\n  - Added the required column `name` to the `User` table without a default "
    'value.\n\n*/\nALTER TABLE "User" ADD COLUMN "name" TEXT NOT NULL;',
    "/*\n  Warnings:\n\n  - You are about to drop the `User` table. If the table is not empty, all "
    'the data it contains will be lost.\n\n*/\nDROP TABLE "User";',
    "/*\n  Warnings:\n\n  - You are about to drop the column `a` on the `n` table.\n\n*/\n"
    "CREATE TABLE n (a INT, b INT); ALTER TABLE n DROP COLUMN a;",
    "/* Warnings: none. */\nSELECT 1;",
    "SELECT '/*\n  Warnings:\n\n  - drop `User`\n*/';",
]

_HEADING = re.compile(r"/\*\s*Warnings:\s")
_BULLET = re.compile(r"^[ \t]*- (?P<text>\S.*)$", re.MULTILINE)
_TABLE = re.compile(r"`([^`]+)` table\b|\btable `([^`]+)`|\benum `([^`]+)`")
_COLUMN = re.compile(r"\bcolumns? `([^`]+)`|\bThe `([^`]+)` column\b|\btype of `([^`]+)`")


def check_migration(context: MigrationContext) -> Hits:
    if context.baseline:
        return
    left = [each for each in _bullets(context.migration.sql) if not _settled(each[1], context)]
    if left:
        (at, text), count = left[0], len(left) - 1
        more = f" (and {count} more)" if count else ""
        yield Hit(f"Prisma warned, and no finding is about it{more}: {_plain(text)}", at=at)


def _bullets(sql: str) -> Iterator[tuple[Position, str]]:
    if "Warnings:" not in sql:
        return
    lines = Lines(sql)
    for piece in pieces(sql):
        comment = sql[piece.start : piece.end]
        if piece.part is Part.COMMENT and _HEADING.match(comment):
            for bullet in _BULLET.finditer(comment):
                yield lines.at(piece.start + bullet.start("text") - 2), bullet["text"]


def _settled(text: str, context: MigrationContext) -> bool:
    """Whether the warning is about something new, or about a statement that is reported."""
    table = _first(_TABLE, text)
    columns = [each.strip() for each in _first(_COLUMN, text).strip("[]").split(",")]
    if table in context.once(_new_tables):
        return True
    reported = {each.statement for each in context.findings if each.statement is not None}
    statements = (context.steps[place].statement for place in sorted(reported))
    return any(
        # An enum is reported where its replacement is created.
        (_names(table, each.sql) or _names(f"{table}_new", each.sql))
        and any(_names(column, each.sql) for column in columns)
        for each in statements
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return next(filter(None, found.groups()), "") if found else ""


def _new_tables(context: MigrationContext) -> set[str]:
    """The tables that did not exist before this pull request, and so cannot lose anything."""
    here = {*context.start.tables, *context.catalogue.tables} - set(context.base.tables)
    old = set(map(bare, context.base.tables)) if here else set()
    return set(map(bare, here)) - old


def _names(name: str, sql: str) -> bool:
    """Whether a name stands there by itself, and not as a part of another."""
    at = sql.find(name)
    while at >= 0:
        around = sql[at - 1 : at] + sql[at + len(name) : at + len(name) + 1]
        if not any(each.isalnum() or each in "_$" for each in around):
            return True
        at = sql.find(name, at + 1)
    return False


def _plain(text: str) -> str:
    return text.replace("`", "").strip()
