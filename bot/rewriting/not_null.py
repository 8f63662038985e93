"""NOT NULL without reading the table under a lock: a CHECK, validated, that proves it."""

from bot.core.findings.rewrite import Rewrite
from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.judge.context import Context
from bot.rewriting.altering import AlterTable, Levels, read_alter_table, rewritten
from bot.rewriting.names import temporary

VALIDATE, SET_NOT_NULL = "validate", "not_null"


def proving(alter: AlterTable, column: str, context: Context) -> tuple[str, Levels] | None:
    """The command that adds the CHECK, and what follows in later folders."""
    name = temporary(context.catalogue, alter.table, column)
    if name is None:
        return None
    add = f"ADD CONSTRAINT {quoted(name)} CHECK ({quoted(column)} IS NOT NULL) NOT VALID"
    return add, Levels(
        (
            (alter.alter(f"VALIDATE CONSTRAINT {quoted(name)}"),),
            (
                alter.alter(f"ALTER COLUMN {quoted(column)} SET NOT NULL"),
                alter.alter(f"DROP CONSTRAINT {quoted(name)}"),
            ),
        ),
        (VALIDATE, SET_NOT_NULL),
    )


def proved_first(statement: Statement, context: Context) -> Rewrite | None:
    """SET NOT NULL on tables in use, as CHECK NOT VALID, VALIDATE, SET NOT NULL and DROP CHECK."""
    alter = read_alter_table(statement)
    if alter is None or context.is_new(alter.table):
        return None
    changes: dict[int, str | None] = {}
    levels = Levels()
    for n, command in enumerate(alter.commands):
        if command.subtype != "AT_SetNotNull" or _there(alter.table, command.tree["name"], context):
            continue
        found = proving(alter, command.tree["name"], context)
        if found is None:
            return None
        changes[n], more = found
        levels = levels.beside(more)
    return rewritten(alter, changes, levels=levels)


def _there(table: str, name: str, context: Context) -> bool:
    column = context.catalogue.column(table, name)
    proved = context.catalogue.proved_not_null(table, name)
    return proved or (column is not None and column.not_null)
