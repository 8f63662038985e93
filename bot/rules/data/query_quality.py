"""A query is written in a way that does more work than it has to.

It reads columns nobody asked for, or cannot use an index and reads the whole table.
"""

from collections.abc import Iterator
from typing import Any

from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.expressions import nodes, strings_of

SEVERITY = None

FIX = "Name the columns that are needed, and compare columns as they are stored."

BEFORE = """
CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "email" TEXT);
"""

BAD = """
SELECT * FROM "User" WHERE "id" = 1;
"""

GOOD = """
SELECT "id", "email" FROM "User" WHERE "id" = 1;
"""

QUIET = [
    'SELECT count(*) FROM "User";',
    'SELECT "email" FROM "User" WHERE "email" LIKE \'a%\';',
    'SELECT "email" FROM "User" LIMIT 1;',
    'SELECT setval(\'s\', max("id")) FROM "User";',
    "SELECT 1;",
    'UPDATE "User" SET "email" = lower("email") WHERE "id" = 1;',
    'SELECT "email" FROM "User" WHERE "id" = abs(-1);',
    'CREATE VIEW v AS SELECT * FROM "User";',
]

_LOOKED_AT = {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"}
_LIKE = {"AEXPR_LIKE", "AEXPR_ILIKE"}
_PATTERN = "Start the pattern with what is known, or give the column a pg_trgm index."
_FUNCTION = "Compare the column itself, or index the expression."
_ALL_ROWS = "Choose the rows with a WHERE."


def check(statement: Statement, context: Context) -> Hits:
    if statement.node not in _LOOKED_AT:
        return
    for node, fields in nodes({statement.node: statement.tree}):
        if node == "SelectStmt" and any(map(_is_star, fields.get("targetList", ()))):
            yield "SELECT * takes every column there is, and those that are added later."
        if "whereClause" in fields:
            yield from _conditions(fields["whereClause"])
    if statement.node == "SelectStmt" and _takes_all(statement.tree):
        yield Hit("The query reads all rows.", fix=_ALL_ROWS)


def _is_star(target: Any) -> bool:
    reference = target["ResTarget"].get("val", {}).get("ColumnRef", {})
    return any("A_Star" in each for each in reference.get("fields", ()))


def _conditions(where: Any) -> Iterator[Hit]:
    for node, fields in nodes(where):
        if node != "A_Expr":
            continue
        right = fields.get("rexpr", {}).get("A_Const", {}).get("sval", {}).get("sval", "")
        if fields["kind"] in _LIKE and right.startswith(("%", "_")):
            yield Hit(f"No index helps to find {right!r}: it starts with anything.", fix=_PATTERN)
        for side in ("lexpr", "rexpr"):
            call = fields.get(side, {}).get("FuncCall", {})
            if any(inner == "ColumnRef" for inner, _ in nodes(call.get("args"))):
                name = strings_of(call["funcname"])[-1]
                yield Hit(f"{name}() of a column is worked out row by row.", fix=_FUNCTION)


def _takes_all(select: Any) -> bool:
    if "fromClause" not in select or "whereClause" in select or "limitCount" in select:
        return False
    return not any(node == "FuncCall" for node, _ in nodes(select.get("targetList")))
