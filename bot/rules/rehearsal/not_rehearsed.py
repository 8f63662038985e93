"""Nothing was rehearsed.

Without a rehearsal only the text was looked at. What a server would say to it, and which locks it
takes there, is not known.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.core.rehearsals.rehearsal import Rehearsal

SEVERITY = Severity.NOTICE

FIX = (
    "Install a server for it with `pip install 'migration-bot[embedded]'`, give one with "
    "MIGRATION_BOT_REHEARSAL_URL, or say `rehearsal: {enabled: false}` in the configuration."
)

BAD = """
CREATE TABLE t (id bigint PRIMARY KEY);
"""

GOOD = """
CREATE TABLE u (id bigint PRIMARY KEY);
"""

QUIET = [
    "CREATE SCHEMA s;",
    "SELECT 1;",
    "CREATE TYPE mood AS ENUM ('calm');",
]


def check_rehearsal(rehearsal: Rehearsal) -> Iterator[Hit]:
    if rehearsal.problem:
        yield Hit(f"Nothing was rehearsed: {rehearsal.problem.rstrip('.')}.", fix=rehearsal.hint)
