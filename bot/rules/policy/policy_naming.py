"""A name is not built as the team has agreed to build names.

People and scripts find an index or a constraint by its name. The defaults are the names that Prisma
gives; a table or a column may be called anything until a configuration says otherwise.
"""

import re
from dataclasses import dataclass

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.options import option
from bot.judge.context import Context
from bot.rules.policy.named import Named, new_names

SEVERITY: Severity | None = None

FIX = (
    "Give it the name that is agreed on: in schema.prisma with `map:`, and with RENAME for what is "
    "there already."
)

Pattern = re.Pattern[str] | None


@dataclass(frozen=True)
class Options:
    schemas: Pattern = option(None, "What the names of schemas look like.")
    tables: Pattern = option(None, "What the names of tables look like.")
    columns: Pattern = option(None, "What the names of columns look like.")
    indexes: Pattern = option(
        re.compile("{table}_{columns}_idx"), "What the names of indexes look like."
    )
    unique: Pattern = option(
        re.compile("{table}_{columns}_key"), "What those of unique indexes and constraints do."
    )
    primary_keys: Pattern = option(re.compile("{table}_pkey"), "What those of primary keys do.")
    foreign_keys: Pattern = option(
        re.compile("{table}_{columns}_fkey"), "What those of foreign keys do."
    )
    checks: Pattern = option(None, "What those of CHECK constraints do.")


OPTIONS = Options()

BEFORE = """
CREATE TABLE "User" ("id" BIGINT NOT NULL PRIMARY KEY, "name" TEXT);
"""

BAD = """
CREATE INDEX CONCURRENTLY "idx_user_name" ON "User"("name");
"""

GOOD = """
CREATE INDEX CONCURRENTLY "User_name_idx" ON "User"("name");
"""

QUIET = [
    'CREATE TABLE "Post" ("id" BIGINT, CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));',
    'CREATE UNIQUE INDEX "User_id_name_key" ON "User"("id", "name");',
    'CREATE INDEX ON "User"("name");',
    'CREATE INDEX "User_expr_idx" ON "User"(lower("name"));',
    'ALTER TABLE "User" ADD CHECK ("id" > 0);',
    'ALTER TABLE "User" RENAME COLUMN "name" TO "anything_goes";',
]

# PostgreSQL cuts a name off here, and Prisma shortens it before: no pattern can be kept then.
_LONGEST = 60


def check(statement: Statement, context: Context) -> Hits:
    if context.file.baseline:
        return
    options = context.settings.options(Options)
    patterns = {
        "schema": options.schemas,
        "table": options.tables,
        "column": options.columns,
        "index": options.indexes,
        "unique index": options.unique,
        "unique constraint": options.unique,
        "primary key": options.primary_keys,
        "foreign key": options.foreign_keys,
        "check constraint": options.checks,
    }
    yield from (
        f"The {each.kind} {each.name} is not named like {_expected(pattern, each)}."
        for each in new_names(context)
        if (pattern := patterns[each.kind]) and not _fits(pattern, each)
    )


def _fits(pattern: re.Pattern[str], named: Named) -> bool:
    wanted = re.compile(_filled(pattern.pattern, re.escape(named.table), _columns(named)))
    cut_off = "{" in pattern.pattern and len(named.name.encode("utf-8", "replace")) >= _LONGEST
    return cut_off or wanted.fullmatch(named.name) is not None


def _columns(named: Named) -> str:
    return "_".join(".+" if each is None else re.escape(each) for each in named.columns)


def _expected(pattern: re.Pattern[str], named: Named) -> str:
    columns = "_".join(each or "…" for each in named.columns)
    return _filled(pattern.pattern, named.table, columns)


def _filled(pattern: str, table: str, columns: str) -> str:
    return pattern.replace("{table}", table).replace("{columns}", columns)
