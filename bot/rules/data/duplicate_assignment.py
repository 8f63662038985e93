"""The same column is given twice.

PostgreSQL refuses the statement, so the migration fails on every database, production included, and
the deployment stops.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rules.data.changes import Fields
from bot.rules.data.output_names import output_names
from bot.sql.actions import AddColumn, CreateTable
from bot.sql.expressions import nodes

SEVERITY = Severity.ERROR

FIX = "Remove the one that is not meant."

BEFORE = """
CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT, "tags" TEXT[]);
"""

BAD = """
UPDATE "User" SET "name" = 'Ada', "name" = 'Grace' WHERE "id" = 1;
"""

GOOD = """
UPDATE "User" SET "name" = 'Grace' WHERE "id" = 1;
"""

QUIET = [
    'UPDATE "User" SET "tags"[1] = \'a\', "tags"[2] = \'b\' WHERE "id" = 1;',
    'INSERT INTO "User" ("id", "name") VALUES (1, \'a\') ON CONFLICT ("id") '
    "DO UPDATE SET \"name\" = 'b';",
    "SELECT 1 AS a, 2 AS a;",
    'UPDATE "User" SET ("name", "tags") = (\'a\', NULL) WHERE "id" = 1;',
    'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS a INT, ADD COLUMN IF NOT EXISTS a INT;',
    'CREATE VIEW v AS SELECT "id", "name" AS id2 FROM "User" UNION SELECT 1, \'a\';',
    "CREATE VIEW v (a, b) AS SELECT 1, 2;",
    'UPDATE "User" SET pair.a = 1, pair.b = 2 WHERE "id" = 1;',
    "INSERT INTO \"User\" SELECT 1 AS a, 'x' AS a;",
]

# The lists of columns that must not repeat one, by the node they are in.
_LISTS = {"InsertStmt": "cols", "UpdateStmt": "targetList", "MergeWhenClause": "targetList"}


def check(statement: Statement, context: Context) -> Hits:
    for names in map(list, _lists(statement, context)):
        for name, times in Counter(names).items() if len(set(names)) < len(names) else ():
            if times > 1:
                yield f"{name} is given {times} times."


def _lists(statement: Statement, context: Context) -> Iterator[Iterable[str]]:
    whole = {statement.node: statement.tree}
    for node, fields in nodes(whole) if _may_change(statement) else ():
        if node in _LISTS:
            yield _assigned(fields.get(_LISTS[node], ()))
            yield _assigned(fields.get("onConflictClause", {}).get("targetList", ()))
    yield output_names(statement)
    for created in context.all(CreateTable):
        yield (each.name for each in created.columns)
    yield (each.column.name for each in context.all(AddColumn) if not each.if_not_exists)


def _may_change(statement: Statement) -> bool:
    """Whether an INSERT, UPDATE or MERGE can stand in it at all; most trees need no search."""
    return not statement.kind.startswith(("ALTER", "DROP", "CREATE TABLE", "CREATE INDEX"))


def _assigned(targets: Iterable[Fields]) -> Iterator[str]:
    """The columns that are assigned: elements and fields of one may be given one by one.

    A part beside the whole is an assignment of the same column.
    """
    found = [each["ResTarget"] for each in targets if "name" in each.get("ResTarget", {})]
    whole = {each["name"] for each in found if "indirection" not in each}
    yield from (each["name"] for each in found if each["name"] in whole)
