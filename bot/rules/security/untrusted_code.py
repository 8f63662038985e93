"""The migration reaches outside the database: programs and files of its server, or other machines.

Such code can read files, reach other machines and take over the server. Nobody can see in a review
what it will do.
"""

import re
from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import Copy, CreateExtension, CreateFunction, RunBlock
from bot.sql.expressions import nodes, strings_of
from bot.sql.lexer import Part, pieces

SEVERITY = Severity.ERROR

FIX = "Do it from a script with its own rights and review, never in a migration."

BAD = """
COPY "Country" FROM PROGRAM 'curl https://example.com/countries.csv';
"""

GOOD = """
INSERT INTO "Country" ("code") VALUES ('AT'), ('CH');
"""

QUIET = [
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN 1; -- COPY t TO PROGRAM 'x'\n END $$;",
    "SELECT lower('DBLINK');",
    "CREATE EXTENSION pg_trgm;",
]

_LANGUAGES = {
    "plpythonu", "plpython2u", "plpython3u", "plperlu", "pltclu", "plsh", "plrustu", "c",
    "internal",
}  # fmt: skip
_OUTSIDE = r"dblink\w*|lo_import|lo_export|pg_read_(?:binary_)?file|pg_stat_file|pg_ls_\w*dir"
_FUNCTIONS = re.compile(rf"(?:{_OUTSIDE})")
# What a block or a function's body does once it runs.
_INSIDE = re.compile(
    rf"\bcopy\b[^;]*\b(?:from|to)\s+(?:program\b|e?')|\b(?:{_OUTSIDE})\s*\(", re.IGNORECASE
)
_NODES = {
    "AlterFdwStmt": "A foreign data wrapper lets queries run a library of the server's.",
    "AlterForeignServerStmt": "A foreign server lets queries reach another machine.",
    "AlterSubscriptionStmt": "A subscription takes in rows from another server.",
    "CreateFdwStmt": "A foreign data wrapper lets queries run a library of the server's.",
    "CreateForeignServerStmt": "A foreign server lets queries reach another machine.",
    "CreateSubscriptionStmt": "A subscription takes in rows from another server.",
    "LoadStmt": "LOAD runs a library of the server's.",
}


def check(statement: Statement, context: Context) -> Hits:
    if statement.node in _NODES:
        yield _NODES[statement.node]
    yield from _copies(context)
    for function in context.all(CreateFunction):
        if function.language in _LANGUAGES:
            said = f"is written in {function.language}, which knows no limits"
            yield Hit(f"{shown(function.name)} {said}.", about=function)
        elif _reaches_out(function.body):
            yield Hit(f"{shown(function.name)} reaches outside the database.", about=function)
    for block in context.all(RunBlock):
        if block.language in _LANGUAGES or _reaches_out(block.body):
            yield "The block reaches outside the database."
    for extension in context.all(CreateExtension):
        if extension.name in _LANGUAGES:
            yield f"{extension.name} lets functions do anything on the server."
    for name in _called(statement):
        yield Hit(f"{name} reaches outside the database.", about=name)


def _copies(context: Context) -> Hits:
    for copy in context.all(Copy):
        if copy.program:
            yield Hit("COPY … PROGRAM runs a command of the server's operating system.", about=copy)
        elif copy.file:
            what = "reads" if copy.into else "writes"
            yield Hit(f"COPY {what} a file of the server's.", about=copy)


def _called(statement: Statement) -> Iterator[str]:
    """Wherever in the statement they are called. Most name none, so that no tree is walked."""
    if not re.search(_OUTSIDE, statement.sql, re.IGNORECASE):
        return
    for kind, fields in nodes(statement.tree):
        name = strings_of(fields["funcname"])[-1] if kind == "FuncCall" else ""
        if _FUNCTIONS.fullmatch(name):
            yield name


def _reaches_out(body: str) -> bool:
    if not _INSIDE.search(body):
        return False
    kept = (body[each.start : each.end] for each in pieces(body) if each.part is not Part.COMMENT)
    return bool(_INSIDE.search("".join(kept)))
