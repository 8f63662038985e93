"""Dropping a type breaks the queries that cast to it.

The running version of the application may still name the type, as Prisma does for every value of an
enum that it writes: those queries fail from this moment on.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.objects.lifecycle import dropped
from bot.sql.actions import DropObjects

SEVERITY = Severity.WARNING

ABOUT = (DropObjects,)

FIX = "Drop the type in the release after the one that stopped using it."

BEFORE = """
CREATE TYPE "Kind" AS ENUM ('A', 'B');
"""

BAD = """
DROP TYPE "Kind";
"""

GOOD = """
COMMENT ON TYPE "Kind" IS 'unused since 2.1, to be dropped with 2.2';
"""

QUIET = [
    'CREATE TYPE "Kind_new" AS ENUM (\'A\'); ALTER TYPE "Kind" RENAME TO "Kind_old"; '
    'ALTER TYPE "Kind_new" RENAME TO "Kind"; DROP TYPE "Kind_old";',
    'ALTER TYPE "Kind" RENAME TO "Kind_old"; CREATE TYPE "Kind" AS ENUM (\'A\'); '
    'DROP TYPE "public"."Kind_old";',
    'DROP TYPE "Kind"; CREATE TYPE "Kind" AS ENUM (\'C\');',
    "CREATE TYPE e AS ENUM ('a'); DROP TYPE e;",
    "CREATE TYPE c AS (a INT); DROP TYPE c;",
]


def check(statement: Statement, context: Context) -> Hits:
    for name in dropped(context, "TYPE"):
        yield Hit(
            f"Queries of the running version that cast to {shown(name)} fail once it is dropped.",
            about=name,
        )
