"""The file contains characters that nobody sees.

A byte order mark, UTF-16, a no-break space or a zero-width character makes PostgreSQL refuse the
statement. Marks that turn the direction of text show a reviewer other code than the server runs.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.judge.context import MigrationContext
from bot.sql.characters import suspicious_characters, turned_data
from bot.sql.lexer import Lines

SEVERITY = Severity.ERROR

FIX = "Save the file as UTF-8 without a byte order mark, and delete the character."

BAD = "SELECT 1; -- harmless \u202e x\n"

GOOD = """
SELECT 1; -- harmless
"""

QUIET = [
    "SELECT 'a\u00a0b';",
    "-- a\u00a0comment, with care\nSELECT 1;",
    'SELECT \'é€\', "naïve" FROM "Größe";',
    "SELECT E'\u200b';",
    "SELECT 'שלום\u200f', 'a – “b”';",
    'SELECT 1 AS "naïve – 「名前」（1）";',
]


def check_migration(context: MigrationContext) -> Hits:
    sql = context.migration.sql
    lines = Lines(sql)
    for offset, name in suspicious_characters(sql)[:1]:
        yield Hit(f"The file contains {name}.", at=lines.at(offset))
    for offset, name in turned_data(sql)[:1]:
        message = f"A literal contains {name}, which shows the text beside it in another order."
        yield Hit(message, at=lines.at(offset), severity=Severity.NOTICE)
    if not context.migration.valid_utf8:
        at = lines.at(max(sql.find("\ufffd"), 0))
        yield Hit("The file is not UTF-8: bytes of it had to be replaced.", at=at)
