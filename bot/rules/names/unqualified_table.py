"""A name without a schema is looked up where the connection says.

Which table is meant depends on `?schema=` in the address or on search_path: the same migration
changes different tables on two databases that are set up differently.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import SetVariable
from bot.sql.expressions import nodes

SEVERITY: Severity | None = None

FIX = 'Write the schema before the name: "public"."User". Prisma does it with `schemas` set.'

BAD = """
CREATE TABLE "Theme" ("id" TEXT NOT NULL);
"""

GOOD = """
CREATE TABLE "public"."Theme" ("id" TEXT NOT NULL PRIMARY KEY);
"""

QUIET = [
    "CREATE TEMP TABLE t (id INT);",
    'CREATE INDEX "i" ON "public"."Theme"("id");',
    "WITH t AS (SELECT 1) SELECT * FROM t;",
    'DROP TABLE "public"."Theme";',
    "SET lock_timeout = '5s';",
]

_DROPPED = {"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_INDEX", "OBJECT_SEQUENCE"}


def check(statement: Statement, context: Context) -> Hits:
    for each in context.all(SetVariable):
        if each.name == "search_path" and not each.reset:
            yield Hit("search_path decides which tables the names after it mean.", about=each)
    names = ", ".join(dict.fromkeys(_unqualified(statement, context)))
    if names:
        yield f"{names} {'have' if ', ' in names else 'has'} no schema in the name."


def _unqualified(statement: Statement, context: Context) -> Iterator[str]:
    own = {each["ctename"] for node, each in nodes(statement.tree) if node == "CommonTableExpr"}
    for relation in _relations(statement.tree):
        name = relation["relname"]
        known = context.catalogue.tables.get(f"public.{name}")
        passing = relation.get("relpersistence") == "t" or (known is not None and known.temporary)
        if "schemaname" not in relation and name not in own and not passing:
            yield name
    if statement.node == "DropStmt" and statement.tree.get("removeType") in _DROPPED:
        for each in statement.tree["objects"]:
            if len(each["List"]["items"]) == 1:
                yield each["List"]["items"][0]["String"]["sval"]


def _relations(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Every relation in the tree; many stand there without a node of their own around them."""
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if "relname" in value:
                yield value
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            stack.extend(reversed(value))
