"""The migration runs code on the database server itself, outside the database.

Such code can read files, reach other machines and take over the server. Nobody can see in a review
what it will do.
"""

import re

from bot.core.finding import Severity
from bot.core.rule import Hit, Hits
from bot.core.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import Copy, CreateExtension, CreateFunction, Query, RunBlock

SEVERITY = Severity.ERROR

ABOUT = (Copy, CreateExtension, CreateFunction, Query, RunBlock)

FIX = "Do it from a script with its own rights and review, never in a migration."

BAD = """
COPY "Country" FROM PROGRAM 'curl https://example.com/countries.csv';
"""

GOOD = """
INSERT INTO "Country" ("code") VALUES ('AT'), ('CH');
"""

QUIET = [
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;",
    "SELECT lower('DBLINK');",
    "CREATE EXTENSION pg_trgm;",
]

_LANGUAGES = {"plpythonu", "plpython2u", "plpython3u", "plperlu", "pltclu", "plsh", "c", "plrustu"}
_FUNCTIONS = re.compile(r"^(dblink.*|lo_import|lo_export|pg_read_(binary_)?file|pg_ls_dir)$")
_INSIDE = re.compile(
    r"\bcopy\b[^;]*\bprogram\b|\b(dblink\w*|lo_import|lo_export|pg_read_file)\s*\(", re.IGNORECASE
)


def check(statement: Statement, context: Context) -> Hits:
    for copy in context.all(Copy):
        if copy.program:
            yield Hit("COPY … PROGRAM runs a command of the server's operating system.", about=copy)
    for function in context.all(CreateFunction):
        if function.language in _LANGUAGES:
            name = shown(function.name)
            yield Hit(
                f"{name} is written in {function.language}, which knows no limits.", about=function
            )
    for block in context.all(RunBlock):
        if block.language in _LANGUAGES or _INSIDE.search(block.body):
            yield "The block reaches outside the database."
    for extension in context.all(CreateExtension):
        if extension.name in _LANGUAGES:
            yield f"{extension.name} lets functions do anything on the server."
    for query in context.all(Query):
        for name in filter(_FUNCTIONS.match, query.functions):
            yield Hit(f"{name} reaches outside the database.", about=name)
