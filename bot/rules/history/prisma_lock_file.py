"""The lock file does not name PostgreSQL in the way Prisma reads it.

Prisma does not read `migration_lock.toml` as TOML: it takes the first line that starts with
`provider`, and compares what follows `provider = ` to the letter. Anything but "postgresql" stops
every command of Prisma Migrate (P3019), and a history for another database is no use on PostgreSQL.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change
from bot.core.migrations.layout import Layout
from bot.core.migrations.migration import LOCK_FILE, PROVIDER
from bot.core.migrations.renaming import restore_command
from bot.rules.history.layouts import FIRST, LOCK, LOCK_PATH, SECOND, files

SEVERITY = Severity.ERROR

FIX = f'Let {LOCK_FILE} have the line: provider = "{PROVIDER}".'

_BASE = files(FIRST)

BAD = Layout(base=_BASE, head={**_BASE, LOCK_PATH: 'provider = "mysql"\n'})
GOOD = Layout(base=_BASE, head=files(FIRST, SECOND))
QUIET = [
    Layout(base=_BASE, head={**_BASE, LOCK_PATH: f"# Made by Prisma.\n{LOCK}"}),
    Layout(base=_BASE, head={**_BASE, LOCK_PATH: LOCK.replace("\n", "\r\n")}),
    Layout(base=_BASE, head={**_BASE, LOCK_PATH: "provider = postgresql\n"}),
]


def check_change(change: Change) -> Hits:
    head, before = change.head, change.base.provider if change.base else None
    path = head.lock_path
    if path in (head.unreadable or ()) or head.provider == PROVIDER:
        return
    restore = restore_command(change, path) if before == PROVIDER else None
    if head.provider is not None:
        yield Hit(_mismatch(head.provider, before), path=path, fix=restore)
    elif before is not None:
        yield Hit(f"This deletes {path}.", path=path, fix=restore)


def _mismatch(provider: str, before: str | None) -> str:
    if not provider:
        return f"Prisma finds no provider in {LOCK_FILE}."
    if before and before != provider:
        return f"The provider in {LOCK_FILE} changes from {before} to {provider}."
    return f"Prisma reads the provider in {LOCK_FILE} as {provider}, not {PROVIDER}."
