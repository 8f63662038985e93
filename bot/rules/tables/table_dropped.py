"""Dropping a table deletes its data and breaks the version of the application that is running.

The rows are gone at once, and every query of the old version that names the table fails until it is
replaced. Tables it refers to are locked for a moment too. A table whose rows the file copies, and
whose copy then takes its name, is another hazard: table-replaced.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, MigrationContext, shown
from bot.judge.replay.births import key_of
from bot.rules.objects.lifecycle import comes_back
from bot.sql.actions import CreateTable, DropObjects, Insert

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (DropObjects,)

FIX = (
    "Release a version that no longer uses the table first; drop it in a later release, after a "
    "backup of its rows."
)

BEFORE = """
CREATE TABLE "Session" ("id" TEXT NOT NULL);
"""

BAD = """
DROP TABLE "Session";
"""

GOOD = """
COMMENT ON TABLE "Session" IS 'unused since 2.1, to be dropped with 2.2';
"""

QUIET = [
    "CREATE TABLE n (a INT); DROP TABLE n;",
    "CREATE TEMP TABLE n AS SELECT 1 AS a; DROP TABLE n;",
    "CREATE TABLE n (a INT); ALTER TABLE n RENAME TO m; DROP TABLE m;",
    "DROP VIEW v;",
    'CREATE TABLE new_s ("id" TEXT PRIMARY KEY); INSERT INTO new_s SELECT * FROM "Session"; '
    'DROP TABLE "Session"; ALTER TABLE new_s RENAME TO "Session";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(DropObjects):
        for name in action.names if action.kind in ("TABLE", "FOREIGN TABLE") else ():
            if not context.is_new(name) and not _moved(name, context):
                yield Hit(
                    f"{shown(name)} and all its rows are deleted, and queries of the running "
                    "version that name it fail.",
                    about=name,
                )


def _moved(table: str, context: Context) -> bool:
    """Whether its rows are in a copy that takes its name."""
    if table not in context.file.once(_copied):
        return False
    return comes_back(context, key_of("TABLE", table))


def _copied(file: MigrationContext) -> frozenset[str]:
    """The tables that the file reads to fill others."""
    inserted = {name for each in file.all(Insert) for name in each.reads}
    created = {name for each in file.all(CreateTable) for name in each.reads}
    return frozenset(inserted | created)
