"""A table without autovacuum grows and gets slower, and can stop the whole server in the end.

Dead rows are never cleaned up and the planner's statistics grow old; what nobody remembers to
switch on again ends in an emergency vacuum at the worst moment.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreateTable, TableOption

SEVERITY = Severity.WARNING

ABOUT = (CreateTable, TableOption)

FIX = (
    "Tune it for this table instead, with autovacuum_vacuum_scale_factor; or switch it on again at "
    "the end of the same migration."
)

BEFORE = """
CREATE TABLE "Log" ("id" BIGINT NOT NULL, CONSTRAINT "Log_pkey" PRIMARY KEY ("id"));
"""

BAD = """
ALTER TABLE "Log" SET (autovacuum_enabled = false);
"""

GOOD = """
ALTER TABLE "Log" SET (autovacuum_vacuum_scale_factor = 0.01);
"""

QUIET = [
    'ALTER TABLE "Log" SET (autovacuum_enabled = true);',
    'ALTER TABLE "Log" SET (autovacuum_enabled = false); '
    'ALTER TABLE "Log" RESET (autovacuum_enabled);',
    'ALTER TABLE "Log" SET (autovacuum_enabled = off); ALTER TABLE "Log" SET (autovacuum_enabled);',
    "CREATE TEMP TABLE n (a INT) WITH (autovacuum_enabled = false);",
]

_SETTING = "autovacuum_enabled"


def check(statement: Statement, context: Context) -> Hits:
    actions: tuple[TableOption | CreateTable, ...] = (
        *context.all(TableOption),
        *context.all(CreateTable),
    )
    for action in actions:
        off = any(_off(*each) for each in action.settings)
        temporary = isinstance(action, CreateTable) and action.temporary
        if off and not temporary and not _on_again(action.table, context):
            yield Hit(
                f"Nothing cleans up {shown(action.table)} any more until it is switched on again.",
                about=action,
            )


def _off(name: str, value: str) -> bool:
    # Any unambiguous beginning of the word will do for the server.
    return name == _SETTING and value in ("0", "f", "fa", "fal", "fals", "false", "n", "no", "off")


def _on_again(table: str, context: Context) -> bool:
    return any(
        option.table == table and name == _SETTING and not _off(name, value)
        for option in context.later.all(TableOption, about=table)
        for name, value in option.settings
    )
