"""A new migration sorts before one that is already merged.

Prisma applies what is pending in the order of the names. A database that has the newer one gets
this one after it, a fresh database gets it before, so the two may end up different, or one of them
may fail. The usual cause is a branch that was made before another was merged.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.history import Change
from bot.core.migrations.layout import Layout
from bot.core.migrations.renaming import Flaw, move_command, newest_merged, renamings
from bot.rules.history.layouts import FIRST, SECOND, THIRD, files

SEVERITY = Severity.ERROR

FIX = "Rename the folder, so that its time is later than that of every merged migration."

BAD = Layout(base=files(FIRST, THIRD), head=files(FIRST, SECOND, THIRD))
GOOD = Layout(base=files(FIRST, SECOND), head=files(FIRST, SECOND, THIRD))
QUIET = [
    Layout(base=files(), head=files(FIRST, SECOND)),
    Layout(base=files(FIRST), head=files(FIRST, SECOND)),
    Layout(base=files(FIRST, THIRD), head=files(FIRST, THIRD)),
]


def check_change(change: Change) -> Hits:
    for renaming in renamings(change):
        if renaming.flaw is Flaw.LATE:
            yield Hit(
                f"{renaming.old} sorts before {newest_merged(change)}, which is already "
                f"in {change.base_name}.",
                path=change.head.path_of(renaming.old),
                fix=move_command(change, renaming),
            )
