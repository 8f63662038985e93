"""A CHECK must not depend on the time, on chance, on the session or on other rows.

PostgreSQL tests a row when it is written and takes for granted that the answer stays the same. If
it does not, rows become invalid by themselves, and a dump of the database cannot be restored.
"""

import re
from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.constraints.constraints_of import constraints_of
from bot.sql.actions import AddColumn, AddConstraint, CreateFunction, CreateTable
from bot.sql.parse import parse
from bot.sql.read import actions_of
from bot.sql.values import ConstraintKind, Expression

SEVERITY = Severity.ERROR

ABOUT = (CreateTable, AddColumn, AddConstraint)

FIX = "Check it in a trigger or in the application, which look once, when the row is written."

BEFORE = """
CREATE TABLE "Event" ("id" TEXT NOT NULL, "at" TIMESTAMP(3), "until" TIMESTAMP(3));
CREATE FUNCTION "is_known"(given TEXT) RETURNS BOOLEAN LANGUAGE sql
    AS 'SELECT EXISTS (SELECT FROM "Event" WHERE "id" = given)';
"""

BAD = """
ALTER TABLE "Event" ADD CONSTRAINT "in_future" CHECK ("at" > now()) NOT VALID;
"""

GOOD = """
ALTER TABLE "Event" ADD CONSTRAINT "in_order" CHECK ("at" < "until") NOT VALID;
"""

QUIET = [
    "CREATE TABLE n (a JSONB CHECK (jsonb_typeof(a) = 'object'));",
    "CREATE TABLE n (a INT, b INT, CHECK (num_nonnulls(a, b) = 1));",
    "CREATE TABLE n (a TEXT CHECK (my_own_test(a)));",
    "CREATE TABLE n (a DATE CHECK (date_trunc('month', a) = a));",
    "CREATE TABLE n (a TIMESTAMP DEFAULT now());",
]

_CHANGING = {
    "now", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "timeofday",
    "random", "random_normal", "gen_random_uuid", "gen_random_bytes", "uuid_generate_v1",
    "uuid_generate_v1mc", "uuid_generate_v4", "uuidv4", "uuidv7", "nextval", "currval", "lastval",
    "setval", "txid_current", "pg_current_xact_id", "current_setting", "current_database",
    "pg_backend_pid", "inet_client_addr", "version",
}  # fmt: skip


def check(statement: Statement, context: Context) -> Hits:
    for table, constraint in constraints_of(context.step):
        if constraint.kind is not ConstraintKind.CHECK or constraint.expression is None:
            continue
        found = _changing(constraint.expression, context)
        if found:
            name = constraint.name or "the CHECK"
            yield Hit(
                f"{name} of {shown(table)} asks {found}, so a row that is valid today may not be "
                "tomorrow, and a backup with such a row cannot be restored.",
                about=constraint,
            )


def _changing(expression: Expression, context: Context) -> str:
    if expression.keywords:
        return expression.keywords[0]
    known = next((each for each in expression.functions if each in _CHANGING), "")
    if known:
        return f"{known}()"
    return next((f"{each}()" for each in expression.functions if _reads_rows(each, context)), "")


def _reads_rows(function: str, context: Context) -> bool:
    """Whether a function that the history defines names a table it reads from."""
    tables = {name.rpartition(".")[2].lower() for name in context.catalogue.tables}
    return any(
        read.lower() in tables
        for body in _bodies(function, context)
        for read in re.findall(r'\b(?:FROM|JOIN)\s+(?:\w+\.)?"?(\w+)', body, re.IGNORECASE)
    )


def _bodies(function: str, context: Context) -> Iterator[str]:
    steps = [each.all(CreateFunction) for each in context.earlier.steps_with(CreateFunction)]
    for migration in context.file.history:
        if function in migration.sql and "FUNCTION" in migration.sql.upper():
            found = map(actions_of, parse(migration.sql).statements)
            steps += [tuple(a for a in each if isinstance(a, CreateFunction)) for each in found]
    for step in steps:
        yield from (each.body for each in step if each.name.rpartition(".")[2] == function)
