"""There is no lock file to say that this history is PostgreSQL's.

Without `migration_lock.toml` Prisma checks no provider at all, and a schema that was switched to
another database applies migrations it cannot have made.
"""

from bot.core.finding import Severity
from bot.core.history import Change
from bot.core.migration import LOCK_FILE
from bot.core.rule import Hit, Hits

SEVERITY = Severity.WARNING

FIX = f'Add {LOCK_FILE} with the line: provider = "postgresql".'


def check_change(change: Change) -> Hits:
    """Quiet where the base has none either, and where it has one: then it was deleted."""
    head = change.head
    if head.provider is not None or head.lock_path in (head.unreadable or ()) or not head.names:
        return
    if change.base is None or not change.base.names:
        yield Hit(f"{head.lock_path} is missing.", path=head.lock_path)
