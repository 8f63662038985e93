"""Options of a function or view decide with whose rights it runs, and how it is planned.

A function that is called IMMUTABLE or PARALLEL SAFE and is not gives wrong answers; one that is
SECURITY DEFINER lets its callers do what its owner may. Changed by themselves, the options no
longer stand where the body is read.
"""

from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreateFunction, TableOption
from bot.sql.expressions import qualified, strings_of

SEVERITY = None

FIX = "Write the whole definition with CREATE OR REPLACE, so that body and options are read as one."

BEFORE = """
CREATE FUNCTION "twice"(i INTEGER) RETURNS INTEGER LANGUAGE sql AS 'SELECT i * 2';
CREATE VIEW "One" AS SELECT 1 AS "one";
"""

BAD = """
ALTER FUNCTION "twice"(INTEGER) IMMUTABLE;
"""

GOOD = """
CREATE OR REPLACE FUNCTION "twice"(i INTEGER) RETURNS INTEGER IMMUTABLE
LANGUAGE sql AS 'SELECT i * 2';
"""

QUIET = [
    "CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() STABLE;",
    "CREATE VIEW v AS SELECT 1 AS a; ALTER VIEW v SET (security_invoker = true);",
    'ALTER FUNCTION "twice"(INTEGER) RENAME TO "double";',
    'ALTER VIEW "One" RENAME TO "Single";',
]


def check(statement: Statement, context: Context) -> Hits:
    if context.file.baseline:
        return
    if statement.node == "AlterFunctionStmt":
        name = qualified(strings_of(statement.tree["func"].get("objname")))
        if not any(True for _ in context.earlier.all(CreateFunction, about=name)):
            yield f"Options of {shown(name)} change apart from its body."
    elif statement.kind == "ALTER VIEW":
        for option in context.all(TableOption):
            if "RelOptions" in option.command and not context.is_new(option.table):
                yield Hit(
                    f"Options of the view {shown(option.table)} change apart from its query.",
                    about=option,
                )
