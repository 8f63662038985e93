"""A merged migration has changed.

Databases that have applied it never see the change, and databases that have not get another schema.
Prisma compares checksums: `migrate dev` asks to reset the database, and this bot stops. Only a
change between LF and CRLF makes no difference.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change
from bot.core.migrations.layout import Layout
from bot.core.migrations.migration import Migration, same_checksum
from bot.core.migrations.renaming import restore_command
from bot.core.migrations.statement import Position
from bot.rules.history.layouts import FIRST, SECOND, files

SEVERITY = Severity.ERROR

FIX = "Restore it, and make the change in a new migration."

_SCRIPT = f"migrations/{FIRST}/migration.sql"
_BASE = files(FIRST)

BAD = Layout(base=_BASE, head={**_BASE, _SCRIPT: "SELECT 1;\n"})
GOOD = Layout(base=_BASE, head=files(FIRST, SECOND))
QUIET = [
    Layout(base=_BASE, head=_BASE),
    Layout(base=_BASE, head={**_BASE, _SCRIPT: _BASE[_SCRIPT].replace("\n", "\r\n")}),
    Layout(base=_BASE, head={**_BASE, f"migrations/{FIRST}/down.sql": 'DROP TABLE "First";\n'}),
]


def check_change(change: Change) -> Hits:
    merged = change.base.migrations if change.base else ()
    for before in merged:
        after = change.head.find(before.name)
        if after is None or before.name in change.behind or _same(before, after):
            continue
        yield Hit(
            f"{before.name} is already in {change.base_name}, and has changed here.",
            at=Position(_first_difference(before.sql, after.sql), 1),
            path=after.path,
            fix=restore_command(change, after.path),
        )


def _same(before: Migration, after: Migration) -> bool:
    return before.sql == after.sql or same_checksum(before.checksum, after.sql)


def _first_difference(before: str, after: str) -> int:
    lines = [text.replace("\r\n", "\n").split("\n") for text in (before, after)]
    for number, (one, other) in enumerate(zip(*lines, strict=False), start=1):
        if one != other:
            return number
    return max(1, min(len(lines[0]) + 1, len(lines[1])))
