"""There is no lock file to say that this history is PostgreSQL's.

Without `migration_lock.toml` Prisma checks no provider at all, and a schema that was switched to
another database applies migrations it cannot have made.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change
from bot.core.migrations.layout import Layout
from bot.core.migrations.migration import LOCK_FILE
from bot.rules.history.layouts import FIRST, LOCK_PATH, SECOND, files

SEVERITY = Severity.WARNING

FIX = f'Add {LOCK_FILE} with the line: provider = "postgresql".'

_BARE = {path: text for path, text in files(FIRST).items() if path != LOCK_PATH}

BAD = Layout(base={}, head=_BARE)
GOOD = Layout(base={}, head=files(FIRST))
QUIET = [
    Layout(base=files(FIRST), head=files(FIRST, SECOND)),
    Layout(base=_BARE, head=_BARE),
    Layout(base={}, head={}),
]


def check_change(change: Change) -> Hits:
    """Quiet where the base has none either, and where it has one: then it was deleted."""
    head = change.head
    if head.provider is not None or head.lock_path in (head.unreadable or ()) or not head.names:
        return
    if change.base is None or not change.base.names:
        yield Hit(f"{head.lock_path} is missing.", path=head.lock_path)
