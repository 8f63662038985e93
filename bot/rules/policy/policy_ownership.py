"""The migration changes a table that belongs to another team.

Those who own it plan with its columns and its locks, and hear of the change when it is running. A
migration is a team's own if its folder's name says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.core.findings.exclusion import is_table
from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.options import option
from bot.judge.context import Context, shown
from bot.judge.exclusions import changed_tables

SEVERITY: Severity | None = None

FIX = (
    "Ask the owners to review it, or to make the change; then allow it with a comment that names "
    "who agreed."
)


@dataclass(frozen=True)
class Options:
    tables: Mapping[str, str] = option({}, "Patterns of tables, and the team that owns each.")
    migrations: Mapping[str, str] = option(
        {}, "Patterns of migration folders, and the team that writes each."
    )


OPTIONS = Options()
EXAMPLE = Options({"public.Invoice*": "billing", "Theme": "design"}, {"*_design_*": "design"})
NEEDS_OPTIONS = True

BEFORE = """
CREATE TABLE "InvoiceLine" ("id" BIGINT NOT NULL PRIMARY KEY);
CREATE TABLE "User" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

BAD = """
ALTER TABLE "InvoiceLine" ADD COLUMN "note" TEXT;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "note" TEXT;
"""

QUIET = [
    'SELECT * FROM "InvoiceLine";',
    'CREATE TABLE "Draft" ("id" BIGINT PRIMARY KEY);',
    'CREATE TABLE shop."InvoiceLine" ("id" BIGINT PRIMARY KEY);',
    'UPDATE "User" SET "id" = 2 WHERE "id" IN (SELECT "id" FROM "InvoiceLine");',
]


def check(statement: Statement, context: Context) -> Hits:
    options = context.settings.options(Options)
    if not options.tables or context.file.baseline:
        return
    team = _team(context.file.migration.name, options.migrations)
    for table in sorted(changed_tables(context.step, context.effects, context.file)):
        owner = next(
            (each for pattern, each in options.tables.items() if is_table(table, pattern)), None
        )
        if owner is not None and owner != team:
            whose = f"; this migration is {team}'s" if team else ""
            yield f"{shown(table)} belongs to {owner}{whose}."


def _team(migration: str, migrations: Mapping[str, str]) -> str | None:
    return next(
        (team for pattern, team in migrations.items() if fnmatchcase(migration, pattern)), None
    )
