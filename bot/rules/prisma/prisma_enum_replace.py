"""Replacing an enum rewrites every table that uses it, in one transaction.

PostgreSQL cannot take a value out of an enum, so Prisma makes a new type and converts all columns.
Nobody can read or write those tables meanwhile, and one row with a removed value makes it fail.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import AlterColumnType, CreateEnum, Rename

SEVERITY = Severity.ERROR
SIZED = Sized.FILE

ABOUT = (CreateEnum,)

FIX = (
    "Keep the value in the enum and stop using it; for values that come and go, use TEXT with a "
    "CHECK constraint."
)

BEFORE = """
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN', 'GUEST');
CREATE TABLE "User" ("id" TEXT NOT NULL, "role" "Role");
"""

BAD = """
BEGIN;
CREATE TYPE "Role_new" AS ENUM ('USER', 'ADMIN');
ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");
ALTER TYPE "Role" RENAME TO "Role_old";
ALTER TYPE "Role_new" RENAME TO "Role";
DROP TYPE "Role_old";
COMMIT;
"""

GOOD = """
CREATE TYPE "Plan" AS ENUM ('FREE', 'PAID');
"""

QUIET = [
    "CREATE TYPE \"Plan\" AS ENUM ('FREE', 'PAID');",
    'CREATE TYPE "Plan" AS ENUM (\'A\'); CREATE TABLE n (plan "Plan"); '
    "CREATE TYPE \"Plan_new\" AS ENUM ('B'); "
    'ALTER TABLE n ALTER COLUMN plan TYPE "Plan_new" USING (plan::text::"Plan_new"); '
    'ALTER TYPE "Plan" RENAME TO "Plan_old"; ALTER TYPE "Plan_new" RENAME TO "Plan"; '
    'DROP TYPE "Plan_old";',
    'CREATE TYPE "Role_new" AS ENUM (\'USER\'); ALTER TYPE "Role_new" RENAME TO "Kind";',
    'ALTER TYPE "Role" RENAME TO "Kind";',
]


def check(statement: Statement, context: Context) -> Hits:
    for created in context.all(CreateEnum):
        old = _replaced(created.name, context)
        columns = list(_converted(created.name, context))
        if old is None or not columns:
            continue
        named = ", ".join(f"{shown(table)}.{column}" for table, column in columns)
        removed = _removed(old, created, context)
        fails = f"; it fails where a row still holds {removed}" if removed else ""
        yield f"{shown(old)} is replaced: the tables of {named} are rewritten and locked{fails}."


def _replaced(new: str, context: Context) -> str | None:
    """The type whose name the new one takes over later in the file."""
    renamed = context.later.all(Rename, about=new)
    taken = (each.new for each in renamed if each.kind == "TYPE" and each.old == new)
    return next((name for name in taken if name in context.catalogue.enums), None)


def _converted(new: str, context: Context) -> Iterator[tuple[str, str]]:
    for change in context.later.all(AlterColumnType, about=new):
        if change.type.name == new and not context.is_new(change.table):
            yield change.table, change.name


def _removed(old: str, created: CreateEnum, context: Context) -> str:
    values = context.catalogue.enums[old].values
    return " or ".join(each for each in values if each not in created.values)
