"""A migration's folder is not as Prisma makes it, or cannot be read.

The name decides the order: fourteen digits of UTC time, an underscore, lower-case words. A name
without a time, or with one far ahead, puts a migration where nobody expects it. A folder without
`migration.sql` stops `prisma migrate deploy` (P3015) after everything before it was applied, and an
empty file is recorded as applied without having done anything.
"""

import re
from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change
from bot.core.migrations.layout import Layout
from bot.core.migrations.migration import SCRIPT, Migration
from bot.core.migrations.renaming import Flaw, move_command, quoted, renamings
from bot.rules.history.layouts import FIRST, SECOND, files

SEVERITY = Severity.ERROR

FIX = "Make it a folder such as 20260131120000_add_orders with a migration.sql in it."

BAD = Layout(base=files(FIRST), head=files(FIRST, "20260102000000-Add-Orders"))
GOOD = Layout(base=files(FIRST), head=files(FIRST, "20260102000000_add_orders"))
QUIET = [
    Layout(base=files(), head=files("0_init", FIRST)),
    Layout(base=files("old", FIRST), head=files("old", FIRST, SECOND)),
    Layout(base=files(FIRST), head={**files(FIRST), "migrations/README.md": "How we migrate.\n"}),
]

_NAMED = {
    Flaw.PATTERN: "is not named with fourteen digits, an underscore and lower-case words",
    Flaw.NO_DATE: "begins with digits that are no date and time",
    Flaw.FUTURE: "carries a time that is still to come, so migrations made until then sort first",
}
_PRISMAS_EMPTY = "-- This is an empty migration."
_COPIES = re.compile(r"(?i)(migrations?|up)\.(sql|psql|pgsql|txt)(\.txt)?")


def check_change(change: Change) -> Hits:
    yield from _misnamed(change)
    yield from _incomplete(change)
    yield from _empty(change)
    yield from _unreadable(change)


def _misnamed(change: Change) -> Iterator[Hit]:
    for renaming in renamings(change):
        if renaming.flaw in _NAMED:
            yield Hit(
                f"{renaming.old} {_NAMED[renaming.flaw]}.",
                path=change.head.path_of(renaming.old),
                fix=move_command(change, renaming),
            )


def _incomplete(change: Change) -> Iterator[Hit]:
    """Merged ones too, since they stop Prisma; but a deleted script is another rule's."""
    for name in change.head.incomplete:
        if change.base is None or change.base.find(name) is None:
            yield Hit(
                f"{name} has no {SCRIPT}.",
                path=change.head.path_of(name),
                fix=_complete(change, name),
            )


def _complete(change: Change, name: str) -> str:
    head = change.head
    prefix = head.path_of(name, "") + "/"
    inside = [path for path in head.strays if path.startswith(prefix)]
    copies = [path for path in inside if _COPIES.fullmatch(path.removeprefix(prefix))]
    command = quoted("git", "mv", "--", copies[0], prefix + SCRIPT) if len(copies) == 1 else None
    return command or "Add the file, or delete the folder."


def _empty(change: Change) -> Iterator[Hit]:
    for migration in change.added:
        if _does_nothing(migration):
            yield Hit(
                f"The {SCRIPT} of {migration.name} is empty.",
                path=migration.path,
                fix="Write its SQL, or delete the folder.",
            )


def _does_nothing(migration: Migration) -> bool:
    return migration.sql.strip("\ufeff \t\r\n\f;") in ("", _PRISMAS_EMPTY)


def _unreadable(change: Change) -> Iterator[Hit]:
    """Merged ones only if it is a script: what cannot be read cannot be applied either."""
    before = change.base
    known = {*(before.unreadable or ()), *before.strays} if before else set()
    for path, reason in (change.head.unreadable or {}).items():
        if path not in known or path.endswith(f"/{SCRIPT}"):
            yield Hit(
                f"{path} cannot be read: {reason}.",
                path=path,
                fix="Put a readable file, or a real folder, in its place.",
            )
