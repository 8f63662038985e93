"""Prisma wrote a warning into the file, and nobody has dealt with it.

`prisma migrate dev` puts what may fail or lose data into a comment at the top. Where one of these
rules reports the statement, that finding says it better; what is left was read by nobody.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.judge.context import MigrationContext
from bot.sql.names import bare
from bot.sql.prisma_warnings import PrismaWarning, prisma_warnings

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
    "/*\n  Warnings:\n\n  - A unique constraint covering the columns `[slug]` on the table `User` "
    'will be added.\n\n*/\nALTER TABLE "User" ADD COLUMN "slug" TEXT; '
    'CREATE UNIQUE INDEX "k" ON "User"("slug");',
    "/* Warnings: none. */\nSELECT 1;",
    "SELECT '/*\n  Warnings:\n\n  - drop `User`\n*/';",
]


def check_migration(context: MigrationContext) -> Hits:
    if context.baseline:
        return
    warnings = prisma_warnings(context.migration.sql)
    left = [each for each in warnings if not _settled(each, context)]
    if left:
        first, count = left[0], len(left) - 1
        more = f" (and {count} more)" if count else ""
        said = f"Prisma warned, and no finding is about it{more}: {_plain(first.text)}"
        yield Hit(said, at=first.at)


def _settled(warning: PrismaWarning, context: MigrationContext) -> bool:
    """Whether the warning is about something new, or about a statement that is reported."""
    if warning.table in context.once(_new_tables) or _nothing_twice(warning, context):
        return True
    reported = {each.statement for each in context.findings if each.statement is not None}
    statements = (context.steps[place].statement for place in sorted(reported))
    return any(warning.is_about(each.sql) for each in statements)


def _nothing_twice(warning: PrismaWarning, context: MigrationContext) -> bool:
    """Whether values are to be unique that no row has yet, because the columns are new."""
    tables = [each for each in context.base.tables if each.partition(".")[2] == warning.table]
    return warning.about_unique and any(
        all(context.adds_column(table, column) for column in warning.columns) for table in tables
    )


def _new_tables(context: MigrationContext) -> set[str]:
    """The tables that did not exist before this pull request, and so cannot lose anything."""
    here = {*context.start.tables, *context.catalogue.tables} - set(context.base.tables)
    old = set(map(bare, context.base.tables)) if here else set()
    return set(map(bare, here)) - old


def _plain(text: str) -> str:
    return text.replace("`", "").strip()
