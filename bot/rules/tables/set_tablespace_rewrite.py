"""Moving a table to another tablespace or access method copies all of it.

Nobody can read or write the table, or the index, until the last row is copied: for a large one the
application is down for as long as that takes.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import TableOption

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

FIX = (
    "Have it moved by pg_repack, which keeps the table usable, or create a new table there and "
    "fill it in batches."
)

BEFORE = """
CREATE TABLE "Log" ("id" BIGINT NOT NULL, CONSTRAINT "Log_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Event" ("at" TIMESTAMP(3) NOT NULL) PARTITION BY RANGE ("at");
"""

BAD = """
ALTER TABLE "Log" SET TABLESPACE "fast";
"""

GOOD = """
CREATE TABLE "LogNew" (
    "id" BIGINT NOT NULL, CONSTRAINT "LogNew_pkey" PRIMARY KEY ("id")
) TABLESPACE "fast";
"""

QUIET = [
    "CREATE TABLE n (a INT); ALTER TABLE n SET TABLESPACE fast;",
    # A partitioned table has no rows of its own: this is for partitions to come.
    'ALTER TABLE "Event" SET TABLESPACE fast;',
    "SET default_tablespace = fast;",
]

_COMMANDS = {"AT_SetTableSpace": "tablespace", "AT_SetAccessMethod": "access method"}


def check(statement: Statement, context: Context) -> Hits:
    for option in context.all(TableOption):
        kind = _COMMANDS.get(option.command)
        if kind and not context.is_new(option.table) and not _partitioned(option.table, context):
            yield Hit(
                f"All of {shown(option.table)} is copied to its new {kind} while reads and writes "
                "wait.",
                about=option,
            )
    if statement.node == "AlterTableMoveAllStmt":
        space = statement.tree.get("orig_tablespacename", "")
        yield f"Everything in the tablespace {space} is copied while reads and writes wait."


def _partitioned(name: str, context: Context) -> bool:
    index = context.catalogue.indexes.get(name)
    table = context.catalogue.tables.get(index.table if index else name)
    return table is not None and table.partitioned
