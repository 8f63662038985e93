"""SQL lies where nobody reads it.

Of a migration's folder, Prisma reads `migration.sql` and this bot `down.sql`; of the migrations
folder, only the folders directly in it. Whatever else is there is never applied, however much it
looks as if it were.
"""

from pathlib import PurePosixPath

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change
from bot.core.migrations.layout import Layout
from bot.rules.history.layouts import FIRST, SECOND, files

SEVERITY = Severity.WARNING

FIX = "Move its statements into the migration.sql of a migration, or the file out of the folder."

BAD = Layout(base=files(FIRST), head={**files(FIRST), "migrations/fix.sql": "SELECT 1;\n"})
GOOD = Layout(base=files(FIRST), head=files(FIRST, SECOND))
QUIET = [
    Layout(base=files(FIRST), head={**files(FIRST), "migrations/README.md": "Notes.\n"}),
    Layout(base=files(), head={**files(FIRST), f"migrations/{FIRST}/down.sql": "SELECT 1;\n"}),
    Layout(
        base={**files(FIRST), "migrations/fix.sql": "SELECT 1;\n"},
        head={**files(FIRST, SECOND), "migrations/fix.sql": "SELECT 1;\n"},
    ),
]

_SQL = frozenset({".sql", ".psql", ".pgsql", ".ddl"})


def check_change(change: Change) -> Hits:
    known = set(change.base.strays) if change.base else set()
    for path in change.head.strays:
        if path not in known and _looks_applied(path) and not _of_incomplete(change, path):
            what = "a folder in a migration's folder" if path.endswith("/") else "not read"
            yield Hit(f"{path} is {what}: nothing in it is ever applied.", path=path.rstrip("/"))


def _looks_applied(path: str) -> bool:
    """SQL or a folder. Notes, hidden files and scripts in other languages do no harm."""
    name = PurePosixPath(path)
    if name.name.startswith("."):
        return False
    return path.endswith("/") or name.suffix.lower() in _SQL


def _of_incomplete(change: Change, path: str) -> bool:
    """Beside a missing migration.sql it is that fault, and told there."""
    folders = (change.head.path_of(name, "") + "/" for name in change.head.incomplete)
    return any(path.startswith(folder) for folder in folders)
