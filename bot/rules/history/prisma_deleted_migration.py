"""A merged migration was deleted or renamed.

Databases that have applied it keep its row: Prisma calls it missing from the local migrations
directory, and wants a reset in development. Under a new name it would be applied a second time.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change, History
from bot.core.migrations.layout import Layout
from bot.core.migrations.migration import SCRIPT, Migration, same_checksum
from bot.core.migrations.renaming import is_baseline, quoted, restore_command
from bot.rules.history.layouts import FIRST, SECOND, THIRD, files

SEVERITY = Severity.ERROR

FIX = "Restore the folder under its old name."

BAD = Layout(base=files(FIRST, SECOND), head=files(FIRST))
GOOD = Layout(base=files(FIRST, SECOND), head=files(FIRST, SECOND))
QUIET = [
    Layout(base=files(FIRST), head=files(FIRST, SECOND)),
    Layout(base=files(), head=files(FIRST)),
    Layout(base=files(FIRST, SECOND), head=files(FIRST, SECOND, THIRD)),
]


def check_change(change: Change) -> Hits:
    gone = tuple(_gone(change))
    if gone and (squash := _squash(change, gone)):
        yield squash
        return
    for migration in gone:
        renamed = _renamed(change, migration)
        yield _renaming(change, migration, renamed) if renamed else _deletion(change, migration)


def _gone(change: Change) -> Iterator[Migration]:
    head = change.head
    for migration in change.base.migrations if change.base else ():
        name = migration.name
        unreadable = {head.path_of(name), head.path_of(name, "")} & set(head.unreadable or ())
        if head.find(name) is None and name not in change.behind and not unreadable:
            yield migration


def _squash(change: Change, gone: tuple[Migration, ...]) -> Hit | None:
    """One new baseline in the place of the first migrations, which is deliberate, not a slip."""
    first = change.head.migrations[0] if change.head.migrations else None
    merged = change.base.migrations if change.base else ()
    if first is None or first.name not in change.added_names or merged[: len(gone)] != gone:
        return None
    if len(gone) < 2 or not is_baseline(change, first.name):
        return None
    return Hit(
        f"{first.name} takes the place of the first {len(gone)} migrations of {change.base_name}.",
        path=first.path,
        fix=f"If it is a squash of them, set this rule to warning. Once it is merged, "
        f"`migration-bot baseline TARGET --to {first.name}` compares each target's schema and "
        "marks it as applied there; no rollout starts before that.",
    )


def _renamed(change: Change, migration: Migration) -> Migration | None:
    """The new migration with the same text, if there is one and it has any."""
    if not migration.sql.strip():
        return None
    checksum = migration.checksum
    return next((each for each in change.added if same_checksum(checksum, each.sql)), None)


def _renaming(change: Change, migration: Migration, renamed: Migration) -> Hit:
    back = (change.head.path_of(name, "") for name in (renamed.name, migration.name))
    return Hit(
        f"{migration.name} is already in {change.base_name}, and was renamed to {renamed.name}.",
        path=renamed.path,
        fix=quoted("git", "mv", "--", *back),
    )


def _deletion(change: Change, migration: Migration) -> Hit:
    folder_left = migration.name in change.head.names
    what = f"the {SCRIPT} of {migration.name}" if folder_left else migration.name
    return Hit(
        f"This deletes {what}, which is already in {change.base_name}.",
        path=migration.path,
        fix=restore_command(change, _folder(change.base, migration)),
    )


def _folder(base: History | None, migration: Migration) -> str:
    return base.path_of(migration.name, "") if base else migration.path
