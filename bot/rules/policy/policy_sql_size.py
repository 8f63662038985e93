"""The file is larger than the team wants to review and to run in one go.

Nobody reads ten thousand lines as carefully as a hundred, and every lock that a statement of the
file takes may be held until the last one is done.
"""

from dataclasses import dataclass

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.options import option
from bot.judge.context import MigrationContext

SEVERITY: Severity | None = None

FIX = "Split it into several migrations, one for each change that can stand alone."


@dataclass(frozen=True)
class Options:
    bytes: int = option(100_000, "How large a file may be; 0 for any size.", least=0)
    statements: int = option(100, "How many statements it may have; 0 for any number.", least=0)


OPTIONS = Options()
EXAMPLE = Options(statements=2)

BAD = """
CREATE TABLE "Cat" ("id" BIGINT NOT NULL PRIMARY KEY);
CREATE TABLE "Dog" ("id" BIGINT NOT NULL PRIMARY KEY);
CREATE TABLE "Fox" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

GOOD = """
CREATE TABLE "Cat" ("id" BIGINT NOT NULL PRIMARY KEY);
CREATE TABLE "Dog" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

QUIET = [
    "SELECT 1; -- SELECT 2; SELECT 3;",
    "SELECT ';'; SELECT ';';",
    "",
]


def check_migration(context: MigrationContext) -> Hits:
    if context.baseline:
        return
    options = context.settings.options(Options)
    size = len(context.migration.sql.encode("utf-8", "surrogatepass"))
    if options.bytes and size > options.bytes:
        yield f"The file has {size:,} bytes; {options.bytes:,} are allowed."
    if options.statements and len(context.steps) > options.statements:
        yield f"The file has {len(context.steps):,} statements; {options.statements:,} are allowed."
