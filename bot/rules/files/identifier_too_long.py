"""A name of more than 63 bytes is cut off in silence.

PostgreSQL keeps the first 63 bytes. A second name that begins the same way is then refused as a
duplicate, and Prisma reports drift because it looks for the full name.
"""

import re

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rewriting.moving import shortened
from bot.sql.lexer import Part, pieces, position_in

SEVERITY = Severity.ERROR

FIX = "Give it a shorter name, with `map:` in schema.prisma."

BAD = """
CREATE TABLE "Organisation" (
    "a_name_that_is_far_too_long_for_postgresql_to_keep_all_of_its_letters" BIGINT PRIMARY KEY
);
"""

GOOD = """
CREATE TABLE "Organisation" ("a_name_that_fits" BIGINT PRIMARY KEY);
"""

QUIET = [
    f'CREATE TABLE "{"a" * 63}" (id INT);',
    f"SELECT '{'a' * 100}';",
    f"SELECT 1; -- {'a' * 100}",
    f"SELECT $${'a' * 100}$$;",
]

_MOST_BYTES = 63
# No UTF-8 character is longer than four bytes.
_FEWEST_CHARACTERS = 16


# Cheaper than cutting every statement into pieces; other scripts need fewer characters.
_LONG = re.compile(r'\w{64}|"[^"]{64}')


def check(statement: Statement, context: Context) -> Hits:
    if statement.sql.isascii() and not _LONG.search(statement.sql):
        return
    for piece in pieces(statement.sql):
        if piece.part not in (Part.NAME, Part.CODE) or piece.end - piece.start < _FEWEST_CHARACTERS:
            continue
        written = statement.sql[piece.start : piece.end]
        name = written[1:-1].replace('""', '"') if piece.part is Part.NAME else written
        size = len(name.encode("utf-8", "surrogatepass"))
        if size > _MOST_BYTES:
            at = position_in(statement, piece.start)
            yield Hit(f"{name[:40]}… is {size} bytes long; PostgreSQL cuts it off at 63.", at=at)


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return shortened(statement)
